"""Reading what forms send."""

from __future__ import annotations

from collections.abc import Iterable


def whole_numbers(texts: Iterable[str]) -> list[int]:
    """The whole numbers among texts that are small enough for a database, in their order."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 16]
