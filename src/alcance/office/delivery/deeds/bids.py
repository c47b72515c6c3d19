"""A provider's bid: prices and speeds by site, until the last day."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from alcance.errors import InputError, Problem
from alcance.office.accounts.history import save_as
from alcance.office.accounts.refusals import Refused, allow
from alcance.office.delivery.models import Bid, BidLine, Lot, LotState
from alcance.office.register.models.kinds import OFFERED
from alcance.office.web.spreadsheets import safe_cell

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from alcance.office.accounts.models import Person

COLUMNS = ("key", "install_price", "month_price", "mbps", "technology")
MOST_PRICE = Decimal("1e12")
MOST_MBPS = 100_000.0
# Nobody reads further; who brings another kind of file has a problem in every row.
MOST_PROBLEMS = 100
# Of the sites for which a bid is refused.
_NAMED = 5
_IN_FIGURES = re.compile(r"[0-9]+([.,][0-9]+)?")
_MAY_BE_THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+")


@dataclass(frozen=True)
class Line:
    """An offer for the site of a key."""

    key: str
    install_price: Decimal
    month_price: Decimal
    mbps: float
    technology: str


def read_lines(text: str, file: str, *, most: int) -> list[Line]:
    """Read a bid's lines from CSV text with the columns `COLUMNS`, at most so many.

    Raises
    ------
    InputError
        With the rows that cannot be read, the first hundred problems of them.
    """
    lines: list[Line] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        header = [name.strip().lower() for name in next(rows, [])]
        missing = [name for name in COLUMNS if name not in header]
        if missing:
            why = _("the columns must be %(names)s") % {"names": ", ".join(COLUMNS)}
            raise InputError([Problem(file, 1, missing[0], "", why)])
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            found = _line(
                dict(zip(header, (cell.strip() for cell in row), strict=False)), rows.line_num, file, problems
            )
            if found is not None:
                if found.key in seen:
                    problems.append(Problem(file, rows.line_num, "key", found.key, _("stands here twice")))
                seen.add(found.key)
                lines.append(found)
            if len(lines) > most:
                why = _("the lot has %(n)s sites, and here are more rows") % {"n": most}
                raise InputError([*problems, Problem(file, rows.line_num, "", "", why)])
            if len(problems) >= MOST_PROBLEMS:
                break
    except csv.Error as error:
        raise InputError([*problems, Problem(file, rows.line_num, "", "", str(error))]) from error
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    return lines


def _line(cells: dict[str, str], number: int, file: str, problems: list[Problem]) -> Line | None:
    values: dict[str, Decimal] = {}
    wrong: dict[str, str] = {}
    for name, most in (("install_price", MOST_PRICE), ("month_price", MOST_PRICE), ("mbps", Decimal(MOST_MBPS))):
        try:
            values[name] = _number(cells.get(name, ""), most)
        except ValueError as error:
            wrong[name] = str(error)
    if "mbps" in values and not float(values["mbps"]):
        wrong["mbps"] = _("must be more than 0")
    technology = cells.get("technology", "")
    if not technology:
        wrong["technology"] = _("is missing")
    elif technology not in OFFERED:
        wrong["technology"] = _("must be one of %(names)s") % {"names": ", ".join(OFFERED)}
    if not cells.get("key"):
        wrong["key"] = _("is missing")
    problems.extend(Problem(file, number, name, cells.get(name, "")[:40], why) for name, why in wrong.items())
    if wrong:
        return None
    cent = Decimal("0.01")
    return Line(
        _key(cells["key"]), values["install_price"].quantize(cent), values["month_price"].quantize(cent),
        float(values["mbps"]), technology,
    )  # fmt: skip


def _number(text: str, most: Decimal) -> Decimal:
    """A number in figures, with a point or a comma for the decimals; the error says why it is none."""
    if not text:
        raise ValueError(_("is missing"))
    if _MAY_BE_THOUSANDS.fullmatch(text):
        raise ValueError(_("may be thousands or decimals: write it without the comma, or with a point for decimals"))
    if not _IN_FIGURES.fullmatch(text):
        raise ValueError(_("must be a number in figures, not negative, such as 1250.50"))
    value = Decimal(text.replace(",", "."))
    if value > most:
        raise ValueError(_("must be at most %(most)s") % {"most": number_format(most, 0, force_grouping=True)})
    return value


def _key(cell: str) -> str:
    """A key without the apostrophe that `safe_cell` gave it."""
    return cell[1:] if safe_cell(cell[1:]) == cell else cell


def keys_of(lot: Lot) -> dict[int, str]:
    """What each site of a lot is called in a bid: its key, with the scheme before it where two sites share the key."""
    rows = list(lot.lines.values_list("site", "site__key_scheme", "site__key"))
    times = Counter(key for _site, _scheme, key in rows)
    return {site: key if times[key] == 1 else f"{scheme}:{key}" for site, scheme, key in rows}


@transaction.atomic
def submit(lot: Lot, lines: Sequence[Line], person: Person, *, at: dt.datetime, seen_version: int = 0) -> Bid:
    """Submit a bid, or replace the one submitted before.

    Parameters
    ----------
    seen_version
        Of the bid that is replaced, as its author saw it; 0 where they saw none.

    Raises
    ------
    Refused
        Where bids are no longer taken, a key is not in the lot, a site of the lot is left out or offered less than its
        least speed, or the bid has changed meanwhile.
    """
    allow(person, "bid", "add")
    lot = _open_lot(lot, at)
    sites = {key: site for site, key in keys_of(lot).items()}
    strange = [line.key for line in lines if line.key not in sites]
    if strange:
        raise Refused(_("%(key)s is no site of this lot") % {"key": strange[0]})
    if not lines:
        raise Refused(_("the bid offers nothing"))
    _check_valid(lot, sites, lines)
    bid = Bid.objects.filter(lot=lot, provider_id=person.organisation_id).first()
    bid = bid or Bid(lot=lot, provider=person.acting_for, version=0)
    _check_version(bid, seen_version)
    bid.submitted_at, bid.withdrawn_at = at, None
    _save(bid, person)
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


def _check_valid(lot: Lot, sites: dict[str, int], lines: Sequence[Line]) -> None:
    """Refuse a bid that would be excluded once it is opened, when it can no longer be mended."""
    least: dict[int, float] = dict(lot.lines.filter(withdrawn_at=None).values_list("site", "min_mbps"))
    offered = {sites[line.key]: line.mbps for line in lines}
    keys = [key for key, site in sorted(sites.items()) if site in least and site not in offered]
    if keys:
        raise Refused(_("the bid would be excluded: it offers nothing for %(keys)s") % {"keys": _named(keys)})
    slow = [line for line in lines if line.mbps < least.get(sites[line.key], 0.0)]
    if slow:
        words = [f"{line.key} ({line.mbps:g} < {least[sites[line.key]]:g} Mbit/s)" for line in slow]
        raise Refused(
            _("the bid would be excluded: it offers less than the least speed at %(keys)s") % {"keys": _named(words)}
        )


def _named(words: Sequence[str]) -> str:
    return ", ".join([*words[:_NAMED], "…"] if len(words) > _NAMED else words)


@transaction.atomic
def withdraw(bid: Bid, person: Person, *, at: dt.datetime, seen_version: int) -> None:
    """Take a bid back, until the last day, as its author saw it."""
    allow(person, "bid", "change", bid)
    _open_lot(bid.lot, at)
    bid.refresh_from_db()
    _check_version(bid, seen_version)
    if bid.withdrawn_at is not None:
        raise Refused(_("there is no bid to take back"))
    bid.withdrawn_at = at
    _save(bid, person)


def _open_lot(lot: Lot, at: dt.datetime) -> Lot:
    """The lot as it stands, kept from others until the end: nobody opens it, or bids for it, meanwhile."""
    standing = Lot.objects.select_for_update().get(pk=lot.pk)
    if standing.state != LotState.PUBLISHED or standing.bids_until is None or at > standing.bids_until:
        raise Refused(_("bids are not taken for this lot: it is not published, or the last day is over"))
    return standing


def _check_version(bid: Bid, seen_version: int) -> None:
    if bid.version != seen_version:
        raise Refused(_("the bid has been changed by somebody else meanwhile; look again"))


def _save(bid: Bid, person: Person) -> None:
    bid.version += 1
    save_as(bid, person, "")
