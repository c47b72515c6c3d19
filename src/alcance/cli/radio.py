"""Commands on radio links: one in detail, many addresses at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from alcance.cli import radio_inputs as given
from alcance.cli.app import Json, Language, Quiet, app, progress_line, told
from alcance.errors import InputError, Problem

NUMBERS = {"ignore_unknown_options": True}  # a longitude may begin with a minus


@app.command(context_settings=NUMBERS)
def link(
    lon1: Annotated[float, typer.Argument(metavar="LON")],
    lat1: Annotated[float, typer.Argument(metavar="LAT")],
    height1_m: Annotated[float, typer.Argument(metavar="HEIGHT")],
    lon2: Annotated[float, typer.Argument(metavar="LON")],
    lat2: Annotated[float, typer.Argument(metavar="LAT")],
    height2_m: Annotated[float, typer.Argument(metavar="HEIGHT")],
    dem: given.Dem = None,
    pack: given.PackOption = None,
    freq_ghz: Annotated[float | None, typer.Option("--ghz", help="Frequency (default: the radio's).")] = None,
    radio: Annotated[str | None, typer.Option("--radio", help="Radio at the first end.")] = None,
    radio_far: Annotated[
        str | None, typer.Option("--radio-far", help="Radio at the second (default: what pairs with the first).")
    ] = None,
    radios_file: given.RadiosFile = None,
    power_dbm: Annotated[
        float | None, typer.Option("--power", help="In place of a radio: power into the antenna, dBm.")
    ] = None,
    gain_dbi: Annotated[float | None, typer.Option("--gain", help="In place of a radio: antenna gain, dBi.")] = None,
    rate: given.Rates = None,
    fade_db: given.Fade = None,
    availability: given.Availability = None,
    n0: given.N0 = None,
    delta_n: given.DeltaN = None,
    rain: given.Rain = None,
    climate: given.Climate = None,
    sigma_m: given.Sigma = None,
    correlation_m: given.Correlation = None,
    png: Annotated[Path | None, typer.Option("--png", help="Draw the profile.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write an interactive page of the profile.")] = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Tell whether two antennas see each other, what lies between, the loss by model, and what radios make of it."""
    with told():
        from alcance.radio import design, profile_png

        ground = given.Ground.of(dem, pack)
        words = ground.language(lang)
        asked = _radios(ground, radio, radio_far, radios_file, freq_ghz, power_dbm, gain_dbi, rate or [])
        options: dict[str, Any] = {}
        if asked is not None:
            options["near"], options["far"] = asked
            options["fade_margin_db"] = ground.margin(fade_db)
            options["target_pct"] = ground.policy("availability_pct", availability)
            if options["fade_margin_db"] is None:
                raise typer.BadParameter("with radios, give the margin to keep against fading: --fade DB")
            freq_ghz = asked[0].freq_ghz if freq_ghz is None else freq_ghz
        if freq_ghz is None:
            raise typer.BadParameter("give a frequency (--ghz F) or a radio (--radio ID)")
        report = design(
            ground.mosaic, lon1, lat1, height1_m, lon2, lat2, height2_m, freq_ghz,
            air=ground.air(n0, delta_n, rain, climate), doubt=ground.doubt(sigma_m, correlation_m),
            **ground.sight(), **options,
        )  # fmt: skip
        cautions = ground.cautions(words)
        if png is not None:
            profile_png(report, png, words)
        if html is not None:
            from alcance.publish.link_page import write_link_page

            write_link_page(report, html, words, cautions=cautions)
        told_all = {**report.as_dict(), "cautions": cautions}
        answer = (
            json.dumps(told_all, ensure_ascii=False, indent=2)
            if as_json
            else "\n".join([*cautions, report.text(words)])
        )
    typer.echo(answer)


def _radios(
    ground: given.Ground,
    radio: str | None,
    radio_far: str | None,
    file: Path | None,
    freq_ghz: float | None,
    power_dbm: float | None,
    gain_dbi: float | None,
    rates: list[str],
) -> tuple[Any, Any] | None:
    """The radios at the two ends, or None where none are asked for."""
    by_hand = [power_dbm is not None, gain_dbi is not None, bool(rates)]
    if radio is None:
        if radio_far is not None or file is not None:
            raise typer.BadParameter("name the radio of the first end too: --radio ID")
        if not any(by_hand):
            return None
        if power_dbm is None or gain_dbi is None or not rates or freq_ghz is None:
            raise typer.BadParameter("a radio of your own needs --ghz, --power, --gain and --rate")
        own = given.free_radio("radio", freq_ghz, power_dbm, gain_dbi, rates)
        return own, own
    if any(by_hand):
        raise typer.BadParameter("give a radio (--radio) or its figures (--power, --gain, --rate), not both")
    known = ground.radios(file)
    near = given.pick(known, radio)
    far = given.pick(known, radio_far or near.pairs_with or radio)
    if freq_ghz is not None and abs(freq_ghz - near.freq_ghz) > 0.1 * near.freq_ghz:
        raise typer.BadParameter(f"{radio} works at {near.freq_ghz:g} GHz, not at {freq_ghz:g} GHz")
    return near, far


@app.command()
def links(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Addresses: lon, lat and if wanted id, name, height_m.")],
    out: Annotated[Path | None, typer.Option("--out", help="Table to write: .csv or .gpkg.")] = None,
    dem: given.Dem = None,
    pack: given.PackOption = None,
    radio: Annotated[
        list[str] | None, typer.Option("--radio", help="Radio on the towers; may be repeated (default: all sectors).")
    ] = None,
    radios_file: given.RadiosFile = None,
    start: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="LON,LAT,HEIGHT", help="A place in lieu of the pack's towers; may be repeated."),
    ] = None,
    height_m: Annotated[
        float | None, typer.Option("--height", help="Antenna at addresses that say none, m above ground.")
    ] = None,
    mbps: Annotated[float, typer.Option("--mbps", help="Rate needed both ways (default: the lowest there is).")] = 0.0,
    fade_db: given.Fade = None,
    availability: given.Availability = None,
    n0: given.N0 = None,
    delta_n: given.DeltaN = None,
    rain: given.Rain = None,
    sigma_m: given.Sigma = None,
    correlation_m: given.Correlation = None,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Go on without the rows that are wrong.")] = False,
    lang: Language = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Pre-qualify addresses: the best tower for each, whether it serves, with what mast, or why not."""
    with told():
        import numpy as np

        from alcance.network.prequalified import answers, check_table, prequalify_addresses, write_answers
        from alcance.pack.loose import read_addresses
        from alcance.radio.words import words as say

        if out is None and not as_json:
            raise typer.BadParameter("say where to write the answers: --out FILE.csv or FILE.gpkg, or --json")
        if out is not None:
            check_table(out)
            if out.exists() and file.exists() and out.samefile(file):
                message = "is the file of the addresses; name another for the answers"
                raise InputError([Problem(out.name, None, "", "", message)])
        addresses, left_out = read_addresses(file, height_m, skip_bad=skip_bad)
        for problem in left_out:
            typer.echo(f"alcance: left out: {problem}", err=True)
        with progress_line(quiet) as tell:
            ground = given.Ground.of(dem, pack, tell)
            fade = ground.margin(fade_db)
            if fade is None:
                raise typer.BadParameter("give the margin to keep against fading: --fade DB")
            stations = given.stations(ground, radio or [], radios_file, [given.place(text) for text in start or []])
            found = prequalify_addresses(
                ground.mosaic, addresses, stations,
                given.demand(ground, fade, mbps, availability), air=ground.air(n0, delta_n, rain, None),
                doubt=ground.doubt(sigma_m, correlation_m), progress=tell,
            )  # fmt: skip
            words = say(ground.language(lang))
            towers = [station.station_id for station in stations]
            cautions = ground.cautions(words.code, towers)
            table = answers(
                addresses, stations, found, words.code,
                illustrative=ground.illustrative(towers), screening_only=ground.screening_only,
            )  # fmt: skip
        if out is not None:
            write_answers(table, out)
    sure = ground.policy("link_confidence", None) or 0.0
    needs_sight = np.array([station.needs_sight for station in stations])[found.station]
    linked = table["verdict"].isin(["qualifies", "with_mast"]).to_numpy() & needs_sight
    unsure = int((linked & (found.chance < sure)).sum())
    counts = {str(verdict): int(count) for verdict, count in table["verdict"].value_counts(sort=False).items()}
    if as_json:
        rows = json.loads(table.to_json(orient="records", double_precision=6))
        typer.echo(
            json.dumps({"counts": counts, "cautions": cautions, "addresses": rows}, ensure_ascii=False, indent=2)
        )
    else:
        for told_first in cautions:
            typer.echo(told_first)
        for verdict, count in counts.items():
            typer.echo(f"{verdict:<12} {count}")
        typer.echo(words("cover_unknown" if ground.mosaic.cover is None else "cover_known"))
        if unsure:
            typer.echo(words("links.unsure", count=unsure, asked=sure))
        typer.echo(str(out))
