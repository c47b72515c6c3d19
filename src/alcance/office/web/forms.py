"""Reading what forms send."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms


class WordsField(forms.CharField):
    """Text of several lines; each line break counts as one character, as it does in the browser, which sends two."""

    def to_python(self, value: Any) -> str | None:
        """Take the text."""
        return super().to_python(value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value)


def whole_numbers(texts: Iterable[str]) -> list[int]:
    """The whole numbers among texts that are small enough for a database, in their order."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 16]
