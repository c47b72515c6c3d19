"""Taking a batch of measurements: exactly once, and answered only when it is on the disk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from alcance.office.api.problems import Refusal
from alcance.office.service import store
from alcance.office.service.measurement import MOST_BYTES, BadBatch, check_signature, read_batch
from alcance.office.service.models import Batch, Probe

if TYPE_CHECKING:
    import datetime as dt

TOO_LARGE = f"a batch has at most {MOST_BYTES} bytes"


@dataclass(frozen=True)
class Receipt:
    """What a probe is told: the batch's id, how many measurements were stored, and when."""

    id: str
    measurements: int
    received_at: dt.datetime


def receive(probe_code: str, signature: str, body: bytes, *, at: dt.datetime) -> Receipt:
    """Take a signed batch. The same id with the same body gets the same answer again, with another it is refused.

    Raises
    ------
    Refusal
        413 too large, 401 no such probe or a wrong signature, 422 a body that is wrong, 409 an id used before.
    """
    if len(body) > MOST_BYTES:
        raise Refusal(413, TOO_LARGE)
    probe = Probe.objects.filter(code=probe_code, retired_at=None).first()
    # Nobody learns which of the two was wrong.
    if probe is None or not check_signature(probe.public_key, body, signature):
        raise Refusal(401, "no probe of this code signs like this")
    digest = hashlib.sha256(body).hexdigest()
    try:
        batch_id, rows = read_batch(body, at)
    except BadBatch as error:
        raise Refusal(422, str(error)) from error
    known = Batch.objects.filter(probe=probe, client_id=batch_id).first()
    if known is None:
        # Files first: whoever is killed between them and the record is replayed onto the same files.
        written = store.write(probe.pk, batch_id, digest, rows)
        try:
            with transaction.atomic():
                known = Batch.objects.create(
                    probe=probe, client_id=batch_id, digest=digest, rows=len(rows), received_at=at
                )
        except IntegrityError:
            known = Batch.objects.get(probe=probe, client_id=batch_id)
            if known.digest != digest:
                for path in written:
                    path.unlink(missing_ok=True)
        Probe.objects.filter(pk=probe.pk).update(last_seen_at=at)
    if known.digest != digest:
        raise Refusal(409, "another batch has been stored under this id")
    return Receipt(str(known.client_id), known.rows, known.received_at)
