"""The command line: one command per verb, no logic of its own."""

from alcance.cli import coverage, office, office_data, office_demo, pack, plan, radio, reach, solve
from alcance.cli.app import app

__all__ = ["app", "coverage", "office", "office_data", "office_demo", "pack", "plan", "radio", "reach", "solve"]
