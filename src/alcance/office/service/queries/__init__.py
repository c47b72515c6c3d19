"""Named queries of measurements."""
