"""Collecting problems, with floods of the same kind cut to what a person can read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alcance.errors import Problem

SHOWN_PER_KIND = 20


class Collector:
    """Gathers the problems of a pack in the order in which they are found."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(
        self,
        file: str,
        message: str,
        *,
        row: int | None = None,
        column: str = "",
        value: object = "",
        severity: str = "error",
    ) -> None:
        """Add one problem."""
        self.problems.append(Problem(file, row, column, _shown(value), message, severity))

    def add_rows(
        self,
        file: str,
        message: str,
        rows: Sequence[int],
        *,
        column: str = "",
        values: Iterable[object] | None = None,
        severity: str = "error",
    ) -> None:
        """Add the same problem for several rows: the first `SHOWN_PER_KIND` one by one, the rest as a count."""
        shown_values = iter(values) if values is not None else iter([""] * len(rows))
        for row, value in zip(rows[:SHOWN_PER_KIND], shown_values, strict=False):
            self.add(file, message, row=int(row), column=column, value=value, severity=severity)
        hidden = len(rows) - SHOWN_PER_KIND
        if hidden > 0:
            self.add(
                file, f"and {hidden:,} more rows ({len(rows):,} in all): {message}", column=column, severity=severity
            )

    @property
    def errors(self) -> list[Problem]:
        """The problems that must be mended."""
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def warnings(self) -> list[Problem]:
        """The problems that are only to be known."""
        return [problem for problem in self.problems if problem.severity != "error"]


def _shown(value: object) -> str:
    """A value as one short line of text."""
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
