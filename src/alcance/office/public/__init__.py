"""The public face: the map, the pages behind every figure, downloads, and corrections that anybody may ask for."""
