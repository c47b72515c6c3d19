"""Cells of tables that no spreadsheet takes for formulas."""

from __future__ import annotations

from typing import Final

#: A cell that begins with one of these is run as a formula by spreadsheets (the wide forms are read as the plain ones).
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(text: str) -> str:
    r"""Return text that no spreadsheet takes for a formula: an apostrophe is put before what would be one.

    >>> safe_cell('=HYPERLINK("http://x")')
    '\'=HYPERLINK("http://x")'
    >>> safe_cell("El Progreso")
    'El Progreso'
    """
    # Leading blanks are skipped by some programs before they look for the sign.
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS) else text
