"""Keys are unique, point at something, and follow their scheme."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from alcance.pack.identifiers import SCHEMES, check_key
from alcance.pack.loaded import Loaded
from alcance.pack.meta import FILE, Meta
from alcance.pack.problems import SHOWN_PER_KIND, Collector
from alcance.pack.schema import Table, tables


def check_unique(table: Table, frame: pd.DataFrame, name: str, found: Collector) -> None:
    """Every key of a table stands in it once."""
    columns = [column.name for column in table.columns[: table.key_columns]]
    keys = frame[columns].dropna().astype(str).agg(", ".join, axis=1) if len(columns) > 1 else frame[table.key].dropna()
    repeated = keys[keys.duplicated()]
    if repeated.empty:
        return
    first = keys[~keys.duplicated()]
    rows = pd.Series(first.index.tolist(), index=first.tolist())
    for row, key in zip(repeated.index.tolist()[:SHOWN_PER_KIND], repeated.tolist(), strict=False):
        found.add(name, f"stands already in row {rows[key]}; keys are unique", row=row, column=table.key, value=key)
    hidden = len(repeated) - SHOWN_PER_KIND
    if hidden > 0:
        found.add(name, f"and {hidden:,} more duplicate keys ({len(repeated):,} in all)", column=table.key)


def check_references(table: Table, loaded: Loaded, found: Collector) -> None:
    """Every value that repeats a key of another table stands there."""
    frame, names = loaded[table.name], loaded.names
    for column in table.columns:
        if column.refers_to is None:
            continue
        other, key = column.refers_to
        values = frame[column.name].dropna()
        if values.empty or other in loaded.unread:
            continue
        if other not in loaded.read:
            if column.required != "no" or tables()[other].required:
                continue  # that the table is missing is told once, by its name
            found.add(
                names[table.name],
                f"names rows of the table {other}, which the pack does not have; the names are kept as they are",
                column=column.name,
                severity="warning",
            )
            continue
        missing = values[~values.isin(loaded[other][key])]
        message = f"is not in {names[other]} ({key}); add it there or correct it here"
        if table.name == "power_lines" and column.name in {"from_node", "to_node"}:
            message = f"the end of the line is missing from {names[other]} ({key}); add the node or leave out the line"
        rows = [int(row) for row in missing.index]
        found.add_rows(names[table.name], message, rows, column=column.name, values=missing.tolist())


def check_identifiers(loaded: Loaded, meta: Meta, found: Collector) -> None:
    """Keys follow the schemes that pack.toml names for their columns, and those that rows of sites name."""
    names = loaded.names
    for place, scheme in sorted(meta.identifiers.items()):
        table, _, column = place.partition(".")
        if table not in tables() or column not in loaded[table].columns:
            found.add(FILE, "is not a column of the schema; write it like localities.locality_id", column=place)
            continue
        _check_scheme(loaded[table][column].dropna(), scheme, names[table], column, found)
    sites = loaded["sites"]
    named = sites[sites["key_scheme"].notna()]
    unknown = named[~named["key_scheme"].isin(list(SCHEMES))]
    found.add_rows(
        names["sites"],
        f"is no known identifier scheme; known are {', '.join(sorted(SCHEMES))}",
        unknown.index.tolist(),
        column="key_scheme",
        values=unknown["key_scheme"].tolist(),
    )
    for scheme in sorted(named["key_scheme"].unique()):
        if scheme in SCHEMES:
            keys = named.loc[named["key_scheme"] == scheme, "key"]
            found.add_rows(names["sites"], "is empty", keys.index[keys.isna()].tolist(), column="key")
            _check_scheme(keys.dropna(), scheme, names["sites"], "key", found)


def _check_scheme(keys: pd.Series[Any], scheme: str, name: str, column: str, found: Collector) -> None:
    """Tell every key that does not follow its scheme, one list for each way of being wrong."""
    faults = np.array([check_key(scheme, key) for key in keys], dtype=object)
    for fault in sorted({fault for fault in faults if fault is not None}):
        hit = faults == fault
        found.add_rows(
            name, f"{fault} (scheme {scheme})", keys.index[hit].tolist(), column=column, values=keys[hit].tolist()
        )
