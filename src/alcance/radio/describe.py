"""A link report in words and in plain data."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from alcance.radio.words import Words, words

if TYPE_CHECKING:
    from alcance.radio.comparison import ModelLoss
    from alcance.radio.link_budget import Budget, Direction, RateStep
    from alcance.radio.link_report import Chances, LinkReport
    from alcance.radio.obstruction import Obstruction

SHOWN_OBSTRUCTIONS = 3
TALLEST_MAST_M = 200.0


def text(report: LinkReport, lang: str) -> str:
    """Say what matters about a link, a line per thing."""
    say = words(lang)
    lines = [say("head", length=report.length_m / 1e3, ghz=report.freq_ghz, state=say(report.state))]
    for name, end in (("A", report.near), ("B", report.far)):
        lines.append(
            say(
                "end", name=name, lon=end.lon, lat=end.lat, ground=end.ground_m, height=end.height_m,
                bearing=end.bearing_deg, tilt=end.tilt_deg,
            )
        )  # fmt: skip
    lines += _sight_lines(say, report)
    lines.append(
        say(
            "loss", total=report.loss_db, free=report.free_space_db, diffraction=report.diffraction_db,
            gas=report.gas_db,
        )
    )  # fmt: skip
    lines.append(say("cover_known" if report.cover_known else "cover_unknown"))
    lines.append(say("models"))
    lines += [say("model_line", name=model_name(say, model), value=model_value(say, model)) for model in report.models]
    if report.budget is not None:
        lines += _budget_lines(say, report.budget)
    return "\n".join(lines)


def _sight_lines(say: Words, report: LinkReport) -> list[str]:
    lines = []
    if not report.obstructions:
        worst = report.tightest
        lines.append(
            say(
                "tightest", clear=worst.clear_m, share=worst.clear_share, required=report.clearance,
                km=worst.distance_m / 1e3, lon=worst.lon, lat=worst.lat, ground=worst.ground_m,
            )
        )  # fmt: skip
    for n, obstruction in enumerate(report.obstructions[:SHOWN_OBSTRUCTIONS], 1):
        lines.append(_obstruction_line(say, n, obstruction))
    if len(report.obstructions) > SHOWN_OBSTRUCTIONS:
        hidden = len(report.obstructions) - SHOWN_OBSTRUCTIONS
        lines.append(say("more", n=hidden) if hidden > 1 else say("more_one"))
    needed = (report.near.required_height_m, report.far.required_height_m)
    if report.obstructions and min(needed) <= TALLEST_MAST_M:
        lines.append(say("need", near=needed[0], far=needed[1]))
    elif report.obstructions:
        lines.append(say("hopeless", lowest=min(needed)))
    lines.append(mast_line(say, report))
    if report.chances is not None:
        lines.append(chance_line(say, report.chances))
    return lines


def chance_line(say: Words, chances: Chances) -> str:
    """Say how sure it is that the path is clear, and how far the elevation errs along it."""
    least, most = chances.sigma_m
    one = f"{least:.3g}" == f"{most:.3g}"
    sigma = f"{least:.3g}" if one else say("sigma_range", least=least, most=most)
    return say("chance", chance=_sure(chances.asked), sigma=sigma, length=chances.doubt.correlation_length_m)


def _sure(chance: float) -> float:
    """Round a chance down to hundredths, so that "at least" stays true; none is ever called 100 %."""
    return min(math.floor(chance * 100 + 1e-9) / 100, 0.99)


def mast_line(say: Words, report: LinkReport) -> str:
    """Name the lowest masts that clear the path, with how sure that is where it is known."""
    if not report.lowest_classes_m:
        return say("none", highest=report.classes_m[-1])
    if report.chances is None:
        pairs = [say("pair", near=near, far=far) for near, far in report.lowest_classes_m]
    else:
        pairs = [
            say("pair_chance", near=near, far=far, chance=_sure(chance))
            for (near, far), chance in zip(report.lowest_classes_m, report.chances.classes, strict=True)
        ]
    return say("pairs", pairs=", ".join(pairs))


def model_name(say: Words, model: ModelLoss) -> str:
    """Name a model with the share of time that it is for."""
    return say(f"model.{model.model}", time=model.time_pct) if model.time_pct else say(f"model.{model.model}")


def model_value(say: Words, model: ModelLoss) -> str:
    """Say a model's loss with its doubts, or why there is none."""
    if model.reason is not None or model.loss_db is None:
        return say("model_none", reason=model.reason.text(say) if model.reason is not None else "")
    if model.warnings:
        return say("model_doubts", loss=model.loss_db, doubts="; ".join(say(f"itm.{name}") for name in model.warnings))
    return say("model_loss", loss=model.loss_db)


def _budget_lines(say: Words, budget: Budget) -> list[str]:
    lines = []
    outside: dict[str, None] = {}
    for direction in (budget.outward, budget.inward):
        lines.append(_direction_line(say, direction, budget.fade_margin_db))
        if budget.reason is not None:
            continue
        step = direction.best or direction.rates[0]
        lines.append(availability_line(say, step))
        if step.availability is not None:
            outside.update(dict.fromkeys(step.availability.outside))
        if budget.target_pct is not None:
            there = direction.available(budget.target_pct)
            key = "available_none" if there is None else "available"
            lines.append(say(key, target=budget.target_pct, rate=there.rate_mbps if there is not None else 0))
    lines += [say(f"outside.{name}") for name in outside]
    if budget.reason is not None:
        lines.append(say("no_availability", reason=budget.reason.text(say)))
    lines.append(say("closes" if budget.closes else "fails"))
    return lines


def _direction_line(say: Words, direction: Direction, fade_margin_db: float) -> str:
    best = direction.best
    rate = say("rate_none", fade=fade_margin_db)
    if best is not None:
        rate = say("rate_kept", rate=best.rate_mbps, fade=fade_margin_db)
    return say(
        "direction", transmitter=direction.transmitter_id, receiver=direction.receiver_id, eirp=direction.eirp_dbm,
        signal=direction.received_dbm, margin=direction.margin_db, rate=rate,
    )  # fmt: skip


def availability_line(say: Words, step: RateStep) -> str:
    """Say how much of the year a rate is there, and what takes it away."""
    found = step.availability
    if found is None:
        return ""
    return say(
        "availability", rate=step.rate_mbps, percent=share_of_year(found.availability_pct),
        hours=hours(found.hours_year), multipath=small_share(found.multipath_pct), rain=small_share(found.rain_pct),
    )  # fmt: skip


def share_of_year(percent: float) -> str:
    """Write an availability with as many nines as it has.

    Examples
    --------
    >>> share_of_year(99.9876), share_of_year(99.999973), share_of_year(93.2)
    ('99.988 %', '99.99997 %', '93.2 %')
    """
    missing, digits = 100 - percent, 1
    while digits < 5 and missing < 10.0 ** (1 - digits):
        digits += 1
    shown = f"{percent:.{digits}f}"
    return f"> {100 - 10**-digits:.{digits}f} %" if float(shown) >= 100 > percent else f"{shown} %"


def small_share(percent: float) -> str:
    """Write a share of the year that is lost.

    Examples
    --------
    >>> small_share(0.0), small_share(4e-6), small_share(0.0123)
    ('0 %', '< 0.0001 %', '0.0123 %')
    """
    return "< 0.0001 %" if 0 < percent < 1e-4 else f"{percent:.3g} %"


def hours(number: float) -> str:
    """Write hours a year.

    Examples
    --------
    >>> hours(0.0), hours(1234.5), hours(0.5)
    ('< 0.01', '1234', '0.5')
    """
    if number < 0.01:
        return "< 0.01"
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def as_dict(report: LinkReport) -> dict[str, Any]:
    """Give a link as plain data: places to 1e-6 degree, lengths to 0.01 m, losses to 0.01 dB."""
    chances = None
    if report.chances is not None:
        chances = {**asdict(report.chances.doubt), "asked": report.chances.asked}
        chances["sigma_along_m"] = [round(sigma, 2) for sigma in report.chances.sigma_m]
        chances["lowest_classes"] = list(report.chances.classes)
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
        "cover_known": report.cover_known,
        "gas_db": report.gas_db,
        "loss_db": report.loss_db,
        "tightest": _rounded(asdict(report.tightest)),
        "obstructions": [_rounded(asdict(obstruction)) for obstruction in report.obstructions],
        "classes_m": list(report.classes_m),
        "lowest_classes_m": [list(pair) for pair in report.lowest_classes_m],
        "chances": chances,
        "air": asdict(report.air),
        "models": [_model(model) for model in report.models],
        "budget": None if report.budget is None else _budget(report.budget),
        "profile": {
            "distance_m": [round(float(value), 2) for value in report.distance_m],
            "ground_m": [round(float(value), 2) for value in report.ground_m],
            "cover_m": [round(float(value), 2) for value in report.cover_m],
            "bulge_m": [round(float(value), 2) for value in report.bulge_m],
            "sight_m": [round(float(value), 2) for value in report.sight_m],
            "fresnel_m": [round(float(value), 2) for value in report.fresnel_m],
        },
    }


def _model(model: ModelLoss) -> dict[str, Any]:
    return {
        "model": model.model,
        "time_pct": model.time_pct,
        "loss_db": model.loss_db,
        "warnings": list(model.warnings),
        "reason": None if model.reason is None else model.reason.as_dict(),
    }


def _budget(budget: Budget) -> dict[str, Any]:
    return {
        "near_id": budget.near_id,
        "far_id": budget.far_id,
        "margin_db": budget.margin_db,
        "fade_margin_db": budget.fade_margin_db,
        "target_pct": budget.target_pct,
        "closes": budget.closes,
        "availability_reason": None if budget.reason is None else budget.reason.as_dict(),
        "outward": _direction(budget.outward, budget.target_pct),
        "inward": _direction(budget.inward, budget.target_pct),
    }


def _direction(direction: Direction, target_pct: float | None) -> dict[str, Any]:
    best = direction.best
    there = None if target_pct is None else direction.available(target_pct)
    return {
        "transmitter_id": direction.transmitter_id,
        "receiver_id": direction.receiver_id,
        "eirp_dbm": direction.eirp_dbm,
        "received_dbm": direction.received_dbm,
        "margin_db": direction.margin_db,
        "best_mbps": 0.0 if best is None else best.rate_mbps,
        "available_mbps": None if target_pct is None else 0.0 if there is None else there.rate_mbps,
        "rates": [_step(step) for step in direction.rates],
    }


def _step(step: RateStep) -> dict[str, Any]:
    values = asdict(step)
    if step.availability is not None:
        values["availability"]["outside"] = list(step.availability.outside)
        values["availability"]["availability_pct"] = step.availability.availability_pct
        values["availability"]["hours_year"] = step.availability.hours_year
    return values


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    digits = {"lon": 6, "lat": 6, "clear_share": 4, "tilt_deg": 3}
    return {name: round(value, digits.get(name, 2)) for name, value in values.items()}


def _obstruction_line(say: Words, n: int, obstruction: Obstruction) -> str:
    key = "obstruction_cover" if obstruction.cover_m > 0 else "obstruction"
    return say(
        key, n=n, km=obstruction.distance_m / 1e3, start=obstruction.start_m / 1e3,
        end=obstruction.end_m / 1e3, lon=obstruction.lon, lat=obstruction.lat, ground=obstruction.ground_m,
        missing=obstruction.missing_m, cover=obstruction.cover_m,
    )  # fmt: skip
