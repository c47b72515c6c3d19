"""How the annealing divides its effort: numbers found by measuring on real and made-up regions."""

from __future__ import annotations

from typing import NamedTuple


class Mix(NamedTuple):
    """How often each move is tried, how far it goes, and how hot the annealing runs.

    Parameters
    ----------
    branch, opening
        Shares of rebuilding a branch, and of opening a node for its takers; the rest are re-hangings.
    upward
        Share of re-hangings that take a node above a terminal and not the terminal.
    climb
        How far above, at most.
    forbid
        Share of re-hangings that may not take the old arc again.
    branch_climb, branch_most, opening_most
        Climb from a terminal to the branch to rebuild, and the most terminals rebuilt at once.
    jitter
        Prices of a rebuilding are raised at random by up to this, in 256ths.
    hot, cold
        First and last temperature, as shares of the price of a terminal that the annealing is given.
    """

    branch: float = 0.02
    opening: float = 0.02
    upward: float = 0.4
    climb: int = 10
    forbid: float = 0.3
    branch_climb: int = 14
    branch_most: int = 60
    opening_most: int = 40
    jitter: int = 64
    hot: float = 0.2
    cold: float = 0.002
