"""Undirected problems without relays: an ascent whose terminals pool what they can pay, and trees made of it."""

from alcance.steiner.pooled.graph import make_graph
from alcance.steiner.pooled.work import PooledWork

__all__ = ["PooledWork", "make_graph"]
