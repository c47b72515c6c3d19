"""The network of the tiny pack, and altered copies of it to build again."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alcance.network import Network, build_network
from alcance.pack import Pack, read_pack
from alcance.plan import Scenario

DEAR = Scenario({"satellite_terminal": 3.0})  # at this price every technology is worth offering


@pytest.fixture(scope="session")
def dear_pack(tiny_pack: Path) -> Pack:
    """The tiny pack where a satellite terminal costs three times as much."""
    return DEAR.apply(read_pack(tiny_pack))


@pytest.fixture(scope="session")
def network(dear_pack: Pack) -> Network:
    return build_network(dear_pack)


class Altered:
    """A copy of the tiny pack that a test may change before its network is built."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, table: str, *rows: list[Any]) -> None:
        with (self.path / f"{table}.csv").open("a", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(rows)

    def set(self, table: str, key: str, column: str, value: Any) -> None:
        """Put a value into the row whose first cell is `key`."""
        path = self.path / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        (row,) = (row for row in rows if row[0] == key)
        row[header.index(column)] = str(value)
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows([header, *rows])

    def add_area(self, forbids: str, west: float, south: float, east: float, north: float) -> None:
        """Add a rectangle in which something must not be built."""
        path = self.path / "exclusions.geojson"
        areas = json.loads(path.read_text(encoding="utf-8"))
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        about = {
            "exclusion_id": f"X{len(areas['features']) + 1}",
            "kind": "test",
            "forbids": forbids,
            "reason": "a test",
        }
        areas["features"].append(
            {"type": "Feature", "properties": about, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        )
        path.write_text(json.dumps(areas), encoding="utf-8")

    def build(self, **policies: Any) -> Network:
        named = {name: str(value) for name, value in policies.items()}
        return build_network(Scenario(DEAR.price_factors, named).apply(read_pack(self.path)))


@pytest.fixture
def altered(tiny_pack: Path, tmp_path: Path) -> Altered:
    return Altered(Path(shutil.copytree(tiny_pack, tmp_path / "tiny")))


@pytest.fixture
def arcs_of(network: Network) -> Callable[..., Any]:
    """Rows of the arcs of some kinds."""
    import numpy as np

    return lambda *kinds: np.flatnonzero(np.isin(network.arcs.kind, kinds))
