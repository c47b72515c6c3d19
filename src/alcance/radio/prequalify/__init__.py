"""Many addresses against many towers: which could be served, by which tower, and with what mast."""

from alcance.radio.prequalify.qualified import STATES, VERDICTS, Qualified
from alcance.radio.prequalify.search import prequalify
from alcance.radio.prequalify.station import Demand, Station

__all__ = ["STATES", "VERDICTS", "Demand", "Qualified", "Station", "prequalify"]
