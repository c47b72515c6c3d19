"""Text as people search for it: in lower case and without accents, folded by the database itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Concat, Lower, Replace

if TYPE_CHECKING:
    from django.db.models import Expression

# The accents of Spanish; SQLite lowers ASCII alone, so both cases stand here. It nests some twenty deep and no more.
_ACCENTS = {"a": "áÁ", "e": "éÉ", "i": "íÍ", "o": "óÓ", "u": "úÚüÜ", "n": "ñÑ"}
# More than these narrow nothing further, and each costs a look at every row.
MAX_WORDS = 5
_PLAIN = str.maketrans({accented: plain for plain, letters in _ACCENTS.items() for accented in letters})


def folded(text: str) -> str:
    """A text in lower case and without accents."""
    return text.translate(_PLAIN).lower()


def every_word(text: str) -> Q:
    """Rows whose `search` holds every word that somebody looks for, the first few of them."""
    wanted = Q()
    for word in folded(text).split()[:MAX_WORDS]:
        wanted &= Q(search__contains=word)
    return wanted


def folded_columns(first: str, second: str) -> Expression:
    """Two columns joined by a space and folded, as an expression of the database."""
    joined: Expression = Concat(F(first), Value(" "), F(second), output_field=TextField())
    for plain, letters in _ACCENTS.items():
        for accented in letters:
            joined = Replace(joined, Value(accented), Value(plain))
    return Lower(joined, output_field=TextField())
