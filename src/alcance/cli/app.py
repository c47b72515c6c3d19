"""What every command shares: the application, the options many commands have, errors in words, progress."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alcance import __version__
from alcance.errors import INTERRUPTED, AlcanceError, InputError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

app = typer.Typer(
    name="alcance",
    help="Plan, deliver and prove a public-internet programme at least cost.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

PackArgument = Annotated[Path, typer.Argument(metavar="PACK", help="The folder of a country pack.")]
PlanArgument = Annotated[Path, typer.Argument(metavar="DIR", help="A plan folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]
Language = Annotated[str | None, typer.Option("--lang", help="es or en (default: the pack's, or en).")]


@contextmanager
def told() -> Iterator[None]:
    """Turn an explained failure into its message and exit code 1, an interruption into 130."""
    try:
        yield
    except AlcanceError as error:
        problems = error.problems if isinstance(error, InputError) else [error]
        for problem in problems:
            typer.echo(f"alcance: {problem}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo("alcance: interrupted; nothing was written", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except MemoryError:
        message = "not enough memory: plan a part of the country, or lower ptp_candidates and client_candidates"
        typer.echo(f"alcance: {message}; nothing was written", err=True)
        raise typer.Exit(1) from None
    except BrokenPipeError:
        raise typer.Exit(0) from None


class ProgressLine:
    """A line for each stage with the time left; the last one also tells bound, cost and gap as they come."""

    def __init__(self, line: Progress) -> None:
        self._line = line
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, share: float) -> None:
        """Tell the share of a stage that is done."""
        if stage not in self._tasks:
            for task in self._tasks.values():
                self._line.update(task, completed=1.0)
            self._tasks[stage] = self._line.add_task(stage, total=1.0, figures="")
        self._line.update(self._tasks[stage], completed=share)

    def figures(self, bound: int, cost: int) -> None:
        """Tell a proven bound and the cheapest plan so far, in the smallest unit; a cost below 0 is none yet."""
        if self._tasks and cost >= 0 and bound > 0:
            told = f"gap {(cost - bound) / bound:.1%}, from {cost:.5g} down, {bound:.5g} up"
            self._line.update(list(self._tasks.values())[-1], figures=told)


class StageLines:
    """A line as each stage begins, for a file or a log that somebody reads."""

    def __init__(self) -> None:
        self._begun: set[str] = set()

    def __call__(self, stage: str, share: float) -> None:  # noqa: ARG002
        """Tell a stage, once."""
        if stage not in self._begun:
            self._begun.add(stage)
            typer.echo(f"… {stage}", err=True)

    def figures(self, bound: int, cost: int) -> None:
        """Tell nothing: a file is no place for what changes all the time."""


@contextmanager
def progress_line(quiet: bool, *, takes_minutes: bool = False) -> Iterator[ProgressLine | StageLines | None]:
    """Give a progress line; none when asked to be quiet.

    Where nobody watches, work that takes minutes tells each stage in a line, for who reads a log meanwhile; other work
    tells nothing.
    """
    if quiet or not sys.stderr.isatty():
        yield StageLines() if takes_minutes and not quiet else None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description:<24}"),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[figures]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as line:
        yield ProgressLine(line)


@app.callback(invoke_without_command=True)
def main(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Plan, deliver and prove a public-internet programme at least cost."""
    if version:
        typer.echo(f"alcance {__version__}")
        raise typer.Exit
