"""A small programme for the tests of the public pages: a site in nearly every state, with what led it there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from alcance.office.delivery.life import move
from alcance.office.delivery.models import (
    Bid,
    Connection,
    Contract,
    Inspection,
    Lot,
    LotSite,
    LotState,
    Photo,
    Plan,
    PlannedSite,
)
from alcance.office.public.challenges.life import file_challenge
from alcance.office.register.models import Site


@dataclass
class World:
    """What the tests ask for by name."""

    sites: list[Site]
    lot: Lot
    draft: Lot
    contract: Contract
    merged: Site
    challenge: Any


def build(sites: list[Site], people: dict[str, Any], now: dt.datetime) -> World:
    """Lead six sites as far as they go: operating, installed, ordered (late), planned, nominated, registered."""
    ministry, provider = people["ministry"], people["provider"]
    day = now.date()
    committee = {"20": people["committee"], "21": people["committee2"]}
    at = iter(now - dt.timedelta(days=90 - hour) for hour in range(60))
    for site in sites[:5]:
        move([site], "nominate", committee[site.state_code], at=next(at))
    move(sites[:4], "approve", ministry, at=next(at))
    plan = Plan.objects.create(
        title="Plan 2026", digest="a" * 64, currency="MXN", cost=1000, lower_bound=990, plan_gap=0.01,
        imported_by=ministry, imported_at=now,
    )  # fmt: skip
    for site in sites[:4]:
        PlannedSite.objects.create(
            plan=plan, site=site, technology="fibre", cost_share=12, capex_share=10, opex_year_share=1, mbps=50,
            year=2026, runner_up="satellite", runner_up_price=20, reason="cheapest",
        )  # fmt: skip
    move(sites[:4], "plan", ministry, at=next(at), evidence={"plan": plan.pk})
    lot = Lot.objects.create(
        code="lot-1", title="Lote 1", buyer=ministry.organisation, state=LotState.AWARDED, decided_at=now
    )
    draft = Lot.objects.create(code="draft-1", title="Borrador secreto", buyer=ministry.organisation)
    LotSite.objects.create(lot=draft, site=sites[3], min_mbps=10)
    for site in sites[:3]:
        LotSite.objects.create(lot=lot, site=site, min_mbps=10)
    Bid.objects.create(lot=lot, provider=provider.organisation, awarded=True)
    contract = Contract.objects.create(
        code="contract-1", lot=lot, provider=provider.organisation, amount=100, currency="MXN",
        signed_on=day - dt.timedelta(days=80), deliver_by=day - dt.timedelta(days=10),
        ends_on=day + dt.timedelta(days=900),
    )  # fmt: skip
    move(sites[:3], "contract", ministry, at=next(at), evidence={"contract": contract.pk})
    made = {
        site.pk: Connection.objects.create(
            site=site, contract=contract, provider=provider.organisation, technology="fibre", mbps=50,
            install_price=1, month_price=1, ordered_on=day - dt.timedelta(days=60),
        )
        for site in sites[:3]
    }  # fmt: skip
    move(sites[:3], "order", ministry, at=next(at), connections=made)
    photo = Photo.objects.create(
        digest="b" * 64, width_px=4, height_px=3, bytes=10, uploaded_by=provider, uploaded_at=now
    )
    move(sites[:2], "install", provider, at=next(at), evidence={"photo": photo.pk}, connections=made)
    Connection.objects.filter(site__in=sites[:2]).update(installed_on=day - dt.timedelta(days=30))
    inspection = Inspection.objects.create(
        site=sites[0], connection=made[sites[0].pk], inspector=people["committee"], at=now, works=True, down_mbps=48.5,
        remark="La directora Juana Pérez abrió",
    )  # fmt: skip
    move([sites[0]], "verify", ministry, at=next(at), evidence={"inspection": inspection.pk}, connections=made)
    move([sites[0]], "operate", ministry, at=next(at), connections=made)
    Connection.objects.filter(site=sites[0]).update(verified_at=now, operating_since=day)
    first = sites[0]
    merged = Site.objects.create(
        key="OLD1", key_scheme="cct", name="La misma escuela", kind="school", lon=first.lon, lat=first.lat,
        municipality=first.municipality, state_code="20", cell=1, merged_into=first,
    )  # fmt: skip
    challenge = file_challenge(
        sites[1], "not_working", "No hay señal desde mayo", at=now, contact="secreto@example.org"
    )
    return World(sites, lot, draft, contract, merged, challenge)
