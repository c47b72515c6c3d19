"""The second and third acts: the plan is taken in, and its sites are tendered in lots on which providers bid."""

from __future__ import annotations

import functools
from decimal import Decimal
from typing import TYPE_CHECKING

from alcance.office.delivery.deeds import bids, lots
from alcance.office.delivery.deeds.plans import import_plan
from alcance.office.delivery.models import Bid, Lot, PlannedSite
from alcance.office.register.models import Site, SiteState
from alcance.office.running.demo import deployment
from alcance.office.running.demo.story import DAY

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path

    from alcance.office.accounts.models import Person
    from alcance.office.running.demo.story import Story

PLANNED_DAYS_AGO = 480
SITES_PER_LOT = 60
#: For each lot how many days ago it was published; the last are open, sealed, or taken back.
PUBLISHED_DAYS_AGO = (455, 440, 420, 400, 370, 330, 290, 230, 150, 38, 15, 9)
CANCELLED = 6
DRAFTS = 1
MONTHS = 36
DELIVERY_DAYS = 150
CENT = Decimal("0.01")
_QUESTIONS = (
    (
        "¿La energía del sitio corre por cuenta del proveedor?",
        "No: la institución la pone donde la hay; donde no, el proveedor lleva la suya y la cobra en la instalación.",
    ),
    (
        "¿Se aceptan enlaces por satélite donde el plan dice radio?",
        "Sí, si cumplen la velocidad mínima y la latencia se informa en la oferta.",
    ),
    (
        "¿Cuándo se paga la instalación?",
        "Cuando el sitio está verificado, no cuando se declara instalado.",
    ),
)


def plan_and_tender(story: Story, folder: Path, tell: Callable[[int, int, str], None]) -> None:
    """Enter the plan and its tenders into the calendar."""
    story.calendar.at(story.ago(PLANNED_DAYS_AGO), lambda at: _plan(story, folder, at, tell))


def _plan(story: Story, folder: Path, at: dt.datetime, tell: Callable[[int, int, str], None]) -> None:
    plan = import_plan(folder, story.cast["ministerio"], at=at, title="Plan de Oaxaca (ejemplo)", tell=tell)
    planned = PlannedSite.objects.filter(plan=plan, site__state=SiteState.PLANNED)
    # Neighbouring municipalities go together, so that a provider builds in one region.
    ordered = planned.order_by("site__municipality", "site__key").values_list("site", flat=True)
    chunks = _batches(list(ordered), story.scaled(SITES_PER_LOT))
    for number, (chunk, days_ago) in enumerate(zip(chunks, [*PUBLISHED_DAYS_AGO, 0], strict=False), start=1):
        begin = story.ago(days_ago or 2)
        story.calendar.at(begin - 2 * DAY, functools.partial(_draft, story, number, chunk, published=days_ago))


def _batches(values: list[int], size: int) -> list[list[int]]:
    return [values[first : first + size] for first in range(0, len(values), size)]


def _draft(story: Story, number: int, ids: list[int], at: dt.datetime, *, published: int) -> None:
    sites = list(Site.objects.filter(pk__in=ids, state=SiteState.PLANNED).select_related("municipality").order_by("pk"))
    region = sites[0].municipality.name
    lot = lots.draft_lot(
        f"oax-{number:02d}",
        f"Lote {number}: {region} y vecinos",
        sites,
        story.cast["ministerio"],
        months=MONTHS,
        cost_weight=Decimal("0.70"),
        description="Ejemplo: precios y ofertas inventados por una regla a partir del plan.",
    )
    if published:
        story.calendar.at(at + 2 * DAY, functools.partial(_publish, story, lot, number))


def _publish(story: Story, lot: Lot, number: int, at: dt.datetime) -> None:
    ministry = story.cast["ministerio"]
    lots.publish(lot, ministry, at=at, questions_until=at + 10 * DAY, bids_until=at + 25 * DAY)
    askers = story.chance.sample(story.cast.providers, 2)
    for order, (asker, (text, answer)) in enumerate(zip(askers, story.chance.sample(_QUESTIONS, 2), strict=True)):
        story.calendar.at(at + (2 + order) * DAY, functools.partial(_ask, story, lot, text, answer, asker))
    bidders = story.chance.sample(story.cast.providers, min(3 + number % 3, len(story.cast.providers)))
    for order, bidder in enumerate(bidders):
        story.calendar.at(at + (11 + order) * DAY, functools.partial(_bid, story, lot, bidder))
    if number == CANCELLED:
        reason = "el estado abre un camino en la región; se licitará con su fibra"
        story.calendar.at(at + 18 * DAY, lambda later: lots.cancel(lot, ministry, at=later, reason=reason))
        return
    story.calendar.at(at + 26 * DAY, lambda later: lots.open_bids(lot, ministry, at=later))
    story.calendar.at(at + 33 * DAY, functools.partial(_award, story, lot))


def _ask(story: Story, lot: Lot, text: str, answer: str, asker: Person, at: dt.datetime) -> None:
    question = lots.ask(lot, text, asker, at=at)
    story.calendar.at(at + 3 * DAY, lambda later: lots.answer(question, answer, story.cast["ministerio"], at=later))


def _bid(story: Story, lot: Lot, bidder: Person, at: dt.datetime) -> None:
    """Bid by a rule: the plan's own shares, at each provider's level of prices and of speed."""
    level, speed = story.chance.uniform(0.92, 1.3), story.chance.choice((1.0, 1.25, 1.5, 2.0))
    rows = PlannedSite.objects.filter(site__lot_lines__lot=lot).select_related("site").order_by("site__key")
    lines = []
    for planned in rows:
        wobble = Decimal(str(round(level * story.chance.uniform(0.95, 1.05), 4)))
        lines.append(
            bids.Line(
                key=planned.site.key,
                install_price=(planned.capex_share * wobble + 4_000).quantize(CENT),
                month_price=(planned.opex_year_share / 12 * wobble + 150).quantize(CENT),
                mbps=max(round(planned.mbps * speed, 1), planned.mbps),
                technology=planned.technology,
            )
        )
    bids.submit(lot, lines, bidder, at=at)


def _award(story: Story, lot: Lot, at: dt.datetime) -> None:
    lot.refresh_from_db()
    best = lots.scores_of(lot)[0]
    contract = lots.award(
        lot,
        Bid.objects.get(pk=best.bid),
        story.cast["ministerio"],
        at=at,
        code=f"{lot.code}-contrato",
        deliver_by=(at + DELIVERY_DAYS * DAY).date(),
    )
    deployment.deploy(story, contract, at)
