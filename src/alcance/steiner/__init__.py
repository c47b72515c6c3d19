"""The least-cost arborescence with a proven bound: problems, their solution, its certificate, and STP files."""

from alcance.proof import REQUIRED, Certificate, check_certificate, check_tree
from alcance.steiner.geo import problem_from_frames, solution_to_frames
from alcance.steiner.problem import Problem
from alcance.steiner.solution import Solution
from alcance.steiner.solve import DEFAULT_MOVES_PER_TERMINAL, solve
from alcance.steiner.solve_file import solve_stp
from alcance.steiner.stp import StpInstance, read_stp, write_stp
from alcance.steiner.within import improve_within

__all__ = [
    "DEFAULT_MOVES_PER_TERMINAL",
    "REQUIRED",
    "Certificate",
    "Problem",
    "Solution",
    "StpInstance",
    "check_certificate",
    "check_tree",
    "improve_within",
    "problem_from_frames",
    "read_stp",
    "solution_to_frames",
    "solve",
    "solve_stp",
    "write_stp",
]
