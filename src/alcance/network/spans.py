"""Spans: the stretches along which fibre exists, can be lit, or can be strung."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.network.ground import spans_over_ground
from alcance.network.kinds import ArcKind
from alcance.network.neighbours import relative_neighbours

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from alcance.network.places import Places
    from alcance.network.roads import RoadGraph
    from alcance.terrain import Grid

_LINE_STATES = {"lit": ArcKind.FIBRE_LIT, "dark": ArcKind.FIBRE_DARK, "none": ArcKind.FIBRE_NEW}


@dataclass(frozen=True)
class Spans:
    """s spans between places.

    Parameters
    ----------
    kind
        `ArcKind` of the fibre along it, uint8.
    place_from, place_to
        Numbers of places.
    length_m
        Over the ground; for a power line the true length its table gives.
    inferred
        Whether the route is inferred rather than read from a file.
    geometry
        LineStrings in degrees, or None for a straight span.
    """

    kind: NDArray[np.uint8]
    place_from: NDArray[np.int64]
    place_to: NDArray[np.int64]
    length_m: NDArray[np.float64]
    inferred: NDArray[np.bool_]
    geometry: list[Any]

    def __len__(self) -> int:
        return len(self.kind)

    def take(self, which: NDArray[np.bool_]) -> Spans:
        """Give the chosen spans."""
        return Spans(
            self.kind[which],
            self.place_from[which],
            self.place_to[which],
            self.length_m[which],
            self.inferred[which],
            [shape for shape, chosen in zip(self.geometry, which, strict=True) if chosen],
        )


def join_spans(parts: list[Spans]) -> Spans:
    """Put span tables one below the other."""
    return Spans(
        np.concatenate([part.kind for part in parts]),
        np.concatenate([part.place_from for part in parts]),
        np.concatenate([part.place_to for part in parts]),
        np.concatenate([part.length_m for part in parts]),
        np.concatenate([part.inferred for part in parts]),
        [shape for part in parts for shape in part.geometry],
    )


def line_spans(lines: pd.DataFrame, place_of_node: dict[str, int]) -> Spans:
    """Spans along high-voltage lines, by the state of their fibre."""
    return Spans(
        kind=np.array([_LINE_STATES[state] for state in lines["fibre_state"]], dtype=np.uint8),
        place_from=np.array([place_of_node[str(node)] for node in lines["from_node"]], dtype=np.int64),
        place_to=np.array([place_of_node[str(node)] for node in lines["to_node"]], dtype=np.int64),
        length_m=np.round(lines["length_m"].to_numpy(dtype=np.float64), 2),
        inferred=np.zeros(len(lines), dtype=bool),
        geometry=list(lines["geometry"]),
    )


def distribution_spans(
    places: Places, rows: NDArray[np.int64], grid: Grid, *, max_span_m: float, max_tap_m: float, step_m: float
) -> Spans:
    """Infer distribution lines between electrified localities and substations.

    A relative-neighbour graph, without what would cross the sea or is longer over the ground than a distribution
    line runs between two settlements, or from a substation to the first of them; flagged as inferred.
    """
    xy_m, first = np.unique(places.xy_m[rows], axis=0, return_index=True)
    rows = rows[first]
    pairs = relative_neighbours(xy_m, max_span_m)
    a, b = rows[pairs[:, 0]], rows[pairs[:, 1]]
    a, b = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((b, a))
    a, b = a[order], b[order]
    length_m, at_sea = spans_over_ground(grid, places.lon[a], places.lat[a], places.lon[b], places.lat[b], step_m)
    tap = np.isin(a, places.of_kind("substation")) | np.isin(b, places.of_kind("substation"))
    keep = ~at_sea & (length_m <= np.where(tap, min(max_tap_m, max_span_m), max_span_m))
    count = int(keep.sum())
    return Spans(
        kind=np.full(count, ArcKind.FIBRE_DISTRIBUTION, dtype=np.uint8),
        place_from=a[keep],
        place_to=b[keep],
        length_m=length_m[keep],
        inferred=np.ones(count, dtype=bool),
        geometry=[None] * count,
    )


def corridor_spans(kind: ArcKind, graph: RoadGraph, junction_place: NDArray[np.int64], metric_crs: str) -> Spans:
    """Spans along roads or existing routes; their length is the line's own on the map."""
    import shapely
    from pyproj import Transformer

    to_degrees = Transformer.from_crs(metric_crs, "EPSG:4326", always_xy=True)
    lines = np.array(graph.lines, dtype=object)
    degrees = (
        shapely.transform(lines, lambda xy: np.column_stack(to_degrees.transform(xy[:, 0], xy[:, 1])))
        if len(lines)
        else lines
    )
    return Spans(
        kind=np.full(len(lines), kind, dtype=np.uint8),
        place_from=junction_place[graph.ends[:, 0]] if len(lines) else np.empty(0, dtype=np.int64),
        place_to=junction_place[graph.ends[:, 1]] if len(lines) else np.empty(0, dtype=np.int64),
        length_m=np.round(shapely.length(lines).astype(np.float64), 2) if len(lines) else np.empty(0),
        inferred=np.zeros(len(lines), dtype=bool),
        geometry=list(degrees),
    )


def straight_spans(
    kind: ArcKind, places: Places, a: NDArray[np.int64], b: NDArray[np.int64], grid: Grid, step_m: float
) -> Spans:
    """Spans straight over the ground between pairs of places, without those that would cross the sea."""
    length_m, at_sea = spans_over_ground(grid, places.lon[a], places.lat[a], places.lon[b], places.lat[b], step_m)
    dry = ~at_sea
    return Spans(
        kind=np.full(int(dry.sum()), kind, dtype=np.uint8),
        place_from=a[dry],
        place_to=b[dry],
        length_m=length_m[dry],
        inferred=np.zeros(int(dry.sum()), dtype=bool),
        geometry=[None] * int(dry.sum()),
    )


def outside(spans: Spans, places: Places, exclusions: pd.DataFrame, kind: str) -> NDArray[np.bool_]:
    """Tell which spans keep clear of the polygons that forbid `kind` or everything."""
    import shapely

    forbidding = exclusions[exclusions["forbids"].isin([kind, "all"])]
    if len(forbidding) == 0 or len(spans) == 0:
        return np.ones(len(spans), dtype=bool)
    ends = np.stack(
        [
            np.column_stack([places.lon[spans.place_from], places.lat[spans.place_from]]),
            np.column_stack([places.lon[spans.place_to], places.lat[spans.place_to]]),
        ],
        axis=1,
    )
    straight = shapely.linestrings(ends)
    shapes = np.array(
        [line if shape is None else shape for line, shape in zip(straight, spans.geometry, strict=True)], dtype=object
    )
    touched, _ = shapely.STRtree(list(forbidding["geometry"])).query(shapes, predicate="intersects")
    clear = np.ones(len(spans), dtype=bool)
    clear[touched] = False
    return clear
