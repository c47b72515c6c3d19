"""The database: a SQLite file by default, PostgreSQL where its address is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from alcance.errors import InputError, Problem
from alcance.office.folder import DATABASE

if TYPE_CHECKING:
    from pathlib import Path

# A writer waits so long for another before it fails.
BUSY_SECONDS = 20
# Readers never wait in WAL; with `NORMAL` a power cut may lose the last transactions but spoils nothing.
SQLITE_SETTINGS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536; PRAGMA mmap_size=2147418112; "
    "PRAGMA temp_store=MEMORY;"
)
POSTGRES_SCHEMES = ("postgres", "postgresql")


def database_from(url: str | None, folder: Path) -> dict[str, Any]:
    """Django's settings of the database that an address names; without one, of a SQLite file in `folder`.

    Raises
    ------
    InputError
        Where the address is not one of PostgreSQL.
    """
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / DATABASE,
            # Opening the file and saying the settings again costs more than most pages ask of it.
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "init_command": SQLITE_SETTINGS,
                "timeout": BUSY_SECONDS,
                # A transaction that will write says so at once: one that begins by reading cannot wait for the lock.
                "transaction_mode": "IMMEDIATE",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in POSTGRES_SCHEMES or not parts.path.strip("/"):
        message = "must be like postgresql://user:password@host:5432/name"
        raise InputError([Problem("environment", None, "DATABASE_URL", parts.scheme, message)])
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
