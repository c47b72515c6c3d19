"""The least-cost arborescence with a proven bound: problems, their solution, its certificate, and STP files."""

from alcance.steiner.certificate import Certificate, check_certificate
from alcance.steiner.problem import REQUIRED, Problem
from alcance.steiner.solve import Solution, solve

__all__ = ["REQUIRED", "Certificate", "Problem", "Solution", "check_certificate", "solve"]
