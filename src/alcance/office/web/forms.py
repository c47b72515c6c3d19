"""Reading what forms send."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

# Every reason may be so long, wherever it is given and kept.
REASON_LETTERS = 500


class WordsField(forms.CharField):
    """Text of several lines; each line break counts as one character, as it does in the browser, which sends two."""

    def to_python(self, value: Any) -> str | None:
        """Take the text."""
        return super().to_python(value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value)


class CodeField(forms.SlugField):
    """A code that stands in addresses."""

    default_error_messages: ClassVar = {
        "invalid": _("A code has letters without accents, digits, hyphens and underscores, and no spaces.")
    }


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = WordsField(label=_("Why"), max_length=REASON_LETTERS, widget=forms.Textarea(attrs={"rows": 3}))


def whole_numbers(texts: Iterable[str]) -> list[int]:
    """The whole numbers among texts that are small enough for a database, in their order."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 16]
