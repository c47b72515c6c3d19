"""Undirected problems without relays: an ascent whose terminals pool what they can pay, and trees made of it."""
