"""The room `steiner`."""
