"""Commands on the office: set it up, serve it, keep it well, bring data in, back it up."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from alcance.cli.app import Json, Quiet, app, progress_line, told
from alcance.errors import AlcanceError
from alcance.office.folder import RESTORE_DECIDED, keep_key, made, office_folder, owners_only, require_office

# Blank lines keep each on a line of its own.
ORDER = """In this order:

1. alcance office init --email EMAIL --organisation NAME

2. alcance office areas PACK

3. alcance office serve --worker

4. alcance office import FILE --by EMAIL --approve

Then, now and again: alcance office check, alcance office backup FILE.

An example to look around in: alcance office demo.
"""
office_app = typer.Typer(
    help="The programme's web application: set it up, serve it, keep it well.", epilog=ORDER, no_args_is_help=True
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
    owners_only()
    if folder is not None:
        os.environ["ALCANCE_OFFICE_DIR"] = str(folder.resolve())


def enter_django(*, enter: bool = True) -> None:
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
        message = f"the office needs more than planning does ({error.name} is missing): "
        message += "in the clone of Alcance, pip install '.[office]'"
        raise AlcanceError(message) from None
    django.setup()
    # The command line speaks English, whatever language its pages speak.
    from django.utils.translation import activate

    activate("en")
    if enter:
        from alcance.office.running.restore import enter as enter_office

        enter_office()


def open_office() -> None:
    """Bring in the office that is there, to work on it.

    Raises
    ------
    AlcanceError
        Where there is none.
    """
    folder = office_folder()
    require_office(folder)
    if not (folder / RESTORE_DECIDED).exists():
        # One that was restored without its key, or has lost it.
        keep_key(folder)
    enter_django()


@contextmanager
def told_office() -> Iterator[None]:
    """Turn an explained failure, and a database that does not answer, into a message and exit code 1."""
    with told():
        try:
            yield
        except AlcanceError:
            raise
        except Exception as error:
            from django.db import DatabaseError, OperationalError

            # Its other kinds are faults of the program.
            if type(error) not in (DatabaseError, OperationalError):
                raise
            from alcance.office.running.logs import without_secrets

            first = without_secrets(str(error).strip().split("\n", maxsplit=1)[0])
            message = f"the database does not answer ({first}); alcance office check says what to do"
            raise AlcanceError(message) from None


def teller(line: Any, stage: str, *, by_words: bool = True) -> Any:
    """What long work of the office is told its progress by: how much is done, of how much, and words.

    Parameters
    ----------
    by_words
        Whether its words are stages; those of a backup are thousands of names.
    """

    def tell(done: int, total: int, words: str = "") -> None:
        if line is not None:
            line((by_words and words) or stage, done / total if total else 0.0)

    return tell


def person_of(email: str) -> Any:
    """Who has that address.

    Raises
    ------
    AlcanceError
        Where nobody has it.
    """
    from alcance.office.accounts.models import Person

    person = Person.objects.filter(email=email.lower()).first()
    if person is None:
        raise AlcanceError(f"{email}: nobody has this address")
    return person


@office_app.command()
def init(
    email: Annotated[str | None, typer.Option("--email", help="Who is the first person of the ministry.")] = None,
    name: Annotated[str, typer.Option("--name", help="Their name.")] = "",
    organisation: Annotated[str, typer.Option("--organisation", help="The ministry's name.")] = "Ministerio",
) -> None:
    """Make the folder, the key, the database and, by a link for their password, the first person of the ministry."""
    with told_office():
        target = office_folder()
        with made(target):
            # Before the settings, which read it.
            keep_key(target)
        enter_django()
        from alcance.office.running.start import add_first_person, address_of, bring_up, valid_email

        if email:
            valid_email(email)
        applied = bring_up()
        typer.echo(f"{target}: {len(applied)} migrations applied")
        if email:
            typer.echo(f"Within three days, once: {address_of(add_first_person(email, name, organisation))}")
        else:
            typer.echo("Nobody can log in yet; next: alcance office init again, with --email EMAIL")


@office_app.command()
def migrate() -> None:
    """Bring the database and the static files of an office to this version."""
    with told_office():
        open_office()
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
    with told_office():
        open_office()
        from alcance.office.running.serve import serve as serve_office

        serve_office(host, port, worker=worker, tell=lambda address: typer.echo(address, err=True))


office_app.command("runserver", hidden=True)(serve)


@office_app.command()
def worker() -> None:
    """Do background work (imports, plans, tiles, exports) until Ctrl-C."""
    with told_office():
        open_office()
        from alcance.office.running.serve import work

        work()


@office_app.command()
def check(as_json: Json = False) -> None:
    """Say what is wrong with the office and what to do; exit 1 if anything must be mended."""
    with told_office():
        enter_django()
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


@person_app.command("add")
def person_add(
    email: Email,
    role: Annotated[str, typer.Option("--role", help="What the organisation is: ministry, provider, …")],
    organisation: Annotated[str, typer.Option("--organisation", help="Its name or code.")],
    name: Annotated[str, typer.Option("--name", help="Their name.")] = "",
    state: Annotated[str, typer.Option("--state", help="Key of the state, for a new committee.")] = "",
    new: Annotated[
        bool, typer.Option("--new-organisation", help="Make the organisation where it is not there.")
    ] = False,
) -> None:
    """Add somebody and print the link with which they set their password, once."""
    with told_office():
        open_office()
        from alcance.office.running.start import add_person, address_of

        person = add_person(email, name, role, organisation, state, new_organisation=new)
        typer.echo(f"{person} ({person.organisation}, {role}). Within three days, once: {address_of(person)}")


@person_app.command("link")
def person_link(
    email: Email,
    second_factor: Annotated[
        bool, typer.Option("--remove-second-factor", help="Take away a second factor that was lost.")
    ] = False,
) -> None:
    """Print a new link for somebody's password; for when nobody of the ministry can log in."""
    with told_office():
        open_office()
        from alcance.office.accounts.second_factor import remove_second_factor
        from alcance.office.running.start import address_of

        person = person_of(email)
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
    with told_office():
        open_office()
        from django.utils import timezone

        from alcance.office.running.backup import back_up

        with progress_line(quiet) as line:
            manifest = back_up(file, with_key=with_key, now=timezone.now(), tell=teller(line, "backup", by_words=False))
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
    with told_office():
        enter_django(enter=False)
        from django.utils import timezone

        from alcance.office.running.restore import restore as restore_office

        with progress_line(quiet) as line:
            tell = teller(line, "restore", by_words=False)
            manifest = restore_office(file, replace=replace, now=timezone.now(), tell=tell)
    typer.echo(f"restored {len(manifest['files'])} files as of {manifest['taken_at']}")
    typer.echo("Next: alcance office migrate; then alcance office tiles and alcance office exports make these anew")
