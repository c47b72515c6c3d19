"""Alcance: plan, deliver and prove a public-internet programme at least cost."""

__version__ = "0.1.0"
