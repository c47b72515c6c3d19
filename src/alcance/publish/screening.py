"""Whether a plan is fit for screening only, and the words with which every output says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alcance.publish.language import Language


def screening_only(summary: Mapping[str, Any]) -> bool:
    """Whether the plan's terrain is too coarse to promise any single link on it."""
    return bool(summary["terrain"]["screening_only"])


def screening_words(summary: Mapping[str, Any], t: Language) -> str:
    """Say that the plan is for screening only and what that means; nothing where its terrain is fine enough."""
    return t("screening.words", arcsec=_arcsec(summary, t)) if screening_only(summary) else ""


def screening_label(summary: Mapping[str, Any], t: Language) -> str:
    """Say it in a few words, for a picture; nothing where the terrain is fine enough."""
    return t("screening.short", arcsec=_arcsec(summary, t)) if screening_only(summary) else ""


def screened_title(title: str, summary: Mapping[str, Any], t: Language) -> str:
    """Return a title, marked where the plan is for screening only."""
    return t("screening.of", title=title) if screening_only(summary) else title


def _arcsec(summary: Mapping[str, Any], t: Language) -> str:
    arcsec = float(summary["terrain"]["resolution_arcsec"])
    return t.number(arcsec, 0 if arcsec.is_integer() else 1)
