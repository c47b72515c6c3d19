"""What was agreed with a provider, and what was paid."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from alcance.office.accounts.models import Organisation, Person
from alcance.office.delivery.models.lot import Lot


class Contract(models.Model):
    """The award of a lot: who delivers, for how much, until when."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="contract")
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contracts")
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    signed_on = models.DateField(_("signed"))
    deliver_by = models.DateField(_("to be delivered by"))
    ends_on = models.DateField(_("ends"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering: ClassVar = ["-signed_on", "-pk"]

    def __str__(self) -> str:
        return self.code

    @property
    def organisation_ids(self) -> tuple[int, ...]:
        """To whom it belongs: the provider."""
        return (self.provider_id,)


class Payment(models.Model):
    """Money paid under a contract, with the document that shows it; or the difference by which one is corrected."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    paid_on = models.DateField(_("paid"))
    document = models.CharField(_("document"), max_length=100)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections")
    reason = models.CharField(_("why"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering: ClassVar = ["paid_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contract", "document"], condition=models.Q(corrects=None), name="a_document_is_paid_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0) | models.Q(corrects__isnull=False),
                name="a_payment_is_more_than_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.amount}"
