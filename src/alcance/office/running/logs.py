"""Logs: one JSON object a line, with the request that it belongs to, and never a secret."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from contextvars import ContextVar
from typing import Any

#: The request that this thread answers, empty where there is none.
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")

# What a line may carry beside its message; anything else that a library adds stays out.
_TOLD = ("method", "path", "status", "ms", "person", "job_id")
# Whoever reads the log could otherwise set somebody's password, or log in as the database. Each is looked for only
# where the text that it holds in any case stands: that is found much sooner.
_SECRETS = (
    ("/password/reset/key/", re.compile(r"(/password/reset/key/)[^/\s]+"), r"\1…"),
    ("://", re.compile(r"(\w+://[^/\s:@]*:)[^/\s@]+@"), r"\1…@"),
)
_written = json.JSONEncoder(ensure_ascii=False, default=str).encode


def without_secrets(text: str) -> str:
    """A text without the keys of one-time links and the passwords of addresses."""
    for held, secret, instead in _SECRETS:
        if held in text:
            text = secret.sub(instead, text)
    return text


class JsonLine(logging.Formatter):
    """Writes a record as one line: time, level, logger, message, request, and what it was told beside."""

    def format(self, record: logging.LogRecord) -> str:
        """Write it."""
        line: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, tz=dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        request_id = getattr(record, "request_id", "") or REQUEST_ID.get()
        if request_id:
            line["request_id"] = request_id
        for name in _TOLD:
            value = getattr(record, name, None)
            if value is not None:
                line[name] = without_secrets(value) if isinstance(value, str) else value
        if record.exc_info:
            line["fault"] = without_secrets(self.formatException(record.exc_info))
        return _written(line)


def logging_for(level: str) -> dict[str, Any]:
    """The settings of `logging` that write JSON lines to standard error from a level on."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "alcance.office.running.logs.JsonLine"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # The line of each request tells already what was answered; only faults add to it.
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "ERROR"},
            "django": {"level": level, "handlers": [], "propagate": True},
            "django.server": {"level": "WARNING", "handlers": [], "propagate": True},
            # Anything that these say below a warning is said again by the rooms, better.
            "pyogrio": {"level": "WARNING"},
            "django_tasks": {"level": "WARNING"},
            "django_tasks_db": {"level": "WARNING"},
        },
    }
