"""A plan as it was imported, and what it says of each site."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alcance.office.accounts.models import Person
from alcance.office.register.models import Site, Technology


class Plan(models.Model):
    """A plan folder that was checked and taken in; `digest` names its content, `folder` is our copy's name."""

    title = models.CharField(_("title"), max_length=200)
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    folder = models.CharField(_("folder"), max_length=200, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    cost = models.DecimalField(_("cost"), max_digits=18, decimal_places=2)
    lower_bound = models.DecimalField(_("lower bound"), max_digits=18, decimal_places=2)
    plan_gap = models.FloatField(_("gap"))
    summary = models.JSONField(_("summary"), default=dict)
    unmatched = models.PositiveIntegerField(_("sites that the register does not have"), default=0)
    imported_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="plans")
    imported_at = models.DateTimeField(_("imported"))

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering: ClassVar = ["-imported_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class PlannedSite(models.Model):
    """What a plan says of one site: the technology, its share of the cost, the next best, and why."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="sites")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="planned")
    technology = models.CharField(_("technology"), max_length=20, choices=Technology.choices)
    cost_share = models.DecimalField(_("share of the cost"), max_digits=16, decimal_places=2)
    capex_share = models.DecimalField(_("share of the capital"), max_digits=16, decimal_places=2)
    opex_year_share = models.DecimalField(_("share of the yearly running cost"), max_digits=16, decimal_places=2)
    mbps = models.FloatField(_("planned speed"))
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    runner_up = models.CharField(_("next best"), max_length=20, choices=Technology.choices, blank=True)
    runner_up_price = models.DecimalField(
        _("price of the next best"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    reason = models.CharField(_("why"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("planned site")
        verbose_name_plural = _("planned sites")
        ordering: ClassVar = ["plan", "site"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "site"], name="a_plan_plans_a_site_once")]

    def __str__(self) -> str:
        return f"{self.site_id}: {self.technology}"
