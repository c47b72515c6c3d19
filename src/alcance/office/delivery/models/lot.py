"""Sites tendered together: the lot, the questions, the bids."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from alcance.office.accounts.models import Organisation
from alcance.office.register.models import Site, Technology


class LotState(models.TextChoices):
    """How far a tender has come."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    OPENED = "opened", _("bids opened")
    AWARDED = "awarded", _("awarded")
    CANCELLED = "cancelled", _("cancelled")


def _currency() -> str:
    return str(settings.CURRENCY)


class Lot(models.Model):
    """A tender. Bids are sealed until `bids_until`; they are scored by cost and quality in the shares given.

    `cost_weight` is the share of the score that the price decides, the rest is quality: the speed offered.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    state = models.CharField(_("state"), max_length=12, choices=LotState.choices, default=LotState.DRAFT)
    buyer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="lots")
    currency = models.CharField(_("currency"), max_length=3, default=_currency)
    months = models.PositiveSmallIntegerField(_("months of service"), default=36)
    cost_weight = models.DecimalField(_("weight of the cost"), max_digits=3, decimal_places=2, default="0.70")
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    questions_until = models.DateTimeField(_("questions until"), null=True, blank=True)
    bids_until = models.DateTimeField(_("bids until"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.CharField(_("why"), max_length=500, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    history = HistoricalRecords(excluded_fields=["version"])

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def organisation_ids(self) -> tuple[int, ...]:
        """To whom it belongs: the buyer."""
        return (self.buyer_id,)


class LotSite(models.Model):
    """A site in a lot, with the speed that it needs and the plan's price as reference.

    It is withdrawn where it is no longer to be tendered (retired, unplanned, served by a connection that moved there).
    """

    lot = models.ForeignKey(Lot, on_delete=models.CASCADE, related_name="lines")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="lot_lines")
    min_mbps = models.FloatField(_("least speed"))
    reference_price = models.DecimalField(_("reference price"), max_digits=16, decimal_places=2, null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("site of a lot")
        verbose_name_plural = _("sites of a lot")
        ordering: ClassVar = ["lot", "site"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["lot", "site"], name="a_lot_holds_a_site_once")]

    def __str__(self) -> str:
        return f"{self.lot_id}: {self.site_id}"


class Question(models.Model):
    """A provider's question about a lot, and the answer; everybody reads both, nobody who asked."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="questions")
    asker = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="questions")
    text = models.TextField(_("question"), max_length=2000)
    asked_at = models.DateTimeField(_("asked"))
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering: ClassVar = ["asked_at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def organisation_ids(self) -> tuple[int, ...]:
        """To whom it belongs: who asked."""
        return (self.asker_id,)


class Bid(models.Model):
    """A provider's offer for a lot, one each; sealed until the lot is opened."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="bids")
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="bids")
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    awarded = models.BooleanField(_("awarded"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1)
    history = HistoricalRecords(excluded_fields=["version"])

    class Meta:
        verbose_name = _("bid")
        verbose_name_plural = _("bids")
        ordering: ClassVar = ["lot", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lot", "provider"], name="a_provider_bids_once"),
            models.UniqueConstraint(fields=["lot"], condition=models.Q(awarded=True), name="a_lot_is_awarded_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.lot}"

    @property
    def organisation_ids(self) -> tuple[int, ...]:
        """To whom it belongs: the bidder, and nobody else."""
        return (self.provider_id,)


class BidLine(models.Model):
    """What a bid offers for one site: the price of installing, of a month's service, and the speed."""

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="lines")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="bid_lines")
    install_price = models.DecimalField(_("price of installation"), max_digits=16, decimal_places=2)
    month_price = models.DecimalField(_("price per month"), max_digits=16, decimal_places=2)
    mbps = models.FloatField(_("speed offered"))
    technology = models.CharField(_("technology"), max_length=20, choices=Technology.choices)

    class Meta:
        verbose_name = _("line of a bid")
        verbose_name_plural = _("lines of a bid")
        ordering: ClassVar = ["bid", "site"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bid", "site"], name="a_bid_offers_a_site_once"),
            models.CheckConstraint(
                condition=models.Q(install_price__gte=0, month_price__gte=0, mbps__gt=0),
                name="prices_and_speeds_of_bids_are_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bid_id}: {self.site_id}"
