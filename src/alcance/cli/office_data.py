"""Commands that bring data into the office and make what it publishes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alcance.cli.app import PackArgument, PlanArgument, Quiet, progress_line
from alcance.cli.office import office_app, open_office, person_of, teller, told_office
from alcance.errors import AlcanceError

if TYPE_CHECKING:
    from alcance.office.register.models import ImportBatch

_COUNTS = {
    "New": "new",
    "Changed": "changed",
    "The same": "same",
    "Refused": "refused",
    "To be looked at": "warnings",
    "In the register, not in the file": "not_named",
}


@office_app.command()
def areas(pack: PackArgument) -> None:
    """Take the states, municipalities and localities of a country pack into the register."""
    with told_office():
        open_office()
        from alcance.office.running.rooms import function
        from alcance.pack import read_pack

        typer.echo(f"{function('areas')(read_pack(pack))} areas")


@office_app.command("import")
def import_sites(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, XLSX or GeoPackage of sites.")],
    by: Annotated[str, typer.Option("--by", help="Email of who imports it.")],
    layout: Annotated[
        str | None, typer.Option("--layout", help="A ready-made layout, by its name (default: guess).")
    ] = None,
    approve: Annotated[bool, typer.Option("--approve", help="Apply it at once; else it waits for approval.")] = False,
    quiet: Quiet = False,
) -> None:
    """Check a file of sites against the register and let it wait for approval, or apply it.

    Ends with 1 where every row is refused.
    """
    with told_office():
        open_office()
        from django.utils import timezone

        from alcance.office.running.rooms import function

        with progress_line(quiet) as line:
            batch = function("import")(
                file, person_of(by), at=timezone.now(), layout=layout, approve=approve, tell=teller(line, "import")
            )
        _print_import(batch)
    if batch.counts["refused"] and not any(batch.counts[name] for name in ("new", "changed", "same")):
        raise typer.Exit(1)


def _print_import(batch: ImportBatch) -> None:
    """As the page of the import shows it: how many rows do what, and which rules how many do not hold."""
    from rich.console import Console
    from rich.table import Table

    from alcance.office.register.quality import BY_NAME

    counts = batch.counts
    table = Table("Rows", "", box=None, pad_edge=False, show_header=False)
    for title, name in _COUNTS.items():
        table.add_row(title, str(counts[name]), style="bold")
    for severity, rule, count in counts["rules"]:
        table.add_row(f"  {'refused' if severity == 'error' else 'look'}: {BY_NAME[rule].message}", str(count))
    typer.echo(f"{batch}: {batch.get_state_display()}")
    Console(highlight=False).print(table)
    typer.echo(f"Row by row: on the page /imports/{batch.pk}/ of the office")


@office_app.command("import-plan")
def import_plan(
    folder: PlanArgument,
    by: Annotated[str, typer.Option("--by", help="Email of who imports it.")],
    quiet: Quiet = False,
) -> None:
    """Check a plan folder and take it in; its sites become planned."""
    with told_office():
        open_office()
        from django.utils import timezone

        from alcance.office.running.rooms import function
        from alcance.office.web.figures import percent_at_most

        with progress_line(quiet) as line:
            taken = function("import-plan")(folder, person_of(by), at=timezone.now(), tell=teller(line, "plan"))
        gap = percent_at_most(taken.plan_gap)
    typer.echo(f"{taken}: gap {gap}, {taken.unmatched} sites not in the register; /plans/{taken.pk}/")


@office_app.command()
def tiles(
    always: Annotated[bool, typer.Option("--always", help="Even where the register has not changed.")] = False,
    quiet: Quiet = False,
) -> None:
    """Build the map's tiles where the register has changed."""
    tiles, made = _run("tiles", quiet, always=always)
    names = ", ".join(tiles.files.values())
    if made:
        typer.echo(f"{names}: {tiles.sites} sites, {tiles.tiles} tiles, {tiles.bytes} bytes, {tiles.seconds} s")
    else:
        typer.echo(f"{names}: show the register as it is")


@office_app.command()
def exports(quiet: Quiet = False) -> None:
    """Write the open data for download, in every format."""
    for export in _run("exports", quiet):
        typer.echo(f"{export}: {export.rows} rows, {export.bytes} bytes, sha256 {export.sha256}")


@office_app.command()
def compact(
    before: Annotated[str | None, typer.Option("--before", help="A day, YYYY-MM-DD (default: yesterday).")] = None,
    quiet: Quiet = False,
) -> None:
    """Put the measurements of past days together, a file a day."""
    with told_office():
        try:
            yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
            day = dt.date.fromisoformat(before) if before else yesterday
        except ValueError:
            raise AlcanceError(f"--before {before}: must be a day, as 2026-03-02") from None
    days, files = _run("compact", quiet, day)
    typer.echo(f"{days} days, {files} files put together")


@office_app.command("example-programme")
def example_programme() -> None:
    """Load a programme of the past, with its targets and what became of them, as an example."""
    with told_office():
        open_office()
        from django.utils import timezone

        from alcance.office.running.rooms import function

        programme = function("example-programme")(timezone.now())
    typer.echo(f"{programme.name}: /progress/{programme.code}/")


def _run(verb: str, quiet: bool, *arguments: Any, **options: Any) -> Any:
    with told_office():
        open_office()
        from alcance.office.running.rooms import function

        with progress_line(quiet) as line:
            return function(verb)(*arguments, **options, tell=teller(line, verb))
