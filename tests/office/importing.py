"""What tests of imports begin with: a row that is well, and what was found wrong with others."""

from __future__ import annotations

import pandas as pd

HEADER = "key,key_scheme,name,kind,lon,lat,municipality,users,host\n"
GOOD = "20DPR0001A,cct,Escuela,school,-96.50001,17.00001,20001,80,institution\n"


def rules(batch):
    """Rows that are refused, each with the rule."""
    return _found(batch, "error")


def warnings(batch):
    """Rows to be looked at, each with the rule."""
    return _found(batch, "warning")


def _found(batch, severity):
    found = pd.read_parquet(batch.report)
    return {(row.row, row.rule) for row in found.itertuples() if row.severity == severity}
