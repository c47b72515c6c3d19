"""Load the compiled kernels, so that what is measured next is solving alone."""

from __future__ import annotations

from alcance.steiner import solve
from bench.synthetic import make, problem_of


def warm() -> None:
    """Solve something tiny that every stage has to work on."""
    solve(problem_of(make(300)), moves_per_terminal=20.0)
