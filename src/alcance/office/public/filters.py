"""Which sites a list holds: the same filters for pages, totals and downloads."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from alcance.errors import AlcanceError
from alcance.office.delivery.claims import claim
from alcance.office.delivery.models import Connection
from alcance.office.public.words import CLAIM_NAMES
from alcance.office.register.models import Area, Level, Site, SiteKind, SiteState
from alcance.office.register.models.folding import every_word
from alcance.office.register.models.kinds import PHASES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from django.db.models import QuerySet

MAX_TEXT = 100


class UnknownFilter(AlcanceError):
    """A filter asks for something that there is not."""


@dataclass(frozen=True)
class SiteFilter:
    """A list of sites by what they have in common; an empty value leaves that open.

    Parameters
    ----------
    state, municipality, locality
        Keys of areas.
    kind
        A kind of site.
    site_state
        States of the life of a site, with commas between them.
    phase
        A phase of the programme: the states that belong to it.
    quintile
        Fifth of the people by need, 5 the neediest.
    provider
        Code of the provider whose connection stands at the site.
    contract
        Code of the contract under which it stands.
    connection
        What is said of the connection that stands there: a key of `words.CLAIM_NAMES`.
    q
        Words that name and key hold, without regard to case and accents.
    """

    state: str = ""
    kind: str = ""
    site_state: str = ""
    phase: str = ""
    quintile: str = ""
    municipality: str = ""
    locality: str = ""
    provider: str = ""
    contract: str = ""
    connection: str = ""
    q: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> SiteFilter:
        """Take the filter out of what a reader asked for.

        Raises
        ------
        UnknownFilter
            Where a value is none of those that there are.
        """
        values = {field.name: str(asked.get(field.name) or "").strip() for field in fields(cls)}
        made = cls(**values)
        for name, allowed in (
            ("kind", SiteKind.values), ("phase", PHASES), ("quintile", ("1", "2", "3", "4", "5")),
            ("connection", CLAIM_NAMES),
        ):  # fmt: skip
            value = values[name]
            if value and value not in allowed:
                _refuse(name, value)
        for value in made.site_states:
            if value not in SiteState.values:
                _refuse("site_state", value)
        for name in ("state", "municipality", "locality", "provider", "contract", "q", "site_state"):
            if len(values[name]) > MAX_TEXT or "\x00" in values[name]:
                _refuse(name, values[name][:MAX_TEXT].replace("\x00", ""))
        return made

    @property
    def site_states(self) -> list[str]:
        """The states asked for."""
        return [value for value in self.site_state.split(",") if value]

    @cached_property
    def query(self) -> str:
        """The filter as a query string, always in the same order; empty for every site."""
        return urlencode(
            [(field.name, getattr(self, field.name)) for field in fields(self) if getattr(self, field.name)]
        )

    @property
    def href(self) -> str:
        """Address of the list."""
        return f"/sites/?{self.query}" if self.query else "/sites/"

    def but(self, **changes: object) -> SiteFilter:
        """Return the same filter but for some values."""
        return replace(self, **{name: str(value) for name, value in changes.items()})

    def sites(self, today: dt.date | None = None, *, with_merged: bool = False, many: bool = False) -> QuerySet[Site]:
        """Sites of the list; those that were merged into another are not among them unless they are asked for.

        Parameters
        ----------
        today
            The day by which a connection is late; today if not given.
        with_merged
            Whether sites that were merged into another are among them.
        many
            Whether they are known to be so many that each had better be asked for its connection until a page is full,
            instead of gathering first all whose connection is of the kind.
        """
        wanted = Q() if with_merged else Q(merged_into=None)
        for name, column in (
            ("state", "state_code"), ("kind", "kind"), ("municipality", "municipality"), ("locality", "locality"),
        ):  # fmt: skip
            if getattr(self, name):
                wanted &= Q(**{column: getattr(self, name)})
        if self.site_states:
            wanted &= Q(state__in=self.site_states)
        if self.phase:
            wanted &= Q(state__in=[state.value for state in PHASES[self.phase]])
        if self.quintile:
            towns = Area.objects.filter(level=Level.MUNICIPALITY, need_quintile=int(self.quintile))
            wanted &= Q(municipality__in=towns.values("code"))
        if self.provider or self.contract or self.connection:
            found = self._connections(today or timezone.localdate())
            wanted &= Q(Exists(found.filter(site=OuterRef("pk")))) if many else Q(pk__in=found.values("site"))
        return Site.objects.filter(wanted & every_word(self.q))

    def _connections(self, today: dt.date) -> QuerySet[Connection]:
        found = Connection.objects.filter(claim(self.connection or "standing", today))
        if self.provider:
            found = found.filter(provider__code=self.provider)
        return found.filter(contract__code=self.contract) if self.contract else found


def _refuse(name: str, value: str) -> None:
    raise UnknownFilter(_("There is no «%(value)s» for the filter «%(name)s».") % {"value": value, "name": name})
