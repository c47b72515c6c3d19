"""Power lines hang together and are as long as they can be."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alcance.pack.loaded import Loaded
from alcance.pack.problems import Collector
from alcance.terrain import great_circle_m

# A line cannot be shorter than the straight way between its ends; 2 % and 1 km are left for rounded coordinates and
# for lines that end at the fence of a large substation and not at its centre.
SHORTEST = 0.98
SUBSTATION_M = 1000.0


def check_lines(loaded: Loaded, found: Collector) -> None:
    """Tell lines in several components, lines that end where they begin, and lines shorter than their chord."""
    lines, nodes = loaded["power_lines"], loaded["power_nodes"]
    if lines.empty or "power_nodes" in loaded.unread:
        return
    if "power_nodes" not in loaded.read:
        found.add("power_nodes.csv", "is missing; power_lines needs the nodes at its ends")
        return
    name = loaded.names["power_lines"]
    loops = (lines["from_node"] == lines["to_node"]) & lines["from_node"].notna()
    found.add_rows(
        name, "begins and ends at the same node", lines.index[loops].tolist(), column="to_node",
        values=lines.loc[loops, "to_node"].tolist(),
    )  # fmt: skip
    place = pd.Series(np.arange(len(nodes)), index=nodes["node_id"].to_numpy())
    place = place[~place.index.duplicated()]
    ends = pd.DataFrame({"a": lines["from_node"].map(place), "b": lines["to_node"].map(place)}).dropna().astype(int)
    if ends.empty:
        return
    _check_lengths(lines, nodes, ends, name, found)
    _check_components(lines, len(nodes), ends, name, found)


def _check_lengths(lines: pd.DataFrame, nodes: pd.DataFrame, ends: pd.DataFrame, name: str, found: Collector) -> None:
    """Warn of lines that are shorter than the straight way between their ends."""
    lon, lat = nodes["lon"].to_numpy(float), nodes["lat"].to_numpy(float)
    a, b = ends["a"].to_numpy(), ends["b"].to_numpy()
    length_m = lines.loc[ends.index, "length_m"].to_numpy(float)
    known = np.isfinite(lon[a] + lat[a] + lon[b] + lat[b] + length_m)
    straight_m = np.full(len(ends), np.nan)
    straight_m[known] = great_circle_m(lon[a][known], lat[a][known], lon[b][known], lat[b][known])
    short = known & (length_m < SHORTEST * straight_m - SUBSTATION_M)
    found.add_rows(
        name,
        "is shorter than the straight way between its ends; give the true length in metres",
        ends.index[short].tolist(),
        column="length_m",
        values=[f"{x:.0f} m, straight {y:.0f} m" for x, y in zip(length_m[short], straight_m[short], strict=True)],
        severity="warning",
    )


def _check_components(lines: pd.DataFrame, node_count: int, ends: pd.DataFrame, name: str, found: Collector) -> None:
    """Warn of lines that do not hang together, with count and kilometres."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(ends)), (ends["a"], ends["b"])), shape=(node_count, node_count))
    _, label = connected_components(graph, directed=False)
    length_km = lines.loc[ends.index, "length_m"].fillna(0).groupby(label[ends["a"].to_numpy()]).sum() / 1000
    if len(length_km) > 1:
        largest = float(length_km.max())
        apart = float(length_km.sum()) - largest
        found.add(
            name,
            f"the lines lie in {len(length_km)} components: the largest has {largest:,.0f} km, the others together "
            f"{apart:,.0f} km; fibre cannot pass between components along these lines",
            severity="warning",
        )
