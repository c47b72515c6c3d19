"""Errors of the core as people read them, in their language and in whole sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from alcance.errors import InputError

if TYPE_CHECKING:
    from alcance.errors import AlcanceError, Problem


def error_lines(error: AlcanceError) -> list[str]:
    """What an error says: a sentence for each thing that is wrong."""
    if isinstance(error, InputError):
        return [problem_line(problem) for problem in error.problems]
    return [sentence(str(error))]


def error_words(error: AlcanceError) -> str:
    """What an error says, as one text."""
    return "\n".join(error_lines(error))


def problem_line(problem: Problem) -> str:
    """Where something is wrong, and what."""
    place = [problem.file]
    if problem.row is not None:
        place.append(_("row %(row)s") % {"row": problem.row})
    if problem.column:
        place.append(_("column %(column)s") % {"column": problem.column})
    shown = f" («{problem.value}»)" if problem.value else ""
    return f"{', '.join(place)}{shown}: {sentence(problem.message)}"


def sentence(words: str) -> str:
    """Words that begin like a sentence and end like one."""
    return capfirst(words if words.endswith((".", "!", "?", "…")) else f"{words}.")
