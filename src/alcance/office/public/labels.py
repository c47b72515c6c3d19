"""The names of all that pages tell by code, in one language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from alcance.office.public.models import ChallengeAbout, ChallengeState
from alcance.office.public.words import EVIDENCE_NAMES, PHASE_NAMES, QUINTILE_NAMES, STATE_MEANS, STEP_NAMES
from alcance.office.register.models import Level, SiteKind, SiteState, Technology
from alcance.publish.language import Language, language


@dataclass(frozen=True)
class Labels:
    """Names by code."""

    kind: dict[str, str]
    state: dict[str, str]
    state_means: dict[str, str]
    phase: dict[str, str]
    step: dict[str, str]
    technology: dict[str, str]
    about: dict[str, str]
    challenge: dict[str, str]
    evidence: dict[str, str]
    quintile: dict[int, str]
    level: dict[str, str]
    outline: str
    language: Language


@lru_cache(maxsize=8)
def labels(code: str) -> Labels:
    """Names in a language, which must be active."""

    def spelled(names: Any) -> dict[Any, str]:
        return {key: str(words) for key, words in dict(names).items()}

    return Labels(
        kind=spelled(SiteKind.choices),
        state=spelled(SiteState.choices),
        state_means=spelled(STATE_MEANS),
        phase=spelled(PHASE_NAMES),
        step=spelled(STEP_NAMES),
        technology=spelled(Technology.choices),
        about=spelled(ChallengeAbout.choices),
        challenge=spelled(ChallengeState.choices),
        evidence=spelled(EVIDENCE_NAMES),
        quintile=spelled(QUINTILE_NAMES),
        level=spelled(Level.choices),
        outline=_("Outline of %(municipality)s with the place of the site"),
        language=language(code),
    )
