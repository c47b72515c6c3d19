"""Measurements of the example: made by a rule, but signed by probes, received and read as real ones are."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from alcance.office.delivery.deeds.proof import measured_for
from alcance.office.register.models import SiteState
from alcance.office.running.demo.story import DAY
from alcance.office.service import placing, store
from alcance.office.service.client import batch_of, public_half, signed
from alcance.office.service.models import Probe
from alcance.office.service.receiving import receive

if TYPE_CHECKING:
    from alcance.office.delivery.models import Connection
    from alcance.office.register.models import Site
    from alcance.office.running.demo.story import Story

PROOF_DAYS, PROOF_EVERY_HOURS = 4, 6
RECENT_DAYS, RECENT_EVERY_HOURS, MOST_RECENT = 14, 2, 25


def proof(story: Story, connection: Connection, at: dt.datetime) -> dict[str, Any] | None:
    """Let a new probe measure some days until now; return what that proves, None where it proves nothing."""
    site = connection.site
    begin = at - PROOF_DAYS * DAY
    if connection.installed_on is None or timezone.localdate(begin) < connection.installed_on:
        return None
    # One that came with its connection is there already.
    probe = site.probes.filter(retired_at=None).first()
    if probe is None:
        code = f"sonda-{site.pk}"
        probe = placing.add(code, site, public_half(_key(code)), story.cast["ministerio"], at=begin)
    _send(story, probe.code, site, connection.mbps, begin, at, PROOF_EVERY_HOURS)
    return measured_for("verify", connection, at)


def measure_lately(story: Story) -> int:
    """Let the probes of sites in service measure the last days, compact the files, and return how many probes did."""
    watched = (SiteState.OPERATING, SiteState.DEGRADED, SiteState.DOWN)
    serving = Probe.objects.filter(retired_at=None, site__state__in=watched)
    probes = list(serving.select_related("site").order_by("pk")[:MOST_RECENT])
    begin = story.now - RECENT_DAYS * DAY
    for probe in probes:
        connection = probe.site.connections.filter(ended_on=None).first()
        if connection is not None:
            _send(story, probe.code, probe.site, connection.mbps, begin, story.now, RECENT_EVERY_HOURS)
    for days in range(RECENT_DAYS + 1):
        store.compact((begin + days * DAY).astimezone(dt.UTC).date())
    return len(probes)


def _send(
    story: Story,
    code: str,
    site: Site,
    mbps: float,
    begin: dt.datetime,
    end: dt.datetime,
    every_hours: int,
) -> None:
    rows = []
    time = begin.replace(minute=story.chance.randrange(60), second=0, microsecond=0)
    while time < end:
        rows.append(_row(story, site, mbps, time))
        time += every_hours * DAY / 24
    batch_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{code} {end.isoformat()}")
    body = batch_of(rows, batch_id)
    receive(code, signed(_key(code), body), body, at=end)


def _row(story: Story, site: Site, mbps: float, time: dt.datetime) -> dict[str, Any]:
    """A measurement: slower in the evening, much slower or off where the site is degraded or down."""
    online = story.chance.random() > (0.9 if site.state == SiteState.DOWN else 0.015)
    if not online:
        return {"time": time.isoformat(), "online": False}
    share = story.chance.uniform(0.9, 1.05) - (0.2 if 1 <= time.hour <= 5 else 0.0)
    down = mbps * share * (0.35 if site.state == SiteState.DEGRADED else 1.0)
    return {
        "time": time.isoformat(),
        "online": True,
        "down_mbps": round(down, 2),
        "up_mbps": round(down / 4, 2),
        "latency_ms": round(story.chance.uniform(18, 70), 1),
        "loss": round(story.chance.uniform(0, 0.02), 4),
    }


def _key(code: str) -> Ed25519PrivateKey:
    """The same key for the same probe in each example."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"example probe {code}".encode()).digest())
