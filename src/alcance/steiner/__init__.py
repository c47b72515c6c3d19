"""The least-cost arborescence with a proven bound: problems, their solution, its certificate, and STP files."""

from alcance.proof import REQUIRED, Certificate, check_certificate, check_tree
from alcance.steiner.problem import Problem
from alcance.steiner.solution import Solution
from alcance.steiner.solve import DEFAULT_MOVES_PER_TERMINAL, solve
from alcance.steiner.solve_file import solve_stp
from alcance.steiner.stp import StpInstance, read_stp, write_stp

__all__ = [
    "DEFAULT_MOVES_PER_TERMINAL",
    "REQUIRED",
    "Certificate",
    "Problem",
    "Solution",
    "StpInstance",
    "check_certificate",
    "check_tree",
    "read_stp",
    "solve",
    "solve_stp",
    "write_stp",
]
