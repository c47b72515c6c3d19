"""How bids are compared: by cost and by quality, in shares that the lot states.

The cheapest bid has 100 points for its cost, another the share that the cheapest's price is of its own. Quality is the
mean over the lot's sites of the speed offered against twice the least speed asked for, at most 100 points: more than
double is worth nothing more. The score is the mean of both, weighted as the lot says. A bid that leaves a site out or
offers less than the least speed anywhere is excluded.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Twice what is asked for has full points.
FULL_SPEED = 2.0


@dataclass(frozen=True)
class Offer:
    """What a bid offers for a site: price over the whole contract, and speed in Mbit/s."""

    price: Decimal
    mbps: float


@dataclass(frozen=True)
class Score:
    """A bid's points, 0 to 100, and its rank from 1; or why it is excluded, without points and rank.

    Parameters
    ----------
    bid
        The bid's number.
    price
        Sum of its prices over the whole contract.
    cost, quality, total
        Points, rounded to two decimals.
    """

    bid: int
    price: Decimal
    cost: Decimal | None = None
    quality: Decimal | None = None
    total: Decimal | None = None
    rank: int | None = None
    excluded: str = ""


def score(
    wanted: Mapping[int, float], bids: Mapping[int, Mapping[int, Offer]], cost_weight: Decimal
) -> Sequence[Score]:
    """Score bids; the best first, the excluded last. Equal scores: the cheaper first, then the earlier number.

    Parameters
    ----------
    wanted
        Least speed [Mbit/s] by site.
    bids
        Offers by site, by bid.
    cost_weight
        Share of the cost in the score, 0 to 1.
    """
    prices = {bid: sum((offer.price for offer in lines.values()), Decimal(0)) for bid, lines in bids.items()}
    why = {bid: _why_excluded(wanted, lines) for bid, lines in bids.items()}
    valid = [bid for bid in bids if not why[bid]]
    lowest = min((prices[bid] for bid in valid), default=Decimal(0))
    scored = []
    for bid in valid:
        cost = _points(lowest / prices[bid] if prices[bid] > 0 else Decimal(1))
        quality = _points(Decimal(_quality(wanted, bids[bid])))
        total = (cost_weight * cost + (1 - cost_weight) * quality).quantize(Decimal("0.01"))
        scored.append(Score(bid, prices[bid], cost, quality, total))
    scored.sort(key=lambda one: (-(one.total or 0), one.price, one.bid))
    ranked = [
        Score(one.bid, one.price, one.cost, one.quality, one.total, rank) for rank, one in enumerate(scored, start=1)
    ]
    return [*ranked, *(Score(bid, prices[bid], excluded=why[bid]) for bid in sorted(bids) if why[bid])]


def _why_excluded(wanted: Mapping[int, float], lines: Mapping[int, Offer]) -> str:
    missing = [site for site in wanted if site not in lines]
    if missing:
        return _("offers nothing for %(n)s of %(sites)s sites") % {"n": len(missing), "sites": len(wanted)}
    slow = [site for site, least in wanted.items() if lines[site].mbps < least]
    if not slow:
        return ""
    return _("offers less than the least speed at %(n)s of %(sites)s sites") % {"n": len(slow), "sites": len(wanted)}


def _quality(wanted: Mapping[int, float], lines: Mapping[int, Offer]) -> float:
    shares = [min(lines[site].mbps / (FULL_SPEED * least), 1.0) for site, least in wanted.items()]
    return sum(shares) / len(shares) if shares else 0.0


def _points(share: Decimal) -> Decimal:
    return (100 * share).quantize(Decimal("0.01"))
