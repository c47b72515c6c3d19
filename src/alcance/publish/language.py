"""The words of the outputs and the way numbers are written, per language, from the table `strings.csv`."""

from __future__ import annotations

import csv
import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from alcance.errors import InputError, Problem

HARD_SPACE: Final = "\u00a0"

#: Separator of thousands, decimal mark and what stands before the per cent sign. Spanish follows the Ortografía of
#: 2010: spaces between thousands and the point as the common decimal mark.
NUMBER_MARKS: Final = {"en": (",", ".", ""), "es": (HARD_SPACE, ".", HARD_SPACE)}

LANGUAGES: Final = tuple(sorted(NUMBER_MARKS))


def rounded_up(fraction: float) -> float:
    """A fraction to the next tenth of a percent, so that what is said to be at most that is; finite."""
    # Not for the last digit of a binary fraction.
    return math.ceil(round(fraction * 1000, 6)) / 1000


@dataclass(frozen=True)
class Language:
    """Words and number formats of one language.

    Parameters
    ----------
    code
        Two-letter code.
    texts
        Text by key; a text with a plural holds "one|many".
    """

    code: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: Any) -> str:
        """Return the text of a key with its values put in; a number must already be formatted."""
        return self.texts[key].format(**values)

    def has(self, key: str) -> bool:
        """Whether the table holds a key."""
        return key in self.texts

    def name(self, group: str, code: str | None) -> str:
        """Readable name of a code of the plan, such as a technology; a code without a name is shown as it is."""
        if code is None or (isinstance(code, float) and math.isnan(code)):
            return ""
        return self.texts.get(f"{group}.{code}", str(code).replace("_", " "))

    def count(self, key: str, number: float, **values: Any) -> str:
        """Return the text of a key in the singular or plural that `number` asks for; the number itself is {n}."""
        one, _, many = self.texts[key].partition("|")
        chosen = one if number == 1 else many or one
        return chosen.format(n=self.number(number), **values)

    def number(self, value: float | None, decimals: int = 0) -> str:
        """Write a number with its thousands apart; a dash where there is none."""
        if value is None or not math.isfinite(value):
            return "–"
        group, mark, _ = NUMBER_MARKS[self.code]
        text = f"{value:,.{decimals}f}".replace(",", "\0").replace(".", mark).replace("\0", group)
        zero = f"-{0:.{decimals}f}".replace(".", mark)
        return text.removeprefix("-") if text == zero else text.replace("-", "−")

    def percent(self, fraction: float | None, decimals: int = 1) -> str:
        """Write a fraction as a percentage, a dash where there is none; what is not quite all is not rounded to it."""
        if fraction is None or not math.isfinite(fraction):
            return self.number(None)
        space = NUMBER_MARKS[self.code][2]
        least = 10.0 ** -(decimals + 2)
        if fraction in {0, 1}:
            return f"{round(fraction * 100)}{space}%"
        if 0 < fraction < least / 2:
            return f"<{self.number(least * 100, decimals)}{space}%"
        if 1 - least / 2 < fraction < 1:
            return f">{self.number((1 - least) * 100, decimals)}{space}%"
        return f"{self.number(fraction * 100, decimals)}{space}%"

    def percent_at_most(self, fraction: float | None) -> str:
        """Write a fraction as a percentage rounded up to a tenth, so that "at most" stays true."""
        if fraction is None or not math.isfinite(fraction):
            return self.percent(fraction)
        return self.percent(rounded_up(fraction))

    def money(self, amount: float, currency: str) -> str:
        """Write an amount to the unit, with the code of its currency."""
        number = self.number(amount)
        return f"{currency} {number}" if self.code == "en" else f"{number} {currency}"

    def big_money(self, amount: float, currency: str) -> str:
        """Write an amount in millions where it is that large, with the code of its currency."""
        if not math.isfinite(amount) or abs(amount) < 1e6:
            return self.money(amount, currency)
        return self("money.millions", number=self._millions(amount), currency=currency)

    def money_parts(self, amount: float, currency: str) -> tuple[str, str]:
        """Write an amount as its number and its unit, for a headline."""
        if not math.isfinite(amount) or abs(amount) < 1e6:
            return self.number(amount), currency
        return self._millions(amount), self("money.unit_millions", currency=currency)

    def _millions(self, amount: float) -> str:
        millions = amount / 1e6
        return self.number(millions, 2 if abs(millions) < 10 else 1 if abs(millions) < 1000 else 0)


@functools.cache
def language(code: str) -> Language:
    """Words of a language.

    Parameters
    ----------
    code
        A language tag; only its first part counts ("es-419" is "es").

    Raises
    ------
    InputError
        If there are no words for that language.
    """
    short = code.replace("_", "-").split("-")[0].lower()
    if short not in LANGUAGES:
        message = f"no words for this language; there are {', '.join(LANGUAGES)}"
        raise InputError([Problem("language", None, "", code, message)])
    table = resources.files("alcance.publish").joinpath("strings.csv").read_text(encoding="utf-8")
    return Language(short, {row["key"]: row[short] for row in csv.DictReader(table.splitlines())})


def pack_language(summary: Mapping[str, Any]) -> Language:
    """Return the first language of the plan's pack that has words here, English if none has."""
    pack = summary["pack"]
    tags = [str(pack.get("language", "")), *map(str, pack.get("languages", []))]
    for tag in tags:
        if tag.split("-")[0].lower() in LANGUAGES:
            return language(tag)
    return language("en")
