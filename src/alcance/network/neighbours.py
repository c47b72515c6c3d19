"""The relative-neighbour graph: the likeliest shape of a distribution network that no file describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PAIRS_AT_A_TIME = 10_000  # bounds the memory for the points around them
IN_LINE_M = 0.01  # points that stray less than this from a line are in it


def relative_neighbours(xy_m: NDArray[np.float64], longest_m: float = np.inf) -> NDArray[np.int32]:
    """Join two points when no third is nearer to both than they are to each other (Toussaint 1980).

    The graph lies between the minimum spanning tree and the Delaunay triangulation, from which it is sifted.

    Parameters
    ----------
    xy_m
        n x 2 distinct points in metres.
    longest_m
        Pairs farther apart are left out.

    Returns
    -------
    NDArray[np.int32]
        e x 2 pairs of rows, each with the lower first, sorted.
    """
    from scipy.spatial import Delaunay, cKDTree

    count = len(xy_m)
    if count < 2:
        return np.empty((0, 2), dtype=np.int32)
    if count < 4 or _in_a_line(xy_m):  # a triangulation needs a plane
        low, high = np.triu_indices(count, k=1)
        pairs = np.column_stack([low, high])
    else:
        triangles = Delaunay(xy_m).simplices
        sides = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])
        pairs = np.unique(np.sort(sides, axis=1), axis=0)
    length = np.linalg.norm(xy_m[pairs[:, 0]] - xy_m[pairs[:, 1]], axis=1)
    pairs, length = pairs[length <= longest_m], length[length <= longest_m]
    tree = cKDTree(xy_m)
    alive = np.ones(len(pairs), dtype=bool)
    # Almost every pair that falls does so by one of its ends' nearest neighbours; only the rest needs a full search.
    near = np.asarray(tree.query(xy_m, k=min(count, 9))[1], dtype=np.int64)
    for end in (0, 1):
        for column in range(1, near.shape[1]):
            third = near[pairs[:, end], column]
            alive &= ~_between(xy_m, pairs, third, length)
    left = np.flatnonzero(alive)
    for start in range(0, len(left), _PAIRS_AT_A_TIME):
        rows = left[start : start + _PAIRS_AT_A_TIME]
        found = tree.query_ball_point(xy_m[pairs[rows, 0]], length[rows])
        row = np.repeat(rows, [len(third) for third in found])
        between = _between(xy_m, pairs[row], np.concatenate(found).astype(np.int64), length[row])
        alive[row[between]] = False
    kept: NDArray[np.int32] = pairs[alive].astype(np.int32)
    return kept


def _in_a_line(xy_m: NDArray[np.float64]) -> bool:
    """Tell whether all points lie on one line, or so near it that no triangle between them has an inside."""
    _, across_m = np.linalg.svd(xy_m - xy_m.mean(axis=0), compute_uv=False)
    return bool(across_m < IN_LINE_M)


def _between(
    xy_m: NDArray[np.float64],
    pairs: NDArray[np.int_],
    third: NDArray[np.int_],
    length: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Tell for which pairs the third point is nearer to both ends than they are to each other."""
    reach = np.maximum(
        np.linalg.norm(xy_m[third] - xy_m[pairs[:, 0]], axis=1),
        np.linalg.norm(xy_m[third] - xy_m[pairs[:, 1]], axis=1),
    )
    nearer: NDArray[np.bool_] = (reach < length) & (third != pairs[:, 0]) & (third != pairs[:, 1])
    return nearer
