"""Commands of targets."""
