"""Roads as a graph that cable can follow: junctions, and the points where localities reach them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

JUNCTION_SNAP_M = 25.0  # digitised road ends that should meet lie within this of each other


@dataclass(frozen=True)
class RoadGraph:
    """Junctions and the stretches of road between them.

    Parameters
    ----------
    xy_m
        n x 2 junctions in metres.
    ends
        s x 2 rows of junctions.
    lines
        s stretches as LineStrings in metres, each running from its first end to its second.
    access
        For each point given, the junction where it reaches the road, or -1 when none is near enough.
    """

    xy_m: NDArray[np.float64]
    ends: NDArray[np.int64]
    lines: list[Any]
    access: NDArray[np.int64]


def road_graph(roads: Sequence[Any], points_xy_m: NDArray[np.float64], max_access_m: float) -> RoadGraph:
    """Node the roads where they meet and where each point reaches its nearest road.

    Parameters
    ----------
    roads
        LineStrings in metres.
    points_xy_m
        p x 2 localities in metres.
    max_access_m
        Points further from any road have no access; none has with 0.

    Returns
    -------
    RoadGraph
        Parallel stretches are kept; loops are dropped, for cable gains nothing by them.
    """
    import shapely

    access = np.full(len(points_xy_m), -1, dtype=np.int64)
    if len(roads) == 0:
        return RoadGraph(np.empty((0, 2)), np.empty((0, 2), dtype=np.int64), [], access)
    noded = shapely.get_parts(shapely.node(shapely.multilinestrings(shapely.get_parts(list(roads)))))
    tree = shapely.STRtree(noded)
    points = shapely.points(points_xy_m)
    near, road_of = np.empty((2, 0), dtype=np.int64)
    if max_access_m > 0:
        near, road_of = tree.query_nearest(points, max_distance=max_access_m, all_matches=False)
    along_m = shapely.line_locate_point(noded[road_of], points[near])
    pieces: list[Any] = []
    cut_of_point: dict[int, tuple[float, float]] = {}
    order = np.lexsort((near, along_m, road_of))
    cuts_by_road: dict[int, list[int]] = {}
    for row in order:
        cuts_by_road.setdefault(int(road_of[row]), []).append(int(row))
    for road, line in enumerate(noded):
        rows = cuts_by_road.get(road, [])
        pieces.extend(_cut(line, [float(along_m[row]) for row in rows]))
        for row in rows:
            spot = shapely.line_interpolate_point(line, float(along_m[row]))
            cut_of_point[int(near[row])] = (float(spot.x), float(spot.y))
    return _join(pieces, cut_of_point, access)


def _cut(line: Any, along_m: list[float]) -> list[Any]:
    """Cut a line at sorted distances along it; cuts at an end or on top of each other make no piece."""
    from shapely.ops import substring

    stops = [0.0, *along_m, float(line.length)]
    return [
        substring(line, start, stop) for start, stop in itertools.pairwise(stops) if stop - start > JUNCTION_SNAP_M / 10
    ]


def _join(pieces: list[Any], cut_of_point: dict[int, tuple[float, float]], access: NDArray[np.int64]) -> RoadGraph:
    """Number the junctions: ends within the snapping distance of each other are one."""
    import shapely
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    starts = shapely.get_coordinates(shapely.get_point(pieces, 0))
    stops = shapely.get_coordinates(shapely.get_point(pieces, -1))
    cut_points = sorted(cut_of_point)
    cuts = np.array([cut_of_point[point] for point in cut_points], dtype=np.float64).reshape(-1, 2)
    ends_xy = np.concatenate([starts, stops, cuts])
    close = cKDTree(ends_xy).query_pairs(JUNCTION_SNAP_M, output_type="ndarray")
    count = len(ends_xy)
    graph = coo_array((np.ones(len(close)), (close[:, 0], close[:, 1])), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    _, first, junction = np.unique(label, return_index=True, return_inverse=True)
    ends = np.column_stack([junction[: len(pieces)], junction[len(pieces) : 2 * len(pieces)]])
    access[cut_points] = junction[2 * len(pieces) :]
    keep = np.flatnonzero(ends[:, 0] != ends[:, 1])
    return RoadGraph(ends_xy[first], ends[keep], [pieces[row] for row in keep], access)
