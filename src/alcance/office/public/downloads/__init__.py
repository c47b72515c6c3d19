"""The register as open data: whole files with their count and checksum, and a list of sites streamed as it is now."""
