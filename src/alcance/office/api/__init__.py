"""The open API: rows with keyset pages, safe writes, and OGC API Features."""
