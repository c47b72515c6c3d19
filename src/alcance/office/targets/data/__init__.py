"""Example programmes."""
