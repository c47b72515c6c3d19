"""Tags of the five phases."""
