"""What a probe runs: measurements are put into a batch, signed and sent, as often as it takes.

key = new_key()                      # kept on the probe; its public half is registered at the office
send("https://office.example", "probe-17", key, measurements)
"""

from __future__ import annotations

import base64
import json
import urllib.request
import uuid
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMEOUT_S = 30


def new_key() -> Ed25519PrivateKey:
    """A new signing key."""
    return Ed25519PrivateKey.generate()


def public_half(key: Ed25519PrivateKey) -> str:
    """What is registered at the office, in base64."""
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def batch_of(measurements: Sequence[dict[str, Any]], batch_id: uuid.UUID | None = None) -> bytes:
    """The body of a batch; keep it, with its id, until the office has answered."""
    body = {"id": str(batch_id or uuid.uuid4()), "measurements": list(measurements)}
    return json.dumps(body, separators=(",", ":")).encode()


def signed(key: Ed25519PrivateKey, body: bytes) -> str:
    """A body's signature, in base64."""
    return base64.b64encode(key.sign(body)).decode()


def send(office: str, probe: str, key: Ed25519PrivateKey, body: bytes) -> dict[str, Any]:
    """Send a batch and return the office's receipt.

    Raises
    ------
    urllib.error.HTTPError
        Where the office refuses it; its body is a problem (RFC 9457).
    OSError
        Where there is no answer: send the same body again.
    """
    request = urllib.request.Request(
        f"{office}/api/measurements",
        data=body,
        headers={
            "Content-Type": "application/json",
            "Alcance-Probe": probe,
            "Alcance-Signature": signed(key, body),
        },
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
        receipt: dict[str, Any] = json.load(answer)
    return receipt
