"""Commands on the office: set it up, serve it, keep it well, bring data in, back it up."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from alcance.cli.app import Json, PackArgument, PlanArgument, Quiet, app, progress_line, told
from alcance.errors import AlcanceError

office_app = typer.Typer(
    help="The programme's web application: set it up, serve it, keep it well.", no_args_is_help=True
)
person_app = typer.Typer(help="People: add one, or let one in again.", no_args_is_help=True)
app.add_typer(office_app, name="office")
office_app.add_typer(person_app, name="person")

Host = Annotated[str, typer.Option("--host", help="Address to listen on.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")]
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The address with which they log in.")]


@office_app.callback()
def office(
    folder: Annotated[
        Path | None,
        typer.Option("--dir", help="The office's folder (default: ALCANCE_OFFICE_DIR, or office-data here)."),
    ] = None,
) -> None:
    """The programme's web application: set it up, serve it, keep it well."""
    if folder is not None:
        os.environ["ALCANCE_OFFICE_DIR"] = str(folder.resolve())


def _django(*, enter: bool = True) -> None:
    """Bring the office's settings and models in.

    Raises
    ------
    AlcanceError
        Where the office's libraries are not installed.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alcance.office.settings")
    try:
        import allauth  # noqa: F401
        import django
        import django_tasks_db  # noqa: F401
        import granian  # noqa: F401
    except ModuleNotFoundError as error:
        message = f"the office needs more than planning does ({error.name} is missing): pip install 'alcance[office]'"
        raise AlcanceError(message) from None
    django.setup()
    # The command line speaks English, whatever language its pages speak.
    from django.utils.translation import activate

    activate("en")
    if enter:
        from alcance.office.running.restore import enter as enter_office

        enter_office()


@office_app.command()
def init(
    email: Annotated[str | None, typer.Option("--email", help="Who is the first person of the ministry.")] = None,
    name: Annotated[str, typer.Option("--name", help="Their name.")] = "",
    organisation: Annotated[str, typer.Option("--organisation", help="The ministry's name.")] = "Ministerio",
) -> None:
    """Make the folder, the key, the database and, by a link for their password, the first person of the ministry."""
    with told():
        target = Path(os.environ.get("ALCANCE_OFFICE_DIR", "office-data"))
        try:
            # Before the settings: the key is kept only where there is a folder for it.
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise AlcanceError(f"{target}: cannot be made ({error.strerror})") from None
        _django()
        from alcance.office.running.start import add_person, address_of, bring_up

        applied = bring_up()
        typer.echo(f"{target.resolve()}: {len(applied)} migrations applied")
        if email:
            typer.echo(f"Within three days, once: {address_of(add_person(email, name, 'ministry', organisation))}")
        else:
            typer.echo("Next: alcance office person add EMAIL --role ministry --organisation NAME")


@office_app.command()
def migrate() -> None:
    """Bring the database and the static files to this version."""
    with told():
        _django()
        from alcance.office.running.start import bring_up

        applied = bring_up()
    for migration in applied:
        typer.echo(migration)
    typer.echo(f"{len(applied)} migrations applied")


@office_app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Start a worker beside it.")] = False,
) -> None:
    """Serve the office, on this machine only unless another address is given, until Ctrl-C."""
    with told():
        _django()
        from contextlib import nullcontext

        from alcance.office.running.serve import serve as serve_office
        from alcance.office.running.serve import worker_beside

        typer.echo(f"http://{host}:{port}", err=True)
        with worker_beside() if worker else nullcontext():
            serve_office(host, port)


office_app.command("runserver", hidden=True)(serve)


@office_app.command()
def worker() -> None:
    """Do background work (imports, plans, tiles, exports) until Ctrl-C."""
    with told():
        _django()
        from alcance.office.running.serve import work

        work()


@office_app.command()
def check(as_json: Json = False) -> None:
    """Say what is wrong with the office and what to do; exit 1 if anything must be mended."""
    with told():
        _django()
        from django.utils import timezone

        from alcance.office.running.checks import look_at_all

        findings = look_at_all(timezone.now())
    wrong = sum(finding.state == "wrong" for finding in findings)
    if as_json:
        typer.echo(json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False, indent=2))
    else:
        from rich.console import Console
        from rich.table import Table

        table = Table("", "What", "Found", "What to do", box=None, pad_edge=False)
        signs = {"well": "[green]well[/]", "know": "[yellow]know[/]", "wrong": "[red]WRONG[/]"}
        for finding in findings:
            table.add_row(signs[finding.state], finding.what, finding.found, finding.mend)
        Console(soft_wrap=False).print(table)
        typer.echo(f"{wrong} to mend, {sum(finding.state == 'know' for finding in findings)} to know")
    raise typer.Exit(1 if wrong else 0)


@office_app.command()
def areas(pack: PackArgument) -> None:
    """Take the states, municipalities and localities of a country pack into the register."""
    with told():
        _django()
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
    """Check a file of sites against the register and let it wait for approval, or apply it."""
    with told():
        _django()
        from django.utils import timezone

        from alcance.office.running.rooms import function

        with progress_line(quiet) as line:
            batch = function("import")(
                file, _person(by), at=timezone.now(), layout=layout, approve=approve, tell=_teller(line, "import")
            )
    counts = ", ".join(f"{count} {name}" for name, count in batch.counts.items())
    typer.echo(f"{batch}: {batch.get_state_display()}; {counts}; /imports/{batch.pk}/")


@office_app.command("import-plan")
def import_plan(
    folder: PlanArgument,
    by: Annotated[str, typer.Option("--by", help="Email of who imports it.")],
    quiet: Quiet = False,
) -> None:
    """Check a plan folder and take it in; its sites become planned."""
    with told():
        _django()
        from django.utils import timezone

        from alcance.office.running.rooms import function

        with progress_line(quiet) as line:
            taken = function("import-plan")(folder, _person(by), at=timezone.now(), tell=_teller(line, "plan"))
    typer.echo(f"{taken}: gap {taken.plan_gap:.1%}, {taken.unmatched} sites not in the register; /plans/{taken.pk}/")


@office_app.command()
def tiles(
    always: Annotated[bool, typer.Option("--always", help="Even where the register has not changed.")] = False,
    quiet: Quiet = False,
) -> None:
    """Build the map's tiles where the register has changed."""
    tiles, made = _run("tiles", quiet, always=always)
    names = ", ".join(tiles.files)
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
    with told():
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
    with told():
        _django()
        from django.utils import timezone

        from alcance.office.running.rooms import function

        programme = function("example-programme")(timezone.now())
    typer.echo(f"{programme.name}: /progress/{programme.code}/")


def _run(verb: str, quiet: bool, *arguments: Any, **options: Any) -> Any:
    with told():
        _django()
        from alcance.office.running.rooms import function

        with progress_line(quiet) as line:
            return function(verb)(*arguments, **options, tell=_teller(line, verb))


@person_app.command("add")
def person_add(
    email: Email,
    role: Annotated[str, typer.Option("--role", help="What the organisation is: ministry, provider, …")],
    organisation: Annotated[str, typer.Option("--organisation", help="Name or code; made where it is not there.")],
    name: Annotated[str, typer.Option("--name", help="Their name.")] = "",
    state: Annotated[str, typer.Option("--state", help="Key of the state, for a committee.")] = "",
) -> None:
    """Add somebody and print the link with which they set their password, once."""
    with told():
        _django()
        from alcance.office.running.start import add_person, address_of

        person = add_person(email, name, role, organisation, state)
        typer.echo(f"{person} ({person.organisation}, {role}). Within three days, once: {address_of(person)}")


@person_app.command("link")
def person_link(
    email: Email,
    second_factor: Annotated[
        bool, typer.Option("--remove-second-factor", help="Take away a second factor that was lost.")
    ] = False,
) -> None:
    """Print a new link for somebody's password; for when nobody of the ministry can log in."""
    with told():
        _django()
        from alcance.office.accounts.second_factor import remove_second_factor
        from alcance.office.running.start import address_of

        person = _person(email)
        if second_factor:
            remove_second_factor(person)
        typer.echo(address_of(person))


@office_app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The archive to write (.zip).")],
    with_key: Annotated[
        bool, typer.Option("--with-key/--without-key", help="Put the key that signs sessions in too.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Write database, uploads, measurements and plans to one file, while the office runs."""
    with told():
        _django()
        from django.utils import timezone

        from alcance.office.running.backup import back_up

        with progress_line(quiet) as line:
            manifest = back_up(file, with_key=with_key, now=timezone.now(), tell=_teller(line, "backup"))
    size = sum(part["bytes"] for part in manifest["files"].values())
    typer.echo(
        f"{file}: {len(manifest['files'])} files, {size / 1e6:.1f} MB ({file.stat().st_size / 1e6:.1f} MB packed)"
    )


@office_app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An archive that backup wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Let it take the place of what is there.")] = False,
    quiet: Quiet = False,
) -> None:
    """Check a backup and put it in place, whole or not at all; the office must not be running."""
    with told():
        _django(enter=False)
        from django.utils import timezone

        from alcance.office.running.restore import restore as restore_office

        with progress_line(quiet) as line:
            manifest = restore_office(file, replace=replace, now=timezone.now(), tell=_teller(line, "restore"))
    typer.echo(f"restored {len(manifest['files'])} files as of {manifest['taken_at']}; next: alcance office migrate")


@office_app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="The folder of the example.")] = Path("office-demo"),
    plan: Annotated[Path | None, typer.Option("--plan", help="A plan folder (default: that of `make demo`).")] = None,
    pack: Annotated[Path | None, typer.Option("--pack", help="Its pack (default: the bundled one).")] = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    password: Annotated[str | None, typer.Option("--password", help="Of everybody in it (default: a new one).")] = None,
    serve_it: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve it once it is made.")] = True,
    quiet: Quiet = False,
) -> None:
    """Make an example office from a plan, with people of every role, all five phases and invented bids; serve it."""
    with told():
        try:
            out.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise AlcanceError(f"{out}: cannot be made ({error.strerror})") from None
        os.environ["ALCANCE_OFFICE_DIR"] = str(out.resolve())
        # Whoever looks at an example has no telephone at hand for each of its people.
        os.environ["ALCANCE_SECOND_FACTOR"] = "0"
        os.environ.pop("DATABASE_URL", None)
        _django()
        from django.utils import timezone

        from alcance.office.running.demo import PACK, PLAN, make_demo

        with progress_line(quiet) as line:
            made = make_demo(
                pack or PACK, plan or PLAN, timezone.now(), password=password, tell=_teller(line, "example")
            )
    _print_demo(made)
    if serve_it:
        serve(host, port, worker=True)


def _print_demo(made: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Role", "Organisation", "Email", box=None, pad_edge=False)
    for person in made.cast.people.values():
        table.add_row(person.organisation.role, person.organisation.name, person.email)
    Console().print(table)
    typer.echo(f"Password of all of them: {made.cast.password}")
    typer.echo("Sites: " + ", ".join(f"{count} {state}" for state, count in made.states.items()))
    typer.echo("All organisations, people, bids, photos and measurements in it are invented.")


def _teller(line: Any, stage: str) -> Any:
    """What long work of the office is told its progress by: how much is done, of how much, and words."""

    def tell(done: int, total: int, words: str = "") -> None:
        if line is not None:
            line(words or stage, done / total if total else 0.0)

    return tell


def _person(email: str) -> Any:
    from alcance.office.accounts.models import Person

    person = Person.objects.filter(email=email.lower()).first()
    if person is None:
        raise AlcanceError(f"{email}: nobody has this address")
    return person
