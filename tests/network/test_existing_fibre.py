"""Fibre that lies already is used where it lies, at the price of its state."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from alcance.network import ArcKind, build_network
from alcance.pack import read_pack
from alcance.steiner import solve

# From the square of Alba, which has the PoP, past Fuente to Joya.
ROUTE = [(-98.7757, 18.8777), (-98.7496, 18.9091), (-98.7526, 18.9587)]


def with_route(pack: Path, folder: Path, state: str) -> Path:
    """A copy of the pack with one existing route."""
    copy = folder / state
    shutil.copytree(pack, copy)
    feature = {
        "type": "Feature",
        "properties": {"route_id": "R1", "fibre_state": state},
        "geometry": {"type": "LineString", "coordinates": ROUTE},
    }
    (copy / "fibre.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return copy


@pytest.mark.parametrize(("state", "kind"), [("lit", ArcKind.FIBRE_LIT), ("dark", ArcKind.FIBRE_DARK)])
def test_a_route_is_offered_both_ways_at_the_price_of_its_state(
    tiny_pack: Path, tmp_path: Path, state: str, kind: ArcKind
) -> None:
    before = build_network(read_pack(tiny_pack))
    network = build_network(read_pack(with_route(tiny_pack, tmp_path, state)))
    on_route = np.flatnonzero(
        (network.arcs.kind == kind)
        & np.char.startswith(network.places.place_id[network.nodes.place[network.arcs.tail]].astype(str), "route:")
    )
    assert len(on_route) >= 4
    ends = {(int(network.arcs.tail[arc]), int(network.arcs.head[arc])) for arc in on_route}
    assert {(head, tail) for tail, head in ends} == ends
    per_km = network.arcs.price[on_route] / network.arcs.length_m[on_route]
    np.testing.assert_allclose(per_km, per_km[0], rtol=1e-3)
    cost = {
        name: solve(n.problem, moves_per_terminal=300.0).lower_bound for name, n in (("no", before), ("yes", network))
    }
    assert cost["yes"] <= cost["no"]


def test_fibre_that_is_lit_costs_less_than_dark(tiny_pack: Path, tmp_path: Path) -> None:
    lit, dark = (build_network(read_pack(with_route(tiny_pack, tmp_path, state))) for state in ("lit", "dark"))
    total = {
        name: int(network.arcs.price[np.isin(network.arcs.kind, (ArcKind.FIBRE_LIT, ArcKind.FIBRE_DARK))].sum())
        for name, network in (("lit", lit), ("dark", dark))
    }
    assert total["lit"] < total["dark"]
