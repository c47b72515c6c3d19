"""Pages of the five phases."""
