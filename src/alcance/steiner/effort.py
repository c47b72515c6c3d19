"""How long to work on a problem."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from alcance.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Effort:
    """How long to work: moves, a stop in seconds or None, the seed of all chance, and the clock."""

    moves_per_terminal: float
    seconds: float | None
    seed: int
    clock: Callable[[], float]

    @classmethod
    def checked(
        cls, caller: str, moves_per_terminal: float, seconds: float | None, seed: int, clock: Callable[[], float]
    ) -> Effort:
        """An effort that ends.

        Raises
        ------
        InputError
            Where it is negative, or without any limit.
        """
        if not (moves_per_terminal >= 0 and (moves_per_terminal < float("inf") or seconds is not None)):
            message = "must be 0 or more, and finite where no seconds are given"
            raise InputError([Problem(caller, None, "moves_per_terminal", str(moves_per_terminal), message)])
        return cls(moves_per_terminal, seconds, seed, clock)

    def after(self, begin: float) -> Effort:
        """What is left of the seconds since `begin`."""
        if self.seconds is None:
            return self
        return replace(self, seconds=max(0.0, self.seconds - (self.clock() - begin)))
