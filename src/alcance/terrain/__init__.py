"""The room `terrain`."""
