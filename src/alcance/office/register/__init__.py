"""The register: every site of the programme, where it is, whose it is, and all that has changed about it."""
