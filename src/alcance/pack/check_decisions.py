"""Overrides say something that a plan can honour."""

from __future__ import annotations

import pandas as pd

from alcance.pack.loaded import Loaded
from alcance.pack.problems import Collector

PLACES = (
    ("sites", "site_id"),
    ("localities", "locality_id"),
    ("towers", "tower_id"),
    ("power_nodes", "node_id"),
    ("pops", "pop_id"),
)


def check_decisions(loaded: Loaded, found: Collector) -> None:
    """Each override is about a site and a technology, or about a link between two places, and none contradict."""
    overrides = loaded["overrides"]
    if overrides.empty:
        return
    name = loaded.names["overrides"]
    known: set[str] = set()
    for table, key in PLACES:
        known.update(loaded[table][key].dropna())
    site, link = overrides["site_id"].notna(), overrides["from_id"].notna() | overrides["to_id"].notna()
    both = overrides["from_id"].notna() & overrides["to_id"].notna()
    for mask, column, message in (
        (~site & ~link, "site_id", "names neither a site nor a link; give site_id, or from_id and to_id"),
        (site & link, "site_id", "names a site and a link; make two rows of it"),
        (link & ~site & ~both, "to_id", "names one end of a link only; give from_id and to_id"),
        (site & ~link & overrides["technology"].isna(), "technology", "is empty; say which technology"),
        (both & (overrides["from_id"] == overrides["to_id"]), "to_id", "is the same place as from_id"),
    ):
        found.add_rows(name, message, overrides.index[mask].tolist(), column=column)
    for column in ("from_id", "to_id"):
        lost = overrides[column].notna() & ~overrides[column].isin(known)
        found.add_rows(
            name,
            "is no site, locality, tower, power node or PoP of this pack",
            overrides.index[lost].tolist(),
            column=column,
            values=overrides.loc[lost, column].tolist(),
        )
    _check_contradictions(overrides[site & overrides["technology"].notna()], name, found)


def _check_contradictions(decided: pd.DataFrame, name: str, found: Collector) -> None:
    """A site must not be told to use two technologies, nor to use and avoid one."""
    must = decided[decided["rule"] == "must"]
    first: dict[str, tuple[int, str]] = {}
    for row, site_id, technology in zip(must.index, must["site_id"], must["technology"], strict=True):
        if site_id in first and first[site_id][1] != technology:
            found.add(
                name, f"row {first[site_id][0]} says that {site_id} must use {first[site_id][1]}; keep one of them",
                row=int(row), column="technology", value=technology,
            )  # fmt: skip
        first.setdefault(site_id, (int(row), technology))
    avoided = decided[decided["rule"] == "must_not"]
    for row, site_id, technology in zip(avoided.index, avoided["site_id"], avoided["technology"], strict=True):
        if site_id in first and first[site_id][1] == technology:
            found.add(
                name, f"row {first[site_id][0]} says that {site_id} must use it; keep one of them",
                row=int(row), column="technology", value=technology,
            )  # fmt: skip
