"""Local search on an arborescence: re-hang one branch, or ruin and rebuild the branches of a neighbourhood."""

from alcance.steiner.moves.improve import improve

__all__ = ["improve"]
