"""Corrections that anybody may ask for: filed, answered, settled, each step public and each with its deadline."""
