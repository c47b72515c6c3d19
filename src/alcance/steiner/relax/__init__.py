"""The relaxation itself, for small graphs: cuts in HiGHS, potentials of its duals, and branching on nodes."""

from alcance.steiner.relax.exact import MOST_CASES, Case, Finish, finish
from alcance.steiner.relax.narrow import ascend_narrow
from alcance.steiner.relax.shrink import best_within_reach

__all__ = ["MOST_CASES", "Case", "Finish", "ascend_narrow", "best_within_reach", "finish"]
