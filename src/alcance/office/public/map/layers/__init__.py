"""The queries that make the layers of the map; each gives rows of zoom, x, y and the layer of that tile."""
