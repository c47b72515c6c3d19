"""STP files (SteinLib and DIMACS), read and written exactly: Steiner trees, prizes, node weights, rooted or not."""

from alcance.steiner.stp.instance import StpInstance
from alcance.steiner.stp.numbers import as_decimal
from alcance.steiner.stp.read import read_stp
from alcance.steiner.stp.write import write_stp

__all__ = ["StpInstance", "as_decimal", "read_stp", "write_stp"]
