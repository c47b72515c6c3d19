"""The command that solves a Steiner problem from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from alcance.cli.app import Json, Quiet, app, progress_line, told


@app.command()
def solve(
    file: Annotated[Path, typer.Argument(metavar="FILE.stp")],
    seconds: Annotated[float | None, typer.Option("--seconds", min=0.1, help="Stop after this long.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Check tree and certificate by code the solver does not use.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Solve a Steiner problem in SteinLib or DIMACS form: objective, bound, gap."""
    with told():
        from alcance.steiner import solve_stp

        with progress_line(quiet) as tell:
            watch = None if tell is None else tell.figures
            result = solve_stp(file, seconds=seconds, check=check, progress=tell, watch=watch)
    if as_json:
        typer.echo(json.dumps(result, indent=2))
    else:
        for key in ("objective", "lower_bound", "gap", "seconds"):
            typer.echo(f"{key:<12} {result[key]}")
        typer.echo(f"{'edges':<12} {len(result['edges'])}")
        if check:
            typer.echo("checked      tree and certificate hold")
