"""How the map finds a site by what somebody types."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_COLUMNS: Final = ("name", "locality_name", "key", "site_id", "locality_id", "admin_id", "admin_name")


def fold(text: str) -> str:
    """Return text without accents and case, so that «Santa María» is found by "santa maria".

    >>> fold("Santa María Ñumí")
    'santa maria numi'
    """
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


@dataclass(frozen=True, order=True)
class Wording:
    """The texts by which a site is found, folded.

    Parameters
    ----------
    name, locality, key
        Its own name, that of its locality, its official key.
    place
        The identifiers of site, locality and administrative area, and the name of the area.
    """

    name: str
    locality: str
    key: str
    place: str

    @classmethod
    def of(cls, site: Mapping[str, Any]) -> Wording:
        """Fold what a row of the sites says."""
        name, locality, key, *place = (fold(str(site.get(column) or "")) for column in _COLUMNS)
        return cls(name, locality, key, " ".join(place))

    def rank(self, text: str) -> int | None:
        """Return how well the site answers a folded text, 0 best, or None where a word of it is nowhere.

        First the whole name or key, then its beginning, then words of the name alone, then of the place too.
        """
        words = text.split()
        if not words or not all(
            any(word in own for own in (self.name, self.locality, self.key, self.place)) for word in words
        ):
            return None
        names = (self.name, self.locality, self.key)
        if text in names:
            return 0
        if any(name.startswith(text) for name in names):
            return 1
        return 2 if all(word in self.name for word in words) else 3


def sort_key(value: Any, wording: Wording) -> tuple[bool, Any, Wording]:
    """Return what a row of the table is sorted by: missing values apart, text without accents, ties by name."""
    if value is None:
        return (False, 0, wording)
    return (True, fold(value) if isinstance(value, str) else value, wording)
