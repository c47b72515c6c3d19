"""The endpoint where probes leave their measurements."""

from __future__ import annotations

import datetime as dt
import uuid

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from ninja import Router, Schema

from alcance.office.api.problems import Refusal
from alcance.office.service.receiving import TOO_LARGE, receive

router = Router(tags=["measurements"])


class ReceiptOut(Schema):
    """What a probe is told."""

    id: uuid.UUID
    measurements: int
    received_at: dt.datetime


@router.post("", response={200: ReceiptOut}, auth=None, summary="Leave a signed batch of measurements")
@csrf_exempt
def post_measurements(request: HttpRequest) -> dict[str, object]:
    """Take a batch; headers `Alcance-Probe` (its code) and `Alcance-Signature` (Ed25519 over the body, base64)."""
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise Refusal(413, TOO_LARGE) from error
    headers = request.headers
    made = receive(headers.get("Alcance-Probe", ""), headers.get("Alcance-Signature", ""), body, at=timezone.now())
    return {"id": made.id, "measurements": made.measurements, "received_at": made.received_at}
