"""OGC API - Features, Part 1: Core: sites, spans, areas and localities for any GIS."""

from alcance.office.api.ogc.views import collection, collections, conformance, definition, item, items, landing

__all__ = ["collection", "collections", "conformance", "definition", "item", "items", "landing"]
