"""How mail is sent: by the server that an address names, or not at all."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from alcance.errors import InputError, Problem


class MailServer(NamedTuple):
    """A mail server and how it is spoken to, in the order of Django's settings."""

    host: str
    port: int
    user: str
    password: str
    ssl: bool
    tls: bool


def mail_from(url: str | None) -> MailServer | None:
    """The mail server that an address names, like `smtp://user:password@host:587?tls=1` or `smtps://host`.

    Raises
    ------
    InputError
        Where the address is not one of a mail server.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        message = "must be like smtp://user:password@host:587?tls=1 or smtps://user:password@host"
        raise InputError([Problem("environment", None, "ALCANCE_EMAIL_URL", parts.scheme, message)])
    ssl = parts.scheme == "smtps"
    return MailServer(
        host=parts.hostname,
        port=parts.port or (465 if ssl else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        ssl=ssl,
        tls=not ssl and parse_qs(parts.query).get("tls") == ["1"],
    )
