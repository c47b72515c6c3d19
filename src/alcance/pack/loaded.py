"""The tables of a pack while they are being checked."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd


@dataclass
class Loaded:
    """Every table of the schema, and what is known of its file.

    Parameters
    ----------
    frames
        Tables by name in the types of the schema, indexed by row number; one that the pack lacks is empty.
    names
        How each table's file is named in problems.
    read
        The tables that were read, in the order of the schema.
    unread
        The tables whose file is there and could not be read; nothing can be said about what refers to them.
    """

    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.frames[table]
