"""Pages of a provider's bid."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alcance.errors import InputError
from alcance.office.accounts.history import changes_of
from alcance.office.accounts.permissions import may
from alcance.office.accounts.refusals import Refused
from alcance.office.delivery.deeds import bids as deeds
from alcance.office.delivery.deeds.bids import COLUMNS
from alcance.office.delivery.models import Bid, Lot, LotState
from alcance.office.register.models.kinds import OFFERED
from alcance.office.web.errors import acting, require
from alcance.office.web.forms import whole_numbers
from alcance.office.web.spreadsheets import safe_cell

if TYPE_CHECKING:
    from django.http import HttpRequest

    from alcance.errors import Problem

MOST_BYTES = 5_000_000
# A form of more rows is better filled in as a file.
MOST_ROWS = 100


@require_http_methods(["GET", "POST"])
def bid(request: HttpRequest, code: str) -> HttpResponse:
    """One's own bid for a lot: to fill in, or to bring as a file; taken until the last day."""
    require(request, "bid", "add")
    lot = get_object_or_404(Lot.objects.exclude(state=LotState.DRAFT), code=code)
    own = Bid.objects.filter(lot=lot, provider=acting(request).acting_for).first()
    problems: list[str] = []
    if request.POST.get("deed") == "withdraw":
        return _withdraw(request, own)
    if request.method == "POST":
        try:
            text = _text(request, lot)
            lines = deeds.read_lines(text, str(request.FILES.get("file", "")), most=lot.lines.count())
            deeds.submit(lot, lines, acting(request), at=timezone.now(), seen_version=_seen(request))
            messages.success(request, _("The bid has been submitted; it stays sealed until the last day is over."))
            return HttpResponseRedirect(reverse("bid", args=[code]))
        except InputError as error:
            problems = [_told(problem, text) for problem in error.problems]
        except Refused as refused:
            problems = [str(refused)]
    offered: dict[int, Any] = {line.site_id: line for line in own.lines.all()} if own is not None else {}
    lines_of_lot = lot.lines.filter(withdrawn_at=None).select_related("site", "site__municipality")
    # What somebody typed is not lost because one cell of it is wrong.
    typed = {line.site_id: _typed(request, line.site_id) for line in lines_of_lot} if problems else {}
    rows = [(line, typed.get(line.site_id) or offered.get(line.site_id)) for line in lines_of_lot]
    context = {
        "lot": lot,
        "bid": own,
        "rows": rows if len(rows) <= MOST_ROWS else [],
        "count": len(rows),
        "problems": problems,
        "columns": ", ".join(COLUMNS),
        "technologies": [(one.value, one.label) for one in OFFERED],
        "open": lot.state == LotState.PUBLISHED and lot.bids_until is not None and timezone.now() <= lot.bids_until,
        "events": changes_of([own]) if own is not None and may(request.user, "bid", "view_history", own) else None,
        "total": sum(line.install_price + lot.months * line.month_price for line in offered.values()),
    }
    return render(request, "delivery/bid.html", context, status=400 if problems else 200)


def _withdraw(request: HttpRequest, own: Bid | None) -> HttpResponse:
    if own is None:
        raise Refused(_("there is no bid to take back"))
    deeds.withdraw(own, acting(request), at=timezone.now(), seen_version=_seen(request))
    messages.success(request, _("The bid has been taken back."))
    return HttpResponseRedirect(reverse("bid", args=[own.lot.code]))


def _seen(request: HttpRequest) -> int:
    """The version of the bid that its author saw; 0 where they saw none."""
    return next(iter(whole_numbers([request.POST.get("version", "")])), 0)


def bid_lines(request: HttpRequest, code: str) -> HttpResponse:
    """The lines of one's bid as CSV, or empty ones to fill in."""
    require(request, "bid", "add")
    lot = get_object_or_404(Lot.objects.exclude(state=LotState.DRAFT), code=code)
    own = Bid.objects.filter(lot=lot, provider=acting(request).acting_for).first()
    offered = {line.site_id: line for line in own.lines.all()} if own is not None else {}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    keys = deeds.keys_of(lot)
    for line in lot.lines.filter(withdrawn_at=None):
        offer = offered.get(line.site_id)
        given = (offer.install_price, offer.month_price, offer.mbps, offer.technology) if offer else ("", "", "", "")
        writer.writerow((safe_cell(keys[line.site_id]), *given))
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{lot.code}.csv"'
    return response


def _typed(request: HttpRequest, site: int) -> dict[str, str] | None:
    """What stands in a site's row of the form, if anything does."""
    cells = {name: request.POST.get(f"{name}-{site}", "")[:40] for name in COLUMNS[1:]}
    return cells if any(cells.values()) else None


def _told(problem: Problem, text: str) -> str:
    """What is wrong, by the row of a file, or by the site where the form was filled in."""
    names = {
        "key": _("Site"), "install_price": _("Installation"), "month_price": _("Per month"),
        "mbps": _("Speed [Mbit/s]"), "technology": _("Technology"),
    }  # fmt: skip
    row = _("row %(row)s") % {"row": problem.row}
    place = row if problem.file else text.splitlines()[(problem.row or 1) - 1].partition(",")[0]
    column = problem.column if problem.file else names.get(problem.column, problem.column)
    value = f" «{problem.value}»" if problem.value else ""
    return f"{place}, {column}{value}: {problem.message}"


def _text(request: HttpRequest, lot: Lot) -> str:
    """The lines as CSV text: from the file brought, or from the form's rows that are filled in."""
    upload = request.FILES.get("file")
    if upload is not None:
        content = upload.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise Refused(_("the file is too large"))
        try:
            return str(content.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise Refused(_("the file must be CSV in UTF-8")) from error
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    keys = deeds.keys_of(lot)
    for line in lot.lines.all():
        cells = [request.POST.get(f"{name}-{line.site_id}", "").strip() for name in COLUMNS[1:]]
        if any(cells[:3]):
            writer.writerow((keys[line.site_id], *cells))
    return out.getvalue()
