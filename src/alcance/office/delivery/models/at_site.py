"""What stands or happens at a site, as the table of permissions asks about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alcance.office.register.models import Site


class AtSite:
    """Tells in which state its `site` lies, and whom it concerns."""

    if TYPE_CHECKING:
        site: Site

    @property
    def state_code(self) -> str:
        """State that its site lies in."""
        return self.site.state_code

    @property
    def organisation_ids(self) -> tuple[int, ...]:
        """Whom it concerns: the institution whose site it is, and the provider whose connection stands there."""
        providers = self.site.connections.filter(ended_on=None).values_list("provider_id", flat=True)
        return (*self.site.organisation_ids, *providers)
