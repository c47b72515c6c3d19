"""The command on areas of influence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from alcance.cli.app import Json, Language, PackArgument, Quiet, app, progress_line, told


@app.command()
def reach(
    pack: PackArgument,
    out: Annotated[Path, typer.Option("--out", help="The folder to write.")],
    provider: Annotated[
        str | None, typer.Option("--provider", metavar="ID", help="One provider (default: all that have towers).")
    ] = None,
    model: Annotated[
        str, typer.Option("--model", help="delta_bullington, bullington or free_space.")
    ] = "delta_bullington",
    client_height_m: Annotated[
        float, typer.Option("--client-height", help="Antenna of those served, metres above ground.")
    ] = 6.0,
    lang: Language = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compute providers' areas of influence, whom they reach, and the sites that they could serve next."""
    with told():
        from alcance.network.reach import areas_of_influence
        from alcance.pack import read_pack
        from alcance.publish.reach_folder import check_reach_place, reach_language, write_reach
        from alcance.publish.reach_summary import reach_lines

        check_reach_place(out)
        with progress_line(quiet) as tell:
            read = read_pack(pack)
            words = reach_language(read, lang)
            found = areas_of_influence(read, provider, model=model, client_height_m=client_height_m, progress=tell)
            summary = write_reach(found, out, lang, tell)
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False, indent=2, sort_keys=True))
    else:
        typer.echo("\n".join(reach_lines(found, words)))
        typer.echo(str(out))
