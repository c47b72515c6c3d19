"""A provider's bid: prices and speeds by site, until the last day."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from alcance.errors import InputError, Problem
from alcance.office.delivery.deeds.refusals import Refused, allow
from alcance.office.delivery.models import Bid, BidLine, Lot, LotState
from alcance.office.register.models import Technology

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from alcance.office.accounts.models import Person

COLUMNS = ("key", "install_price", "month_price", "mbps", "technology")
MOST_PRICE = Decimal("1e12")
MOST_MBPS = 100_000.0


@dataclass(frozen=True)
class Line:
    """An offer for the site of a key."""

    key: str
    install_price: Decimal
    month_price: Decimal
    mbps: float
    technology: str


def read_lines(text: str, file: str) -> list[Line]:
    """Read a bid's lines from CSV text with the columns `COLUMNS`.

    Raises
    ------
    InputError
        With every row that cannot be read.
    """
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        table = list(rows)
    except csv.Error as error:
        raise InputError([Problem(file, rows.line_num, "", "", str(error))]) from error
    header = [name.strip().lower() for name in table[0]] if table else []
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise InputError(
            [Problem(file, 1, missing[0], "", _("the columns must be %(names)s") % {"names": ", ".join(COLUMNS)})]
        )
    lines: list[Line] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for number, row in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
        found = _line(cells, number, file, problems)
        if found is not None:
            if found.key in seen:
                problems.append(Problem(file, number, "key", found.key, _("stands here twice")))
            seen.add(found.key)
            lines.append(found)
    if problems:
        raise InputError(problems)
    return lines


def _line(cells: dict[str, str], number: int, file: str, problems: list[Problem]) -> Line | None:
    before = len(problems)
    values: dict[str, Decimal] = {}
    for name, most in (("install_price", MOST_PRICE), ("month_price", MOST_PRICE), ("mbps", Decimal(MOST_MBPS))):
        text = cells.get(name, "")
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or value < 0 or value > most or (name == "mbps" and not float(value)):
            problems.append(Problem(file, number, name, text, _("must be a number, point for decimals, not negative")))
        values[name] = value
    technology = cells.get("technology", "")
    if technology not in Technology.values:
        problems.append(
            Problem(
                file,
                number,
                "technology",
                technology,
                _("must be one of %(names)s") % {"names": ", ".join(Technology.values)},
            )
        )
    if not cells.get("key"):
        problems.append(Problem(file, number, "key", "", _("is missing")))
    if len(problems) > before:
        return None
    cent = Decimal("0.01")
    return Line(
        cells["key"], values["install_price"].quantize(cent), values["month_price"].quantize(cent),
        float(values["mbps"]), technology,
    )  # fmt: skip


@transaction.atomic
def submit(lot: Lot, lines: Sequence[Line], person: Person, *, at: dt.datetime, seen_version: int | None = None) -> Bid:
    """Submit a bid, or replace the one submitted before.

    Parameters
    ----------
    seen_version
        Of the bid that is replaced, as its author saw it; None for the first.

    Raises
    ------
    Refused
        Where bids are no longer taken, a key is not in the lot, or the bid has changed meanwhile.
    """
    allow(person, "bid", "add")
    _check_open(lot, at)
    sites = dict(lot.lines.values_list("site__key", "site"))
    strange = [line.key for line in lines if line.key not in sites]
    if strange:
        raise Refused(_("%(key)s is no site of this lot") % {"key": strange[0]})
    if not lines:
        raise Refused(_("the bid offers nothing"))
    bid = Bid.objects.select_for_update().filter(lot=lot, provider_id=person.organisation_id).first()
    if bid is not None and seen_version is not None and bid.version != seen_version:
        raise Refused(_("the bid has been changed by somebody else meanwhile; look again"))
    if bid is None:
        bid = Bid(lot=lot, provider=person.acting_for, version=0)
    bid.submitted_at, bid.withdrawn_at, bid.version = at, None, bid.version + 1
    bid.save()
    bid.lines.all().delete()
    BidLine.objects.bulk_create(
        [
            BidLine(
                bid=bid,
                site_id=sites[line.key],
                install_price=line.install_price,
                month_price=line.month_price,
                mbps=line.mbps,
                technology=line.technology,
            )
            for line in lines
        ],
        batch_size=500,
    )
    return bid


def withdraw(bid: Bid, person: Person, *, at: dt.datetime) -> None:
    """Take a bid back, until the last day."""
    allow(person, "bid", "change", bid)
    _check_open(bid.lot, at)
    bid.withdrawn_at, bid.version = at, bid.version + 1
    bid.save()


def _check_open(lot: Lot, at: dt.datetime) -> None:
    if lot.state != LotState.PUBLISHED or lot.bids_until is None or at > lot.bids_until:
        raise Refused(_("bids are not taken for this lot: it is not published, or the last day is over"))
