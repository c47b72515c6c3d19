"""The example office: a state's sites led through all five phases, with illustrative organisations and bids."""

from pathlib import Path

from alcance.office.running.demo.make import Demo, make_demo

# Of what comes with the program, and where `make demo` puts its plan.
PACK, PLAN = Path("packs/oaxaca"), Path("out/oaxaca")

__all__ = ["PACK", "PLAN", "Demo", "make_demo"]
