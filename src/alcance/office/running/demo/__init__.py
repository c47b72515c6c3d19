"""The example office: a state's sites led through all five phases, with illustrative organisations and bids."""

from alcance.office.running.demo.make import Demo, make_demo

__all__ = ["Demo", "make_demo"]
