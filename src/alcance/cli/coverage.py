"""The command on coverage: what arrives around a tower, and the service that is."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alcance.cli import radio_inputs as given
from alcance.cli.app import Json, Language, Quiet, app, progress_line, told
from alcance.cli.radio import NUMBERS
from alcance.errors import InputError, Problem

if TYPE_CHECKING:
    from alcance.radio.antenna import Pattern
    from alcance.radio.coverage import Coverage, Tower

MODELS = ("free_space", "bullington", "delta_bullington", "p1812", "itm")
TIMES_PCT = {"p1812": (1.0, 50.0), "itm": (0.01, 99.99)}


@app.command(context_settings=NUMBERS)
def coverage(
    where: Annotated[
        list[float] | None, typer.Argument(metavar="[LON LAT HEIGHT]", help="The tower, if not --tower.")
    ] = None,
    dem: given.Dem = None,
    pack: given.PackOption = None,
    tower: Annotated[str | None, typer.Option("--tower", help="Tower of the pack, with its sectors.")] = None,
    radio: Annotated[
        str | None, typer.Option("--radio", help="Radio on the tower (default: the tower's); its client receives.")
    ] = None,
    radios_file: given.RadiosFile = None,
    freq_ghz: Annotated[float | None, typer.Option("--ghz", help="In place of a radio: frequency.")] = None,
    eirp_dbm: Annotated[float | None, typer.Option("--eirp", help="In place of a radio: power radiated, dBm.")] = None,
    gain_dbi: Annotated[
        float | None, typer.Option("--gain", help="In place of a radio: gain of the tower's antenna, dBi.")
    ] = None,
    receiver_dbi: Annotated[
        float | None, typer.Option("--receiver-gain", help="In place of a radio: gain of the receiving antenna, dBi.")
    ] = None,
    rate: given.Rates = None,
    azimuth: Annotated[
        list[float] | None,
        typer.Option("--azimuth", help="Where a sector points, degrees; may be repeated (default: all round)."),
    ] = None,
    beamwidth_deg: Annotated[
        float | None, typer.Option("--beamwidth", help="Width of a sector, degrees (default: the radio's).")
    ] = None,
    tilt_deg: Annotated[
        float | None, typer.Option("--tilt", help="Downtilt, degrees (default: the tower's or the radio's, or level).")
    ] = None,
    pattern: Annotated[Path | None, typer.Option("--pattern", help="Measured antenna pattern, an MSI file.")] = None,
    radius_km: Annotated[float, typer.Option("--radius", help="Radius, km, up to 100.")] = 15.0,
    receiver_m: Annotated[float, typer.Option("--receiver", help="Receiving antenna, m above ground.")] = 6.0,
    model: Annotated[str, typer.Option("--model", help=" | ".join(MODELS))] = "delta_bullington",
    time_pct: Annotated[float, typer.Option("--time", help="Share of the time for p1812 and itm, %.")] = 50.0,
    classes: Annotated[
        str | None,
        typer.Option("--classes", metavar="MBPS,MBPS", help="Least rate of each class (default: the rates)."),
    ] = None,
    fade_db: given.Fade = None,
    n0: given.N0 = None,
    delta_n: given.DeltaN = None,
    climate: given.Climate = None,
    gaps: Annotated[
        str, typer.Option("--gaps", help="raise | no_data: refuse a disc that lacks ground, or leave out what does.")
    ] = "raise",
    tif: Annotated[Path | None, typer.Option("--tif", help="Raster to write: cloud-optimised GeoTIFF.")] = None,
    gpkg: Annotated[Path | None, typer.Option("--gpkg", help="Polygons to write, by class.")] = None,
    png: Annotated[Path | None, typer.Option("--png", help="Picture to write.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="What the picture is called.")] = None,
    lang: Language = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Tell what arrives around a tower and what service that is: areas by class, raster, polygons, picture."""
    with told(), progress_line(quiet) as tell:
        from alcance.radio.antenna import read_msi
        from alcance.radio.coverage import Tower, coverage_png, write_cog, write_polygons
        from alcance.radio.coverage import coverage as cover

        ground = given.Ground.of(dem, pack, tell)
        words = ground.language(lang)
        fade = ground.margin(fade_db)
        if fade is None:
            raise typer.BadParameter("give the margin to keep against fading: --fade DB")
        if model not in MODELS:
            raise InputError([Problem("coverage", None, "model", model, f"a model is one of {', '.join(MODELS)}")])
        least, most = TIMES_PCT.get(model, (-math.inf, math.inf))
        if not least <= time_pct <= most:
            message = f"the share of the time for {model} is {least:g} to {most:g} %"
            raise InputError([Problem("coverage", None, "time", f"{time_pct:g}", message)])
        row = _tower_row(ground, tower)
        lon, lat, height_m = _place(where, row)
        if radio is None and row is not None and row["equipment_id"] is not None and eirp_dbm is None:
            radio = str(row["equipment_id"])
        by_hand = (freq_ghz, eirp_dbm, gain_dbi, receiver_dbi)
        measured = read_msi(pattern, 0.0) if pattern is not None else None
        near, far = _radios(ground, radio, radios_file, by_hand, rate or [], measured)
        antennas = _patterns(ground, row, near, radios_file, azimuth or [], beamwidth_deg, tilt_deg, pattern)
        towers = [Tower(lon, lat, height_m, antenna) for antenna in antennas]
        grid = _window(ground, lon, lat, radius_km)
        air = ground.air(n0, delta_n, None, climate)
        chosen, nearest_m = _model(model, near.freq_ghz, air, lat, time_pct, grid.cell_m)
        covered = cover(
            grid, towers, near, far, receiver_height_m=receiver_m, radius_m=1e3 * radius_km,
            classes_mbps=_classes(classes, far.rates.rate_mbps.tolist()), fade_margin_db=fade, model=chosen,
            model_nearest_m=nearest_m, gaps=gaps, progress=tell,
            **{name: value for name, value in ground.sight().items() if name == "k_factor"},
        )  # fmt: skip
        cautions = ground.cautions(words, [] if tower is None else [tower])
        if tif is not None:
            write_cog(covered, tif)
        if gpkg is not None:
            write_polygons(covered, gpkg)
        if png is not None:
            named = " · ".join([title or tower or f"{lon:.4f}, {lat:.4f}", *(told.split(":")[0] for told in cautions)])
            coverage_png(covered, grid, png, words, title=named)
        answer = _answer(covered, chosen, time_pct, cover_known=grid.cover_m is not None)
        answer["cautions"] = cautions
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2) if as_json else _text(answer, words))


def _tower_row(ground: given.Ground, tower: str | None) -> dict[str, Any] | None:
    """The pack's row of a tower, empty cells as None."""
    if tower is None:
        return None
    if ground.pack is None:
        raise typer.BadParameter("a tower is named in a pack: give --pack")
    table = ground.pack.table("towers")
    rows = table[table["tower_id"] == tower]
    if rows.empty:
        known = ", ".join(table["tower_id"].astype(str).head(20)) or "no towers"
        raise InputError([Problem("towers", None, "tower_id", tower, f"is not in the pack; it has {known}")])
    present = rows.notna().to_dict("records")[0]
    return {str(name): value if present[name] else None for name, value in rows.to_dict("records")[0].items()}


def _place(where: list[float] | None, row: dict[str, Any] | None) -> tuple[float, float, float]:
    """Where the tower stands."""
    if (row is not None) == bool(where):
        raise typer.BadParameter("say where the tower stands: LON LAT HEIGHT, or --tower ID of a pack")
    if row is not None:
        return float(row["lon"]), float(row["lat"]), float(row["height_m"])
    if where is None or len(where) != 3:
        raise typer.BadParameter("a tower is three numbers: LON LAT HEIGHT")
    return where[0], where[1], where[2]


def _radios(
    ground: given.Ground,
    radio: str | None,
    file: Path | None,
    by_hand: tuple[float | None, ...],
    rates: list[str],
    measured: Pattern | None,
) -> tuple[Any, Any]:
    """The radio on the tower and the one that receives."""
    freq_ghz, eirp_dbm, gain_dbi, receiver_dbi = by_hand
    if radio is not None:
        if any(value is not None for value in by_hand) or rates:
            raise typer.BadParameter("give a radio (--radio, or a tower's) or figures (--ghz, --eirp, ...), not both")
        known = ground.radios(file)
        near = given.pick(known, radio)
        return near, given.pick(known, near.pairs_with or radio)
    gain_dbi = measured.peak_dbi if measured is not None and gain_dbi is None else gain_dbi
    if freq_ghz is None or eirp_dbm is None or gain_dbi is None or receiver_dbi is None or not rates:
        raise typer.BadParameter(
            "give a radio (--radio ID), or --ghz, --eirp, --gain (or --pattern), --receiver-gain and --rate DBM=MBPS"
        )
    near = given.free_radio("tower", freq_ghz, eirp_dbm - gain_dbi, gain_dbi, rates)
    return near, given.free_radio("receiver", freq_ghz, 0.0, receiver_dbi, rates)


def _patterns(
    ground: given.Ground,
    row: dict[str, Any] | None,
    near: Any,
    file: Path | None,
    azimuths_deg: list[float],
    beamwidth_deg: float | None,
    tilt_deg: float | None,
    measured: Path | None,
) -> list[Pattern]:
    """The tower's antennas: a measured one, those of the tower or the radio in the pack, or the reference pattern."""
    from alcance.radio.antenna import Omni, ReferenceSector, read_msi

    if measured is not None:
        return [read_msi(measured, azimuth, downtilt_deg=tilt_deg or 0.0) for azimuth in azimuths_deg or [0.0]]
    of_pack = ground.pack is not None and file is None and near.equipment_id in ground.pack.radios()
    if of_pack and ground.pack is not None and beamwidth_deg is None:
        from alcance.pack.check_towers import azimuths
        from alcance.radio.ring import tower_pattern

        pointing = azimuths_deg or None
        if row is not None:
            pointing = pointing or (None if row["azimuths_deg"] is None else list(azimuths(str(row["azimuths_deg"]))))
            tilt_deg = row["downtilt_deg"] if tilt_deg is None else tilt_deg
        return [tower_pattern(ground.pack.antennas(near.equipment_id), pointing, tilt_deg)]
    if not azimuths_deg:
        return [Omni(near.antenna_gain_dbi, downtilt_deg=tilt_deg or 0.0)]
    if beamwidth_deg is None:
        raise typer.BadParameter("a sector has a width: give --beamwidth DEGREES, or --pattern FILE")
    return [
        ReferenceSector(near.antenna_gain_dbi, azimuth, beamwidth_deg, downtilt_deg=tilt_deg or 0.0)
        for azimuth in azimuths_deg
    ]


def _window(ground: given.Ground, lon: float, lat: float, radius_km: float) -> Any:
    """Read the ground of the disc with some cells to spare."""
    from alcance.radio.coverage.disc import HIGHEST_LAT, MAX_RADIUS_M
    from alcance.terrain import EARTH_RADIUS_M

    problems = []
    if not 0 < radius_km <= MAX_RADIUS_M / 1e3:
        message = f"a radius is more than 0 and at most {MAX_RADIUS_M / 1e3:g} km"
        problems.append(Problem("coverage", None, "radius", str(radius_km), message))
    if not abs(lat) <= HIGHEST_LAT:
        message = f"a tower stands within {HIGHEST_LAT:g} degrees of the equator; the order is LON LAT HEIGHT"
        problems.append(Problem("coverage", None, "lat", str(lat), message))
    if not abs(lon) <= 180:
        message = "a longitude is a number from -180 to 180; the order is LON LAT HEIGHT"
        problems.append(Problem("coverage", None, "lon", str(lon), message))
    if problems:
        raise InputError(problems)
    spare = 8 * ground.mosaic.sources[-1].resolution_deg
    up = math.degrees(radius_km * 1e3 / EARTH_RADIUS_M) + spare
    aside = up / math.cos(math.radians(lat)) + spare
    return ground.mosaic.window(lon - aside, lat - up, lon + aside, lat + up)


def _model(name: str, freq_ghz: float, air: Any, lat: float, time_pct: float, cell_m: float) -> tuple[Any, float]:
    """The model, and the shortest path that it knows."""
    from alcance.radio.coverage import ItmModel, P1812Model

    if name == "p1812":
        by_time = P1812Model(freq_ghz, air, lat, time_pct=time_pct)
        return by_time, by_time.nearest_m(cell_m)
    if name == "itm":
        irregular = ItmModel(freq_ghz, air, time_pct=time_pct)
        return irregular, irregular.nearest_m(cell_m)
    return name, 0.0


def _classes(text: str | None, rates_mbps: list[float]) -> list[float]:
    """Least rate of each class: as asked, else five of the rates at most."""
    if text is None:
        step = -(-len(rates_mbps) // 5)
        return rates_mbps[::step]
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        message = "classes are written as ascending rates with commas, such as 10,25,50"
        raise InputError([Problem("coverage", None, "classes", text, message)]) from None


def _answer(covered: Coverage, model: Any, time_pct: float, *, cover_known: bool) -> dict[str, Any]:
    """What was found, as plain data."""
    areas = [round(float(area), 3) for area in covered.area_km2()]
    tower: Tower = covered.towers[0]
    doubts = getattr(model, "doubts", {})
    return {
        "lon": tower.lon,
        "lat": tower.lat,
        "height_m": tower.height_m,
        "freq_ghz": covered.freq_ghz,
        "model": covered.model,
        "time_pct": time_pct if covered.model in {"p1812", "itm"} else None,
        "cover_counted": cover_known and covered.model not in {"free_space", "itm"},
        "radius_km": covered.radius_m / 1e3,
        "classes_mbps": list(covered.classes_mbps),
        "below_km2": areas[0],
        "class_km2": areas[1:],
        "served_km2": round(sum(areas[1:]), 3),
        "doubts": {name: round(count / model.paths, 6) for name, count in sorted(doubts.items())},
    }


def _text(answer: dict[str, Any], lang: str) -> str:
    """Say it in a few lines."""
    from alcance.radio.words import words

    say = words(lang)
    model = say(f"coverage.{answer['model']}", time=answer["time_pct"])
    place = {"lon": answer["lon"], "lat": answer["lat"], "height": answer["height_m"]}
    lines = [
        *answer["cautions"],
        say("coverage.head", ghz=answer["freq_ghz"], model=model, km=answer["radius_km"], **place),
    ]
    total = answer["below_km2"] + answer["served_km2"]
    reached = 0.0
    for rate, area in reversed(list(zip(answer["classes_mbps"], answer["class_km2"], strict=True))):
        reached += area
        lines.append(say("coverage.class", rate=rate, area=reached, share=reached / total if total else 0.0))
    lines.append(say("coverage.below", rate=answer["classes_mbps"][0], area=answer["below_km2"]))
    lines += [say("coverage.doubt", share=share, doubt=say(f"itm.{name}")) for name, share in answer["doubts"].items()]
    if answer["model"] != "free_space":
        lines.append("  " + say("cover_known" if answer["cover_counted"] else "cover_unknown"))
    return "\n".join(lines)
