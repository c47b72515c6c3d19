"""The command that makes an example office and serves it, or serves the one that is there."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from alcance.cli.app import Quiet, progress_line
from alcance.cli.office import Host, Port, enter_django, office_app, teller, told_office
from alcance.errors import AlcanceError
from alcance.office.folder import EXAMPLE, keep_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alcance.office.accounts.models import Person


@office_app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="The folder of the example.")] = Path("office-demo"),
    plan: Annotated[Path | None, typer.Option("--plan", help="A plan folder (default: that of `make demo`).")] = None,
    pack: Annotated[Path | None, typer.Option("--pack", help="Its pack (default: the bundled one).")] = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    password: Annotated[
        str | None, typer.Option("--password", help="Of everybody in it (default: a new one, then that one).")
    ] = None,
    serve_it: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve it once it is made.")] = True,
    quiet: Quiet = False,
) -> None:
    """Make an example office from a plan, with people of every role, all five phases and invented bids; serve it.

    Where the folder holds an example already, serve that one.
    """
    with told_office():
        _settings_of_an_example()
        if serve_it:
            from alcance.office.running.port import free_address

            # Before the minutes that it takes.
            free_address(host, port)
        if (out / EXAMPLE).is_file():
            _take_up(out, password)
        else:
            _make(out, plan, pack, password, quiet)
        typer.echo("All organisations, people, bids, photos and measurements in it are invented.")
        if serve_it:
            _become_server(out, host, port)
        typer.echo(f"To serve it: alcance office demo --out {out}")


def _settings_of_an_example() -> None:
    # Whoever looks at an example has no telephone at hand for each of its people.
    os.environ["ALCANCE_SECOND_FACTOR"] = "0"
    os.environ.pop("DATABASE_URL", None)
    # Who can log in must not be lost among the requests.
    os.environ.setdefault("ALCANCE_LOG_LEVEL", "WARNING")


def _take_up(out: Path, password: str | None) -> None:
    os.environ["ALCANCE_OFFICE_DIR"] = str(out.resolve())
    keep_key(out)
    enter_django()
    from alcance.office.running.demo import take_up

    example = take_up(password)
    typer.echo(f"{out}: the example that was made before; for a new one remove the folder, or name another with --out")
    _print(example.people, example.password)


def _make(out: Path, plan: Path | None, pack: Path | None, password: str | None, quiet: bool) -> None:
    """Make the example under another name beside, so that it is there whole or not at all."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise AlcanceError(f"{out}: something else is there, or an office already; name another folder with --out")
    try:
        out.resolve().parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{out.resolve().name}.", dir=out.resolve().parent))
    except OSError as error:
        raise AlcanceError(f"{out}: cannot be made ({error.strerror})") from None
    os.environ["ALCANCE_OFFICE_DIR"] = str(beside)
    try:
        keep_key(beside)
        enter_django()
        from django.db import connection
        from django.utils import timezone

        from alcance.office.running.demo import PACK, PLAN, make_demo

        with progress_line(quiet, takes_minutes=True) as line:
            made = make_demo(
                pack or PACK, plan or PLAN, timezone.now(), password=password, tell=teller(line, "example")
            )
        connection.close()
        beside.rename(out.resolve())
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    _print(made.cast.people.values(), made.cast.password)
    typer.echo("Sites: " + ", ".join(f"{count} {state}" for state, count in made.states.items()))


def _print(people: Iterable[Person], password: str) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Role", "Organisation", "Email", box=None, pad_edge=False)
    for person in people:
        organisation = person.acting_for
        table.add_row(organisation.role, organisation.name, person.email)
    Console().print(table)
    typer.echo(f"Password of all of them: {password}")


def _become_server(out: Path, host: str, port: int) -> NoReturn:
    """Serve in the place of this process, whose settings may be of the folder in which the example was made."""
    from alcance.office.running.serve import COMMAND

    os.environ["ALCANCE_OFFICE_DIR"] = str(out.resolve())
    sys.stdout.flush()
    os.execv(COMMAND[0], [*COMMAND, "serve", "--worker", "--host", host, "--port", str(port)])
