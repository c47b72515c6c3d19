"""What a verification claims, and what of it failed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass
class Report:
    """What was checked, and what failed."""

    passed: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def check(
        self,
        holds: bool | np.bool_,  # noqa: FBT001 (the claim reads as a sentence)
        claim: str,
        otherwise: str = "",
    ) -> None:
        """Note a claim as held or failed."""
        if holds:
            self.passed.append(claim)
        else:
            self.failures.append(f"{claim}: {otherwise}" if otherwise else claim)
