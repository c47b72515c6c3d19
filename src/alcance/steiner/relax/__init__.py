"""The relaxation itself, for small graphs: cuts in HiGHS, whole-numbered potentials of its duals, and branching on nodes."""

from alcance.steiner.relax.exact import Case, Finish, finish
from alcance.steiner.relax.tighten import tighten

__all__ = ["Case", "Finish", "finish", "tighten"]
