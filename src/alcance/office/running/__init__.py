"""Keeping it running: checks, health, logs, backup and restore, the example office."""
