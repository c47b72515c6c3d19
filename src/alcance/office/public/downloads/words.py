"""The language in which files are written."""

from __future__ import annotations

from django.conf import settings


def written_in() -> str:
    """The office's own language, as a code of two letters: a file is the same for every reader."""
    return settings.LANGUAGE_CODE.partition("-")[0]
