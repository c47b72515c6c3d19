"""Areas as people name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alcance.office.register.models import Area, Level
from alcance.office.register.models.folding import every_word, folded

if TYPE_CHECKING:
    from django.db.models import QuerySet

# Of several that a name may mean so many are told.
TOLD = 8


def areas_called(text: str, among: QuerySet[Area]) -> list[Area]:
    """The area of a key; else those of exactly a name, accents or not; else the first whose name has all its words."""
    text = text.strip()
    by_key = among.defer("boundary").filter(pk=text).first()
    if by_key is not None or not text:
        return [by_key] if by_key is not None else []
    with_words = among.defer("boundary").filter(every_word(text)).order_by("pk")
    exact = [
        one for one in with_words.filter(search__startswith=f"{folded(text)} ") if folded(one.name) == folded(text)
    ]
    return (exact or list(with_words[:TOLD]))[:TOLD]


def by_name(areas: QuerySet[Area]) -> list[tuple[str, str]]:
    """Keys and names of areas in the order of the alphabet, accents or not."""
    return sorted(areas.values_list("code", "name"), key=lambda one: (folded(one[1]), one[0]))


def states_by_name() -> list[tuple[str, str]]:
    """Those of all states."""
    return by_name(Area.objects.filter(level=Level.STATE))


def towns_by_name(state_code: str = "") -> list[tuple[str, str]]:
    """Those of the municipalities of a state, or of all, which then tell their state."""
    towns = Area.objects.filter(level=Level.MUNICIPALITY)
    if state_code:
        return by_name(towns.filter(parent=state_code))
    named = towns.values_list("code", "name", "parent__name")
    return sorted(((code, f"{name}, {state}") for code, name, state in named), key=lambda one: (folded(one[1]), one[0]))
