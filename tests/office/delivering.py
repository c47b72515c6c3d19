"""Leading sites through the phases, for tests that begin further on."""

from __future__ import annotations

import datetime as dt
import io
import itertools
from decimal import Decimal

from PIL import Image

from alcance.office.delivery.deeds import bids, connections, lots
from alcance.office.delivery.deeds.photos import keep_photo
from alcance.office.delivery.life import move
from alcance.office.delivery.models import Plan, PlannedSite

DAY = dt.timedelta(days=1)
_SHUTTER = itertools.count(64)


def picture(size=(64, 48), kind="JPEG", colour=(30, 90, 160), **options):
    """A picture's bytes."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **options)
    return out.getvalue()


def plan_sites(sites, people, now):
    """Lead sites of the first committee's state from registered to planned."""
    move(sites, "nominate", people["committee"], at=now)
    move(sites, "approve", people["ministry"], at=now)
    plan = Plan.objects.create(
        title="Plan", digest="0" * 64, currency="MXN", cost=Decimal(1000), lower_bound=Decimal(900), plan_gap=0.11,
        imported_by=people["ministry"], imported_at=now,
    )  # fmt: skip
    for site in sites:
        PlannedSite.objects.create(
            plan=plan, site=site, technology="fibre", cost_share=100, capex_share=60, opex_year_share=5, mbps=20
        )
    move(sites, "plan", people["ministry"], at=now, evidence={"plan": plan.pk})
    return plan


def lines_for(sites, install=1000, month=100, mbps=25.0):
    """The same offer for every site."""
    return [bids.Line(site.key, Decimal(install), Decimal(month), mbps, "ptmp") for site in sites]


def publish_lot(sites, people, now, code="lot-1"):
    """A published lot of planned sites, open for bids for ten days."""
    lot = lots.draft_lot(code, "Valle", sites, people["ministry"], months=12, cost_weight=Decimal("0.70"))
    lots.publish(lot, people["ministry"], at=now, questions_until=now + 5 * DAY, bids_until=now + 10 * DAY)
    return lot


def award_lot(sites, people, now, code="lot-1"):
    """A lot of planned sites awarded to the first provider; returns the contract."""
    lot = publish_lot(sites, people, now, code)
    bid = bids.submit(lot, lines_for(sites), people["provider"], at=now + DAY)
    lots.open_bids(lot, people["ministry"], at=now + 11 * DAY)
    return lots.award(
        lot, bid, people["ministry"], at=now + 12 * DAY, code=f"{code}-c", deliver_by=(now + 90 * DAY).date()
    )


def install(connection, people, now):
    """Order and install, with a photo."""
    connections.order([connection], people["ministry"], at=now)
    connections.install(
        connection, people["provider"], at=now + DAY, installed_on=(now + DAY).date(),
        photo=new_photo(people["provider"], now),
    )  # fmt: skip


def new_photo(person, now):
    """A photo that nobody has brought before."""
    # A colour that differs by one may be the same once it is a JPEG.
    return keep_photo(io.BytesIO(picture((next(_SHUTTER), 48))), person, at=now)


def verify(connection, people, now):
    """Inspect and verify."""
    seen = connections.inspect(
        connection, people["committee"], at=now, works=True, down_mbps=22.0, up_mbps=5.0, latency_ms=30.0,
        photo=new_photo(people["committee"], now),
    )  # fmt: skip
    connections.verify(connection, people["committee"], at=now, inspection=seen)
    return seen
