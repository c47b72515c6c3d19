"""A site: a public building or space that the programme connects."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from alcance.office.accounts.models import Organisation
from alcance.office.register.models.area import Area
from alcance.office.register.models.building import Building
from alcance.office.register.models.folding import folded_columns
from alcance.office.register.models.kinds import SiteKind, SiteState, Technology


class Site(models.Model):
    """A site by its official key.

    It is never deleted: it is retired, or merged into another, and its history stays. `state` changes only by
    `alcance.office.delivery.life`. `version` grows with every change; who would overwrite a version that they have not
    seen is refused. `cell` is the H3 cell of resolution 9 (about 350 m from corner to corner) that the point lies in.
    """

    key = models.CharField(_("key"), max_length=40)
    key_scheme = models.CharField(_("key scheme"), max_length=20)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=SiteKind.choices)
    state = models.CharField(_("state"), max_length=12, choices=SiteState.choices, default=SiteState.REGISTERED)
    host = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="sites", verbose_name=_("host")
    )
    building = models.ForeignKey(
        Building, on_delete=models.PROTECT, null=True, blank=True, related_name="sites", verbose_name=_("building")
    )
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    municipality = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("municipality"))
    locality = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("locality")
    )
    state_code = models.CharField(_("state key"), max_length=10)
    cell = models.BigIntegerField(_("cell"))
    users = models.PositiveIntegerField(_("users"), null=True, blank=True)
    electricity = models.BooleanField(_("electricity"), null=True, blank=True)
    technology = models.CharField(_("technology"), max_length=20, choices=Technology.choices, blank=True)
    speed_mbps = models.FloatField(_("contracted speed"), null=True, blank=True)
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    retired_on = models.DateField(_("retired on"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    search = models.GeneratedField(
        expression=folded_columns("name", "key"), output_field=models.TextField(), db_persist=True, editable=False
    )
    # A state changes by a transition, which is its own record.
    history = HistoricalRecords(excluded_fields=["changed_at", "cell", "search", "state", "version"])

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key_scheme", "key"], condition=models.Q(merged_into=None), name="a_key_names_one_site"
            )
        ]
        indexes: ClassVar = [
            # Lists leave merged sites out, so that they are counted from these alone.
            models.Index(
                fields=["state_code", "kind", "state", "id"],
                condition=models.Q(merged_into=None),
                name="sites_by_place",
            ),
            models.Index(fields=["municipality", "id"], condition=models.Q(merged_into=None), name="sites_by_town"),
            models.Index(fields=["state", "id"], condition=models.Q(merged_into=None), name="sites_by_state"),
            models.Index(fields=["cell"]),
            models.Index(fields=["state_code", "id"], condition=models.Q(merged_into=None), name="sites_listed"),
            # Holds all that the public totals are counted by, so that no row is read for them.
            models.Index(
                fields=["state_code", "state", "kind", "municipality"],
                condition=models.Q(merged_into=None),
                name="sites_counted",
            ),
            # Boxes of a map are bands of latitude first; with what says that it is not merged, no row need be read.
            models.Index(
                fields=["lat", "lon", "merged_into"], condition=models.Q(merged_into=None), name="sites_placed"
            ),
            models.Index(fields=["changed_at"], name="sites_changed"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.key})"

    @property
    def organisation_ids(self) -> tuple[int, ...]:
        """To whom it belongs: its host."""
        return () if self.host_id is None else (self.host_id,)
