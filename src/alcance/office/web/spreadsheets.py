"""Cells that are safe to open in a spreadsheet."""

from __future__ import annotations

from alcance.publish import cells


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: with an apostrophe where it would; numbers stay as they are."""
    try:
        float(text)
    except ValueError:
        return cells.safe_cell(text)
    return text if text[0] in "+-" else cells.safe_cell(text)
