"""Local search on an arborescence: re-hang one branch, or rebuild the branches of a neighbourhood."""

from alcance.steiner.moves.anneal import Annealing
from alcance.steiner.moves.guide import Guide, make_guide
from alcance.steiner.moves.limits import Limits
from alcance.steiner.moves.mix import Mix
from alcance.steiner.moves.takers import Takers, takers_of

__all__ = ["Annealing", "Guide", "Limits", "Mix", "Takers", "make_guide", "takers_of"]
