"""The example office: a state's sites led through all five phases, with illustrative organisations and bids."""

from alcance.office.running.demo.example import Example, take_up
from alcance.office.running.demo.make import PACK, PLAN, Demo, make_demo

__all__ = ["PACK", "PLAN", "Demo", "Example", "make_demo", "take_up"]
