"""Where the areas of providers lie over each other, and rasters of areas that many can be held of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import geopandas
    from numpy.typing import NDArray

    from alcance.network.reach.area import Area
    from alcance.radio.coverage import Coverage
    from alcance.terrain import Grid


@dataclass(frozen=True, eq=False)
class Mask:
    """The cells that a provider serves, eight to a byte.

    Parameters
    ----------
    bits
        `numpy.packbits` of the raster, row after row.
    row0, col0
        Cell of the ground's lattice that is the first.
    rows, cols
        Size of the raster.
    """

    bits: NDArray[np.uint8]
    row0: int
    col0: int
    rows: int
    cols: int

    @classmethod
    def of(cls, area: Area) -> Mask:
        """Keep the served cells of an area."""
        served = area.service_class > 0
        return cls(np.packbits(served), area.row0, area.col0, *served.shape)

    def cells(self) -> NDArray[np.bool_]:
        """Give the raster."""
        flat = np.unpackbits(self.bits, count=self.rows * self.cols).astype(np.bool_)
        return flat.reshape(self.rows, self.cols)


def common(one: Mask, other: Mask) -> Mask | None:
    """Cells that both serve, or None where there is none."""
    top, left = max(one.row0, other.row0), max(one.col0, other.col0)
    bottom = min(one.row0 + one.rows, other.row0 + other.rows)
    right = min(one.col0 + one.cols, other.col0 + other.cols)
    if top >= bottom or left >= right:
        return None
    parts = [
        mask.cells()[top - mask.row0 : bottom - mask.row0, left - mask.col0 : right - mask.col0]
        for mask in (one, other)
    ]
    both = parts[0] & parts[1]
    return Mask(np.packbits(both), top, left, bottom - top, right - left) if both.any() else None


def raster(
    grid: Grid, service_class: NDArray[np.uint8], row0: int, col0: int, classes_mbps: tuple[float, ...]
) -> Coverage:
    """Give classes of service on the ground's lattice the form in which they are outlined and measured."""
    from alcance.radio.coverage import Coverage

    nothing = np.broadcast_to(np.float32(0), service_class.shape)
    nobody = np.broadcast_to(np.int32(-1), service_class.shape)
    return Coverage(
        nothing, nothing, service_class, nobody, grid.west + col0 * grid.step_lon_deg,
        grid.north - row0 * grid.step_lat_deg, grid.step_lon_deg, grid.step_lat_deg, classes_mbps, (), 0.0, 0.0, "",
    )  # fmt: skip


def outlines(
    grid: Grid, service_class: NDArray[np.uint8], row0: int, col0: int, classes_mbps: tuple[float, ...]
) -> geopandas.GeoDataFrame:
    """Outline classes of service: service_class, min_mbps, area_km2 and a MultiPolygon along cell edges."""
    from alcance.radio.coverage import class_polygons

    return class_polygons(raster(grid, service_class, row0, col0, classes_mbps))


def overlap_table(
    grid: Grid,
    masks: dict[str, Mask],
    served: dict[str, NDArray[np.bool_]],
    people: NDArray[np.int64],
    is_site: NDArray[np.bool_],
) -> geopandas.GeoDataFrame:
    """Every pair of providers whose areas meet.

    Parameters
    ----------
    grid
        The ground.
    masks
        What each provider serves, by its key.
    served
        Places (sites, then localities) that each serves.
    people
        People of each place, nought for sites.
    is_site
        Which places are sites.

    Returns
    -------
    provider_id, other_id (the greater key), area_km2, sites, people, geometry; largest areas first.
    """
    import geopandas

    rows, shapes = [], []
    keys = sorted(masks)
    for position, key in enumerate(keys):
        for other in keys[position + 1 :]:
            both = common(masks[key], masks[other])
            if both is None:
                continue
            shape = outlines(grid, both.cells().astype(np.uint8), both.row0, both.col0, (1.0,)).iloc[0]
            shared = served[key] & served[other]
            rows.append(
                {
                    "provider_id": key,
                    "other_id": other,
                    "area_km2": float(shape["area_km2"]),
                    "sites": int((shared & is_site).sum()),
                    "people": int(people[shared].sum()),
                }
            )
            shapes.append(shape["geometry"])
    columns = ["provider_id", "other_id", "area_km2", "sites", "people"]
    frame = geopandas.GeoDataFrame(rows, columns=columns, geometry=shapes, crs="EPSG:4326")
    order = frame.sort_values(["area_km2", "provider_id", "other_id"], ascending=[False, True, True], kind="stable")
    return order.reset_index(drop=True)
