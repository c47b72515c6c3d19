"""Outlines of cells: what lies together as polygons with holes along the cells' edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

if TYPE_CHECKING:
    import shapely

EAST, NORTH, WEST, SOUTH = 0, 1, 2, 3


def outline_cells(
    cells: NDArray[np.bool_], west: float, north: float, step_lon_deg: float, step_lat_deg: float
) -> shapely.MultiPolygon:
    """Outline the cells that are set; those that share an edge are one polygon, those that share a corner are not.

    Parameters
    ----------
    cells
        Raster, rows from north to south.
    west, north
        Outer corner of the first cell [deg].
    step_lon_deg, step_lat_deg
        Size of a cell [deg].

    Returns
    -------
    Valid polygons with the corners alone as vertices; empty where nothing is set.
    """
    import shapely
    from scipy.ndimage import find_objects, label

    found = find_objects(cells.view(np.uint8))
    if not found or found[0] is None:
        return shapely.MultiPolygon()
    row0, col0 = found[0][0].start, found[0][1].start
    labels = np.zeros(cells[found[0]].shape, np.int32)
    count = label(cells[found[0]], output=labels)
    corners, ring_of, label_of, exterior = _trace(labels)
    x = west + (col0 + corners[:, 1]) * step_lon_deg
    y = north - (row0 + corners[:, 0]) * step_lat_deg
    # For each component its one outer ring first, then its holes.
    order = np.lexsort((np.arange(len(label_of)), ~exterior, label_of))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    place = np.argsort(rank[ring_of], kind="stable")
    rings = shapely.linearrings(np.column_stack([x, y])[place], indices=rank[ring_of][place])
    parts = shapely.polygons(rings, indices=label_of[order].astype(np.int64) - 1)
    if len(parts) != count:
        raise AssertionError("each component has one outer ring")
    whole: shapely.MultiPolygon = shapely.multipolygons(parts)
    return whole


@njit(cache=True)
def _trace(labels: Any) -> Any:
    """Walk around every component with its cells on the left hand.

    Returns corners (row, col), the ring of each, the label of each ring, and whether it is an outer one.
    """
    rows, cols = labels.shape
    seen = np.zeros((rows, cols), np.bool_)  # northern edges walked already
    corners = np.empty((1024, 2), np.int32)
    ring_of = np.empty(1024, np.int64)
    label_of = np.empty(256, np.int32)
    exterior = np.empty(256, np.bool_)
    used = rings = 0
    for row in range(rows):
        for col in range(cols):
            own = labels[row, col]
            if own == 0 or seen[row, col] or (row > 0 and labels[row - 1, col] == own):
                continue
            if rings == label_of.size:
                label_of = np.concatenate((label_of, np.empty_like(label_of)))
                exterior = np.concatenate((exterior, np.empty_like(exterior)))
            first, area = used, 0
            # Every ring has an edge to the north of one of its cells, walked westwards.
            r, c, heading = row, col + 1, WEST
            while True:
                if heading == WEST:
                    if seen[r, c - 1]:
                        break
                    seen[r, c - 1] = True
                before_r, before_c = r, c
                if heading == EAST:
                    c += 1
                elif heading == NORTH:
                    r -= 1
                elif heading == WEST:
                    c -= 1
                else:
                    r += 1
                area += before_c * r - c * before_r
                turned = _turn(labels, own, r, c, heading)
                if turned != heading:
                    if used == ring_of.size:
                        corners = np.concatenate((corners, np.empty_like(corners)))
                        ring_of = np.concatenate((ring_of, np.empty_like(ring_of)))
                    corners[used, 0], corners[used, 1], ring_of[used] = r, c, rings
                    used += 1
                    heading = turned
            if used == ring_of.size:
                corners = np.concatenate((corners, np.empty_like(corners)))
                ring_of = np.concatenate((ring_of, np.empty_like(ring_of)))
            corners[used] = corners[first]
            ring_of[used] = rings
            used += 1
            label_of[rings] = own
            exterior[rings] = area < 0  # rows run downwards, so a walk to the left about the north turns the sign
            rings += 1
    return corners[:used], ring_of[:used], label_of[:rings], exterior[:rings]


@njit(cache=True)
def _turn(labels: Any, own: int, r: int, c: int, heading: int) -> int:
    """Where to walk on at a corner.

    Where two cells of one component meet at a corner alone the walk crosses over to the other, so that a hole is never
    joined to the outside, nor to another hole, by a point.
    """
    northwest, northeast = _is(labels, own, r - 1, c - 1), _is(labels, own, r - 1, c)
    southwest, southeast = _is(labels, own, r, c - 1), _is(labels, own, r, c)
    if heading == EAST:
        left, right = northeast, southeast
    elif heading == NORTH:
        left, right = northwest, northeast
    elif heading == WEST:
        left, right = southwest, northwest
    else:
        left, right = southeast, southwest
    if right:
        return (heading + 3) % 4
    return heading if left else (heading + 1) % 4


@njit(cache=True)
def _is(labels: Any, own: int, r: int, c: int) -> Any:
    return 0 <= r < labels.shape[0] and 0 <= c < labels.shape[1] and labels[r, c] == own
