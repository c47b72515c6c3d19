"""A link report in words and in plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from alcance.errors import InputError, Problem

if TYPE_CHECKING:
    from alcance.radio.link import LinkReport
    from alcance.radio.obstruction import Obstruction

PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "clear": "clear",
        "grazing": "partly obstructed",
        "blocked": "blocked",
        "head": "{length:.2f} km at {ghz:g} GHz: {state}",
        "end": "{name}  lon {lon:.5f}, lat {lat:.5f}, ground {ground:.0f} m, antenna {height:g} m, "
        "bearing {bearing:.1f}°, tilt {tilt:+.2f}°",
        "loss": "Loss {total:.1f} dB: free space {free:.1f} + diffraction {diffraction:.1f}",
        "tightest": "Least clearance {clear:.1f} m ({share:.0%} of the first Fresnel zone; {required:.0%} asked for) "
        "at {km:.2f} km, lon {lon:.5f}, lat {lat:.5f}, ground {ground:.0f} m",
        "obstruction": "Obstruction {n} at {km:.2f} km ({start:.2f} to {end:.2f}), lon {lon:.5f}, lat {lat:.5f}, "
        "ground {ground:.0f} m: {missing:.1f} m of clearance lacking",
        "more": "and {n} smaller obstructions",
        "need": "To clear it: antenna A at {near:.1f} m, or antenna B at {far:.1f} m",
        "hopeless": "No mast clears it ({lowest:.0f} m would be needed): go round by a relay",
        "pairs": "Lowest masts that clear (A, B): {pairs}",
        "none": "No pair of masts up to {highest:g} m clears it",
        "budget": "{near} to {far}: {signal:.1f} dBm at the weaker end, margin {margin:.1f} dB of {fade:g} dB "
        "asked for: {closes}",
        "closes": "the budget closes",
        "fails": "the budget does not close",
        "high": "Above 10 GHz rain and gases weaken the signal; they are not counted here",
        "ground": "Ground",
        "bulge": "Earth's curvature ({metres:.0f} m)",
        "sight": "Line of sight",
        "zone": "First Fresnel zone (radius {metres:.0f} m)",
        "free_zone": "{share:.0%} that must be free",
        "intrusion": "Ground in the way",
        "x": "Distance [km]",
        "y": "Height above sea level [m]",
        "callout_line": "{km:.2f} km: ground {metres:.0f} m above the line",
        "callout_zone": "{km:.2f} km: {metres:.1f} m of clearance lacking",
        "callout_clear": "{km:.2f} km: least clearance, {share:.0%} of the zone",
        "sub": "free space {free:.1f} dB  +  diffraction {diffraction:.1f} dB  =  {total:.1f} dB",
    },
    "es": {
        "clear": "despejado",
        "grazing": "obstruido en parte",
        "blocked": "bloqueado",
        "head": "{length:.2f} km a {ghz:g} GHz: {state}",
        "end": "{name}  lon {lon:.5f}, lat {lat:.5f}, suelo {ground:.0f} m, antena {height:g} m, "
        "acimut {bearing:.1f}°, inclinación {tilt:+.2f}°",
        "loss": "Pérdida {total:.1f} dB: espacio libre {free:.1f} + difracción {diffraction:.1f}",
        "tightest": "Despeje mínimo {clear:.1f} m ({share:.0%} de la primera zona de Fresnel; se pide {required:.0%}) "
        "a {km:.2f} km, lon {lon:.5f}, lat {lat:.5f}, suelo {ground:.0f} m",
        "obstruction": "Obstrucción {n} a {km:.2f} km (de {start:.2f} a {end:.2f}), lon {lon:.5f}, lat {lat:.5f}, "
        "suelo {ground:.0f} m: faltan {missing:.1f} m de despeje",
        "more": "y {n} obstrucciones menores",
        "need": "Para despejarlo: antena A a {near:.1f} m, o antena B a {far:.1f} m",
        "hopeless": "Ningún mástil lo despeja (harían falta {lowest:.0f} m): rodéelo con un repetidor",
        "pairs": "Mástiles más bajos que lo despejan (A, B): {pairs}",
        "none": "Ningún par de mástiles de hasta {highest:g} m lo despeja",
        "budget": "{near} a {far}: {signal:.1f} dBm en el extremo más débil, margen {margin:.1f} dB de {fade:g} dB "
        "pedidos: {closes}",
        "closes": "el enlace cierra",
        "fails": "el enlace no cierra",
        "high": "Por encima de 10 GHz la lluvia y los gases debilitan la señal; aquí no se cuentan",
        "ground": "Terreno",
        "bulge": "Curvatura de la Tierra ({metres:.0f} m)",
        "sight": "Línea de vista",
        "zone": "Primera zona de Fresnel (radio {metres:.0f} m)",
        "free_zone": "{share:.0%} que debe quedar libre",
        "intrusion": "Terreno que estorba",
        "x": "Distancia [km]",
        "y": "Altura sobre el nivel del mar [m]",
        "callout_line": "{km:.2f} km: terreno {metres:.0f} m sobre la línea",
        "callout_zone": "{km:.2f} km: faltan {metres:.1f} m de despeje",
        "callout_clear": "{km:.2f} km: despeje mínimo, {share:.0%} de la zona",
        "sub": "espacio libre {free:.1f} dB  +  difracción {diffraction:.1f} dB  =  {total:.1f} dB",
    },
}
SHOWN_OBSTRUCTIONS = 3
TALLEST_MAST_M = 200.0


def phrases(lang: str) -> dict[str, str]:
    """Give the phrases of a language; InputError where it is not one of them."""
    if lang not in PHRASES:
        message = f"the languages are {', '.join(sorted(PHRASES))}"
        raise InputError([Problem("link", None, "lang", lang, message)])
    return PHRASES[lang]


def text(report: LinkReport, lang: str) -> str:
    """Say what matters about a link, a line per thing."""
    say = phrases(lang)
    lines = [say["head"].format(length=report.length_m / 1e3, ghz=report.freq_ghz, state=say[report.state])]
    for name, end in (("A", report.near), ("B", report.far)):
        lines.append(
            say["end"].format(
                name=name,
                lon=end.lon,
                lat=end.lat,
                ground=end.ground_m,
                height=end.height_m,
                bearing=end.bearing_deg,
                tilt=end.tilt_deg,
            )
        )
    lines.append(say["loss"].format(total=report.loss_db, free=report.free_space_db, diffraction=report.diffraction_db))
    if not report.obstructions:
        lines.append(
            say["tightest"].format(
                clear=report.tightest.clear_m,
                share=report.tightest.clear_share,
                required=report.clearance,
                km=report.tightest.distance_m / 1e3,
                lon=report.tightest.lon,
                lat=report.tightest.lat,
                ground=report.tightest.ground_m,
            )
        )
    for n, obstruction in enumerate(report.obstructions[:SHOWN_OBSTRUCTIONS], 1):
        lines.append(_obstruction_line(say, n, obstruction))
    if len(report.obstructions) > SHOWN_OBSTRUCTIONS:
        lines.append(say["more"].format(n=len(report.obstructions) - SHOWN_OBSTRUCTIONS))
    needed = (report.near.required_height_m, report.far.required_height_m)
    if report.obstructions and min(needed) <= TALLEST_MAST_M:
        lines.append(say["need"].format(near=needed[0], far=needed[1]))
    elif report.obstructions:
        lines.append(say["hopeless"].format(lowest=min(needed)))
    if report.lowest_classes_m:
        pairs = ", ".join(f"{near:g}–{far:g} m" for near, far in report.lowest_classes_m)
        lines.append(say["pairs"].format(pairs=pairs))
    else:
        lines.append(say["none"].format(highest=report.classes_m[-1]))
    if report.budget is not None:
        budget = report.budget
        lines.append(
            say["budget"].format(
                near=budget.near_id,
                far=budget.far_id,
                signal=min(budget.received_near_dbm, budget.received_far_dbm),
                margin=budget.margin_db,
                fade=budget.fade_margin_db,
                closes=say["closes" if budget.closes else "fails"],
            )
        )
    if report.freq_ghz > 10:
        lines.append(say["high"])
    return "\n".join(lines)


def as_dict(report: LinkReport) -> dict[str, Any]:
    """Give a link as plain data: places to 1e-6 degree, lengths to 0.01 m, losses to 0.01 dB."""
    budget = None
    if report.budget is not None:
        budget = {**asdict(report.budget), "closes": report.budget.closes}
    return {
        "state": report.state,
        "length_m": round(report.length_m, 2),
        "freq_ghz": report.freq_ghz,
        "k_factor": report.k_factor,
        "clearance": report.clearance,
        "step_m": round(report.step_m, 2),
        "near": _rounded(asdict(report.near)),
        "far": _rounded(asdict(report.far)),
        "free_space_db": report.free_space_db,
        "diffraction_db": report.diffraction_db,
        "bullington_db": report.bullington_db,
        "spherical_db": report.spherical_db,
        "loss_db": report.loss_db,
        "tightest": _rounded(asdict(report.tightest)),
        "obstructions": [_rounded(asdict(obstruction)) for obstruction in report.obstructions],
        "classes_m": list(report.classes_m),
        "lowest_classes_m": [list(pair) for pair in report.lowest_classes_m],
        "budget": budget,
        "profile": {
            "distance_m": [round(float(value), 2) for value in report.distance_m],
            "ground_m": [round(float(value), 2) for value in report.ground_m],
            "bulge_m": [round(float(value), 2) for value in report.bulge_m],
            "sight_m": [round(float(value), 2) for value in report.sight_m],
            "fresnel_m": [round(float(value), 2) for value in report.fresnel_m],
        },
    }


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    digits = {"lon": 6, "lat": 6, "clear_share": 4, "tilt_deg": 3}
    return {name: round(value, digits.get(name, 2)) for name, value in values.items()}


def _obstruction_line(say: dict[str, str], n: int, obstruction: Obstruction) -> str:
    return say["obstruction"].format(
        n=n,
        km=obstruction.distance_m / 1e3,
        start=obstruction.start_m / 1e3,
        end=obstruction.end_m / 1e3,
        lon=obstruction.lon,
        lat=obstruction.lat,
        ground=obstruction.ground_m,
        missing=obstruction.missing_m,
    )
