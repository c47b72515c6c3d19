"""Pages of contracts and what was paid under them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alcance.office.accounts.history import MOST, Event, changes_of, newest_first
from alcance.office.accounts.permissions import may
from alcance.office.accounts.refusals import Refused
from alcance.office.delivery.deeds import payments as deeds
from alcance.office.delivery.forms import CorrectionForm, PaymentForm
from alcance.office.delivery.models import Contract, Payment
from alcance.office.web.errors import acting, require
from alcance.office.web.paging import BadToken, keyset_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

CONNECTIONS_PER_PAGE = 100


@require_http_methods(["GET", "POST"])
def contract(request: HttpRequest, code: str) -> HttpResponse:
    """A contract: amount, what was paid and by which document, and its connections."""
    require(request, "lot", "view")
    shown = get_object_or_404(Contract.objects.select_related("lot", "provider"), code=code)
    form = PaymentForm(request.POST or None)
    if request.method == "POST":
        require(request, "money", "record", shown)
        if form.is_valid():
            try:
                deeds.record(shown, acting(request), at=timezone.now(), **form.cleaned_data)
                return HttpResponseRedirect(reverse("contract", args=[code]))
            except Refused as refused:
                form.add_error(None, str(refused))
    sees_money = may(request.user, "money", "view", shown)
    try:
        page = keyset_page(
            shown.connections.select_related("site", "site__municipality"), "pk", request.GET.get("after"),
            CONNECTIONS_PER_PAGE,
        )  # fmt: skip
    except BadToken:
        page = keyset_page(shown.connections.select_related("site", "site__municipality"), "pk", None, 100)
    paid = shown.payments.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    context = {
        "contract": shown,
        "payments": shown.payments.select_related("corrects", "recorded_by") if sees_money else None,
        "paid": paid if sees_money else None,
        "events": _history(shown) if may(request.user, "money", "view_history", shown) else None,
        "form": form if may(request.user, "money", "record") else None,
        "page": page,
    }
    return render(request, "delivery/contract.html", context, status=400 if form.errors else 200)


def _history(contract: Contract) -> list[Event]:
    payments = contract.payments.order_by("-pk")[:MOST]
    return newest_first(changes_of([contract]), changes_of(payments, lambda payment: payment.document))


@require_http_methods(["GET", "POST"])
def correct_payment(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Correct a mistyped payment: say what was paid in truth, and why the record was wrong."""
    payment = get_object_or_404(Payment.objects.select_related("contract"), pk=pk, contract__code=code)
    require(request, "money", "record", payment.contract)
    form = CorrectionForm(request.POST or None, initial={"amount": payment.amount})
    back = reverse("contract", args=[code])
    if request.method == "POST" and form.is_valid():
        deeds.correct(payment, acting(request), at=timezone.now(), **form.cleaned_data)
        return HttpResponseRedirect(back)
    title = _("Correct the payment %(document)s") % {"document": payment.document}
    context = {"title": title, "form": form, "action": _("Correct"), "back": back}
    return render(request, "office/form.html", context, status=400 if form.errors else 200)
