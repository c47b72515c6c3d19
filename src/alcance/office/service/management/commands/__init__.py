"""Commands of probes and measurements."""
