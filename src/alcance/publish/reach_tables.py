"""Areas of influence as flat tables, the same for every format: each says whether its providers are illustrative."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from alcance.publish.columns import columns
from alcance.publish.csv_tables import rows_of, write_rows

if TYPE_CHECKING:
    import pandas as pd

    from alcance.network.reach import Reach

TABLES: Final = (
    "providers", "towers", "areas", "sites", "localities", "next_sites", "overlaps", "unreached", "strengthen",
)  # fmt: skip


def reach_tables(reach: Reach) -> dict[str, pd.DataFrame]:
    """Give every table of `TABLES` with the columns of `columns.csv` in their order; geometry stays where it is."""
    invented = {provider.provider_id: provider.illustrative for provider in reach.providers}
    names = {provider.provider_id: provider.name for provider in reach.providers}
    kinds = {provider.provider_id: provider.kind for provider in reach.providers}
    facts = reach.facts.assign(name=reach.facts["provider_id"].map(names), kind=reach.facts["provider_id"].map(kinds))
    towers = reach.towers.set_index("tower_id")
    overlaps = reach.overlaps.assign(
        illustrative=[
            invented[one] or invented[other]
            for one, other in zip(reach.overlaps["provider_id"], reach.overlaps["other_id"], strict=True)
        ]
    )
    options = reach.strengthen.assign(
        lon=reach.strengthen["tower_id"].map(towers["lon"]), lat=reach.strengthen["tower_id"].map(towers["lat"])
    )
    frames: dict[str, pd.DataFrame] = {
        "providers": facts,
        "towers": reach.towers,
        "areas": reach.areas.assign(provider_name=reach.areas["provider_id"].map(names)),
        "sites": reach.sites,
        "localities": reach.localities,
        "next_sites": reach.next_sites,
        "overlaps": overlaps,
        "unreached": reach.unreached.assign(illustrative=any(invented.values())),
        "strengthen": options,
    }
    return {name: _shaped(frames[name].assign(screening_only=reach.screening_only), name) for name in TABLES}


def write_reach_csv(tables: dict[str, pd.DataFrame], folder: Path, currency: str) -> None:
    """Write every table and `columns.csv`, which says what each column is, into a folder.

    Parameters
    ----------
    tables
        As `reach_tables` gives them.
    folder
        Made if it is missing.
    currency
        Code of the currency of every amount.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    for name, frame in tables.items():
        plain = frame.drop(columns="geometry", errors="ignore")
        write_rows(folder / f"{name}.csv", list(plain.columns), rows_of(plain))
    meanings = [
        [name, column.column, column.unit.replace("currency", currency), column.labels["en"], column.labels["es"]]
        for name in tables
        for column in columns(f"reach_{name}")
    ]
    write_rows(folder / "columns.csv", ["table", "column", "unit", "en", "es"], meanings)


def _shaped(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Known columns in their published order, then the geometry."""
    kept = [column.column for column in columns(f"reach_{table}")]
    shaped: pd.DataFrame = frame[[*kept, *(["geometry"] if "geometry" in frame.columns else [])]]
    return shaped.reset_index(drop=True)
