"""A measurement as a probe sends it, read and checked; a batch of them, signed."""

from __future__ import annotations

import base64
import datetime as dt
import json
import uuid
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MOST_BYTES = 2_000_000
MOST_ROWS = 10_000
OLDEST = dt.timedelta(days=45)
# Clocks of probes are not exact.
SKEW = dt.timedelta(minutes=10)
FIGURES = {"down_mbps": 1e6, "up_mbps": 1e6, "latency_ms": 1e6, "loss": 1.0}


class BadBatch(ValueError):
    """A batch that cannot be taken; the message says where and why."""


@dataclass(frozen=True)
class Measurement:
    """One measurement: when, whether it was up, and, if measured, speeds [Mbit/s], latency [ms] and loss [share]."""

    time: dt.datetime
    online: bool
    down_mbps: float | None
    up_mbps: float | None
    latency_ms: float | None
    loss: float | None


def check_signature(public_key: str, body: bytes, signature: str) -> bool:
    """Whether a body carries the signature of a probe's key (Ed25519, both in base64)."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), body)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_batch(body: bytes, now: dt.datetime) -> tuple[uuid.UUID, list[Measurement]]:
    """Read a batch: its client-made id and its measurements in the order of time.

    Raises
    ------
    BadBatch
        Where it is no JSON of the right shape, too large, or a figure is impossible.
    """
    try:
        content = json.loads(body)
        batch_id = uuid.UUID(str(content["id"]))
        rows = content["measurements"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadBatch("must be JSON with `id`, a UUID, and `measurements`") from error
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_ROWS:
        raise BadBatch(f"`measurements` must hold 1 to {MOST_ROWS} rows")
    made = [_measurement(row, number, now) for number, row in enumerate(rows)]
    return batch_id, sorted(made, key=lambda one: one.time)


def _measurement(row: Any, number: int, now: dt.datetime) -> Measurement:
    if not isinstance(row, dict):
        raise BadBatch(f"measurements[{number}] must be an object")
    time = _time(row.get("time"), number)
    if time > now + SKEW:
        raise BadBatch(f"measurements[{number}].time lies in the future")
    if time < now - OLDEST:
        raise BadBatch(f"measurements[{number}].time is older than {OLDEST.days} days")
    if not isinstance(row.get("online"), bool):
        raise BadBatch(f"measurements[{number}].online must be true or false")
    figures: dict[str, float | None] = {}
    for name, most in FIGURES.items():
        value = row.get(name)
        if value is not None and (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            # Compared before it is made a float: an integer may be too long for one. NaN lies between nothing.
            or not 0 <= value <= most
        ):
            raise BadBatch(f"measurements[{number}].{name} must lie between 0 and {most:g}")
        figures[name] = None if value is None else float(value)
    return Measurement(time, row["online"], **figures)


def _time(text: Any, number: int) -> dt.datetime:
    try:
        time = dt.datetime.fromisoformat(str(text))
    except ValueError as error:
        raise BadBatch(f"measurements[{number}].time must be ISO 8601") from error
    if time.tzinfo is None:
        raise BadBatch(f"measurements[{number}].time must name its zone")
    try:
        return time.astimezone(dt.UTC)
    except OverflowError as error:
        raise BadBatch(f"measurements[{number}].time lies outside of all calendars") from error
