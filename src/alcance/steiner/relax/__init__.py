"""The relaxation itself, for small graphs: cuts in HiGHS, whole-numbered potentials of its duals, and branching on nodes."""

from alcance.steiner.relax.exact import Case, Finish, finish

__all__ = ["Case", "Finish", "finish"]
