"""Payments: recorded with their document, and corrected by a counter-entry, never changed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from alcance.office.accounts.history import save_as
from alcance.office.accounts.refusals import Refused, allow, refused_if_taken
from alcance.office.delivery.models import Contract, Payment

if TYPE_CHECKING:
    import datetime as dt

    from alcance.office.accounts.models import Person


@transaction.atomic
def record(
    contract: Contract,
    person: Person,
    *,
    amount: Decimal,
    paid_on: dt.date,
    document: str,
    at: dt.datetime,
    reason: str = "",
) -> Payment:
    """Record what was paid under a contract.

    Parameters
    ----------
    reason
        Why more is paid than was contracted; needed there, and there alone.

    Raises
    ------
    Refused
        Where the amount is nothing, or without a reason more than is left of what was contracted, its day lies in the
        future or before the contract, or the document has been recorded already.
    """
    allow(person, "money", "record", contract)
    if amount <= 0:
        raise Refused(_("a payment is more than nothing"))
    # It would count on no day before, and what corrects it is entered today.
    if paid_on > timezone.localdate(at):
        raise Refused(_("what was paid was not paid in the future"))
    # Of two that are recorded at once the second sees the first.
    contract = Contract.objects.select_for_update().get(pk=contract.pk)
    if paid_on < contract.signed_on:
        raise Refused(_("nothing was paid before the contract was signed"))
    left = contract.amount - (contract.payments.aggregate(sum=Sum("amount"))["sum"] or Decimal(0))
    if amount > left and not reason.strip():
        words = {"left": f"{number_format(max(left, Decimal(0)), 2)} {contract.currency}"}
        raise Refused(_("%(left)s of what was contracted are left to be paid; say why it is more") % words)
    with refused_if_taken(_("this document has been recorded already; correct it there")):
        payment = Payment(
            contract=contract, recorded_by=person, amount=amount, paid_on=paid_on, document=document,
            reason=reason.strip() if amount > left else "",
        )  # fmt: skip
        save_as(payment, person, payment.reason)
    return payment


@transaction.atomic
def correct(payment: Payment, person: Person, *, amount: Decimal, at: dt.datetime, reason: str) -> Payment:
    """Correct a payment to the amount that was paid in truth (0: nothing), by an entry of the difference, dated today.

    Raises
    ------
    Refused
        Where no reason is given, it is a correction itself, or it says that amount already.
    """
    allow(person, "money", "record", payment.contract)
    if not reason.strip():
        raise Refused(_("say why it is corrected"))
    if payment.corrects_id is not None:
        raise Refused(_("correct the payment itself"))
    # Two who correct at once would both add their difference.
    Contract.objects.select_for_update().get(pk=payment.contract_id)
    so_far = payment.amount + (payment.corrections.aggregate(sum=Sum("amount"))["sum"] or Decimal(0))
    if amount < 0 or amount == so_far:
        raise Refused(_("the payment says so already, or the amount is less than nothing"))
    entry = Payment(
        contract_id=payment.contract_id, recorded_by=person, amount=amount - so_far, paid_on=timezone.localdate(at),
        document=payment.document, corrects=payment, reason=reason.strip(),
    )  # fmt: skip
    save_as(entry, person, entry.reason)
    return entry
