"""A small picture of where a site lies: the outline of its municipality within that of its state, and a dot."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import shapely
from shapely.geometry.base import BaseMultipartGeometry

if TYPE_CHECKING:
    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

WIDTH, HEIGHT, EDGE = 480, 320, 18
# Half a pixel of the picture for a municipality of ordinary size.
_TOLERANCE = 0.4
_SLIVER_PX2 = 60


def place_svg(lon: float, lat: float, town: bytes | None, state: bytes | None) -> str:
    """Draw a place.

    Parameters
    ----------
    lon, lat
        The place [degrees].
    town, state
        Outlines in well-known binary, in degrees; either may be missing.
    """
    dot = shapely.Point(lon, lat)
    outline = shapely.from_wkb(town) if town else None
    bounds = shapely.union_all([dot.buffer(0.02), *([outline.envelope] if outline is not None else [])]).bounds
    draw = _Drawing(bounds)
    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#eef3f4"/>']
    if state:
        parts.append(f'<path d="{draw.path(_outline(bytes(state)))}" fill="#fff" stroke="#a9b6ba"/>')
    if outline is not None:
        parts.append(f'<path d="{draw.path(outline)}" fill="#dcebf7" stroke="#0b5ea8" stroke-width="1.5"/>')
    x, y = draw.pixel(lon, lat)
    parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" fill="#b3261e" stroke="#fff" stroke-width="2.5"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"{''.join(parts)}</svg>"
    )


@lru_cache(maxsize=64)
def _outline(state: bytes) -> BaseGeometry:
    return shapely.from_wkb(state)


class _Drawing:
    """Degrees to pixels, a degree of longitude as long as it is at that latitude."""

    def __init__(self, bounds: tuple[float, float, float, float]) -> None:
        west, south, east, north = bounds
        self._squeeze = math.cos(math.radians((south + north) / 2))
        wide, high = max((east - west) * self._squeeze, 1e-6), max(north - south, 1e-6)
        self._scale = min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / high)
        self._lon, self._lat = (west + east) / 2, (south + north) / 2
        across, up = WIDTH / 2 / self._scale / self._squeeze, HEIGHT / 2 / self._scale
        self._view = shapely.box(self._lon - across, self._lat - up, self._lon + across, self._lat + up).buffer(
            20 / self._scale
        )

    def pixel(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a point lies in the picture."""
        x = WIDTH / 2 + (lon - self._lon) * self._squeeze * self._scale
        return x, HEIGHT / 2 - (lat - self._lat) * self._scale

    def path(self, shape: BaseGeometry) -> str:
        """What of a shape lies in the picture, as an SVG path."""
        shown = shapely.intersection(shapely.simplify(shape, _TOLERANCE / self._scale), self._view)
        rings = []
        for part in shown.geoms if isinstance(shown, BaseMultipartGeometry) else [shown]:
            if part.geom_type == "Polygon":
                rings += [self._ring(ring) for ring in _rings(part) if self._shows(ring)]
        return "".join(rings)

    def _shows(self, ring: shapely.LinearRing) -> bool:
        """Whether a ring is more than a sliver: outlines that were simplified one by one leave some between them."""
        return bool(shapely.Polygon(ring).area * self._squeeze * self._scale**2 > _SLIVER_PX2)

    def _ring(self, ring: shapely.LinearRing) -> str:
        points = [self.pixel(lon, lat) for lon, lat in ring.coords]
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def _rings(part: Polygon) -> list[shapely.LinearRing]:
    return [part.exterior, *part.interiors]
