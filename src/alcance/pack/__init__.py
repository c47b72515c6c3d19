"""The room `pack`."""
