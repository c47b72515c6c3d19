"""A service at a site under a contract."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from alcance.office.accounts.models import Organisation
from alcance.office.delivery.models.at_site import AtSite
from alcance.office.delivery.models.contract import Contract
from alcance.office.register.models import Site, Technology


class Connection(AtSite, models.Model):
    """A service at a site: what was agreed, what the provider claims, and since when each step has been reached.

    `technology` and `mbps` are what was agreed, and a claim does not change them; `claimed_technology` and
    `claimed_mbps` are what the provider says that stands there.

    The state is that of the site. At most one connection of a site stands; one that was moved elsewhere or ended has
    `ended_on`, and the connection at the new place names it as `moved_from`.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="connections")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="connections")
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="connections")
    technology = models.CharField(_("technology"), max_length=20, choices=Technology.choices)
    mbps = models.FloatField(_("contracted speed"))
    install_price = models.DecimalField(_("price of installation"), max_digits=16, decimal_places=2)
    month_price = models.DecimalField(_("price per month"), max_digits=16, decimal_places=2)
    ordered_on = models.DateField(_("ordered"), null=True, blank=True)
    installed_on = models.DateField(_("installed (claimed)"), null=True, blank=True)
    claimed_technology = models.CharField(
        _("technology (claimed)"), max_length=20, choices=Technology.choices, blank=True
    )
    claimed_mbps = models.FloatField(_("speed (claimed)"), null=True, blank=True)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    operating_since = models.DateField(_("operating since"), null=True, blank=True)
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    ended_why = models.CharField(_("why it ended"), max_length=500, blank=True)
    moved_from = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="moved_to")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["site"], condition=models.Q(ended_on=None), name="one_connection_of_a_site_stands"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["provider", "site"]),
            # What is claimed, verified and late is counted from it alone.
            models.Index(
                fields=["contract", "installed_on", "ordered_on", "verified_at", "site", "provider"],
                condition=models.Q(ended_on=None),
                name="connections_counted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site} · {self.provider}"

    @property
    def organisation_ids(self) -> tuple[int, ...]:
        """To whom it belongs: the provider, and the institution whose site it serves."""
        return (self.provider_id, *self.site.organisation_ids)
