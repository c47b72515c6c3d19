"""The errors a user of Alcance can meet; each message says what is wrong and what would be right."""

from __future__ import annotations

from dataclasses import dataclass

#: What a command ends with that was ended by Ctrl-C, as shells take it.
INTERRUPTED = 130


class AlcanceError(Exception):
    """Any failure that is explained to the user in one message; the command line prints it and exits with 1."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with an input, and how to mend it.

    Parameters
    ----------
    file
        File or table in which it stands.
    row
        Row number as a spreadsheet counts it (the header is row 1), or None for the whole file.
    column
        Column name, or empty for the whole row or file.
    value
        The offending value as text.
    message
        What is wrong and what would be right.
    severity
        "error" must be mended; "warning" is to be known.
    """

    file: str
    row: int | None
    column: str
    value: str
    message: str
    severity: str = "error"

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column:
            place += f", column {self.column}"
        shown = f" ({self.value!r})" if self.value else ""
        return f"{place}{shown}: {self.message}"


class InputError(AlcanceError):
    """An input that cannot be used; carries every problem found, not just the first."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class TerrainGap(AlcanceError):
    """The terrain has no elevation at a place that needs one."""


class OutputError(AlcanceError):
    """A result cannot be written where it was asked for."""
