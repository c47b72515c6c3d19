"""The command line: one command per verb, no logic of its own."""

from alcance.cli import pack, plan, radio, solve
from alcance.cli.app import app

__all__ = ["app", "pack", "plan", "radio", "solve"]
