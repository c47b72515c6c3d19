"""Does it work: probes, the measurements they send, and what these say of a site."""
