"""Commands on country packs: check one, or start a table."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from alcance.cli.app import Json, PackArgument, app, told

pack_app = typer.Typer(help="Country packs: check one, or start a table.", no_args_is_help=True)
app.add_typer(pack_app, name="pack")


@pack_app.command("check")
def pack_check(pack: PackArgument, as_json: Json = False) -> None:
    """Say what is wrong with a pack, row by row; exit 1 if anything must be mended."""
    from dataclasses import asdict

    from alcance.pack import check_pack

    with told():
        problems = check_pack(pack)
    errors = sum(problem.severity == "error" for problem in problems)
    if as_json:
        typer.echo(json.dumps([asdict(problem) for problem in problems], ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            typer.echo(f"{problem.severity}: {problem}")
        typer.echo(f"{pack}: {errors} to mend, {len(problems) - errors} to know")
    raise typer.Exit(1 if errors else 0)


@pack_app.command("template")
def pack_template(table: Annotated[str, typer.Argument(help="Name of a table, such as sites.")]) -> None:
    """Print an empty table with its columns explained."""
    from alcance.pack import template

    with told():
        typer.echo(template(table), nl=False)
