"""The room `radio`."""
