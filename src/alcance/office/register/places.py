"""Where a point lies: in which state and municipality, and by which locality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from alcance.office.register.models import Area, Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Outlines are simplified: a point this near to one may well lie within.
TOLERANCE_DEG = 0.02


@dataclass(frozen=True)
class Outlines:
    """The areas of one level with their outlines, searchable."""

    codes: NDArray[Any]
    tree: shapely.STRtree
    shapes: NDArray[Any]

    @classmethod
    def of(cls, level: Level | None) -> Outlines:
        """Read them from the register; without a level, all that there are."""
        areas = Area.objects.exclude(boundary=None).order_by("code")
        if level is not None:
            areas = areas.filter(level=level)
        rows = list(areas.values_list("code", "boundary"))
        shapes = shapely.from_wkb(np.array([bytes(boundary or b"") for _, boundary in rows], dtype=object))
        shapely.prepare(shapes)
        return cls(np.array([code for code, _ in rows], dtype=object), shapely.STRtree(shapes), shapes)

    def containing(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[Any]:
        """For each point the code of the area that it lies in, or None."""
        found: NDArray[Any] = np.full(len(lon), None, dtype=object)
        known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        if known.size and len(self.codes):
            points, areas = self.tree.query(shapely.points(lon[known], lat[known]), predicate="intersects")
            # The first in the order of the codes, where outlines overlap.
            for at in np.lexsort((areas, points))[::-1]:
                found[known[points[at]]] = self.codes[areas[at]]
        return found

    def near(self, code: str, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """For each point whether it lies in an area, or so near that its simplified outline cannot tell."""
        at = np.flatnonzero(self.codes == code)
        if not at.size:
            return np.ones(len(lon), dtype=bool)
        return np.asarray(shapely.dwithin(self.shapes[at[0]], shapely.points(lon, lat), TOLERANCE_DEG))

    def near_any(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """For each point whether it lies in one of the areas, or as near."""
        found = np.zeros(len(lon), dtype=bool)
        points, _ = self.tree.query(shapely.points(lon, lat), predicate="dwithin", distance=TOLERANCE_DEG)
        found[points] = True
        return found
