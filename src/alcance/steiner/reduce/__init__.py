"""Reductions of least-cost arborescence problems, with the way back for solutions and for proven bounds."""

from alcance.steiner.reduce.reduction import Reduction, reduce_problem

__all__ = ["Reduction", "reduce_problem"]
