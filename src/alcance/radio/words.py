"""The words of a link in each language, from the table `data/words.csv`."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from alcance.errors import InputError, Problem

LANGUAGES = ("en", "es")


@dataclass(frozen=True)
class Words:
    """Words of one language.

    Parameters
    ----------
    code
        "en" or "es".
    texts
        Text by key.
    """

    code: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: Any) -> str:
        """Return the text of a key with its values put in; Spanish sets its per cent sign apart from the number."""
        text = self.texts[key].format(**values) if values else self.texts[key]
        return re.sub(r"(\d)%", "\\1\u00a0%", text) if self.code == "es" else text


@cache
def words(lang: str) -> Words:
    """Give the words of a language; InputError where it is not one of them."""
    if lang not in LANGUAGES:
        message = f"the languages are {', '.join(LANGUAGES)}"
        raise InputError([Problem("link", None, "lang", lang, message)])
    table = resources.files("alcance.radio").joinpath("data/words.csv").read_text(encoding="utf-8")
    return Words(lang, {row["key"]: row[lang] for row in csv.DictReader(table.splitlines())})
