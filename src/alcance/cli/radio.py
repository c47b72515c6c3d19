"""Commands on radio links."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from alcance.cli.app import Json, Language, app, told


@app.command(context_settings={"ignore_unknown_options": True})  # a longitude may begin with a minus
def link(
    dem: Annotated[list[Path], typer.Option("--dem", help="Elevation file; may be repeated.")],
    lon1: Annotated[float, typer.Argument(metavar="LON")],
    lat1: Annotated[float, typer.Argument(metavar="LAT")],
    height1_m: Annotated[float, typer.Argument(metavar="HEIGHT")],
    lon2: Annotated[float, typer.Argument(metavar="LON")],
    lat2: Annotated[float, typer.Argument(metavar="LAT")],
    height2_m: Annotated[float, typer.Argument(metavar="HEIGHT")],
    freq_ghz: Annotated[float, typer.Option("--ghz", help="Frequency.")],
    png: Annotated[Path | None, typer.Option("--png", help="Draw the profile.")] = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Tell whether two antennas see each other, what lies between them, and the loss of the path."""
    with told():
        from alcance.radio import design
        from alcance.terrain import Mosaic

        report = design(Mosaic.open(dem), lon1, lat1, height1_m, lon2, lat2, height2_m, freq_ghz)
        if png is not None:
            from alcance.radio import profile_png

            profile_png(report, png, lang or "en")
        answer = json.dumps(report.as_dict(), ensure_ascii=False, indent=2) if as_json else report.text(lang or "en")
    typer.echo(answer)
