"""The proof of a lower bound, and its check: numpy, numba and errors, and nothing of the solver that made it."""

from alcance.proof.certificate import Certificate
from alcance.proof.check import REQUIRED, check_certificate
from alcance.proof.tree import check_tree

__all__ = ["REQUIRED", "Certificate", "check_certificate", "check_tree"]
