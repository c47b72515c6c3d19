"""The words of a link in each language, from the table `data/words.csv`."""

from __future__ import annotations

import csv
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
        """Return the text of a key with its values put in."""
        return self.texts[key].format(**values) if values else self.texts[key]


@cache
def words(lang: str) -> Words:
    """Give the words of a language; InputError where it is not one of them."""
    if lang not in LANGUAGES:
        message = f"the languages are {', '.join(LANGUAGES)}"
        raise InputError([Problem("link", None, "lang", lang, message)])
    table = resources.files("alcance.radio").joinpath("data/words.csv").read_text(encoding="utf-8")
    return Words(lang, {row["key"]: row[lang] for row in csv.DictReader(table.splitlines())})
