"""Undirected problems without relays: an ascent whose terminals pool what they can pay, and trees made of it."""

from alcance.steiner.pooled.annealing import TreeAnnealing, first_annealing
from alcance.steiner.pooled.graph import make_graph
from alcance.steiner.pooled.tree import arcs_of
from alcance.steiner.pooled.work import PooledWork

__all__ = ["PooledWork", "TreeAnnealing", "arcs_of", "first_annealing", "make_graph"]
