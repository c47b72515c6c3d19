"""What the commands on radio are given: ground, air, radios, doubt; from a pack or by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alcance.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from alcance.pack import Pack
    from alcance.radio import Air, Doubt, Equipment
    from alcance.terrain import Mosaic

Dem = Annotated[
    list[Path] | None, typer.Option("--dem", help="Elevation file or folder; may be repeated. Or give --pack.")
]
PackOption = Annotated[
    Path | None, typer.Option("--pack", help="Country pack: ground, radio climate, equipment, policies.")
]
N0 = Annotated[float | None, typer.Option("--n0", help="Refractivity at sea level, N-units (default: the pack's).")]
DeltaN = Annotated[
    float | None, typer.Option("--delta-n", help="Its lapse in the lowest km, N-units/km (default: the pack's).")
]
Rain = Annotated[
    float | None, typer.Option("--rain", help="Rain rate of 0.01 % of a year, mm/h (default: the pack's).")
]
Climate = Annotated[int | None, typer.Option("--climate", help="ITM radio climate, 1 to 7 (default: the pack's).")]
Availability = Annotated[
    float | None, typer.Option("--availability", help="Share of the year wanted, % (default: the pack's policy).")
]
Fade = Annotated[
    float | None, typer.Option("--fade", help="Margin to keep against fading, dB (default: the pack's policy).")
]
Sigma = Annotated[
    float | None, typer.Option("--sigma", help="Standard deviation of the elevation error, m (default: the pack's).")
]
Correlation = Annotated[
    float | None, typer.Option("--correlation", help="Distance over which it stays alike, m (default: the pack's).")
]
RadiosFile = Annotated[
    Path | None, typer.Option("--radios", help="Radios of your own: a CSV of equipment, with rates.csv beside it.")
]
Rates = Annotated[
    list[str] | None,
    typer.Option("--rate", metavar="DBM=MBPS", help="Weakest signal and what it carries; may be repeated."),
]


MOST_FADE_DB = 100.0
# What a radio of the pack may have, too.
RANGES = {
    "power": (-30.0, 60.0, "dBm into the antenna"),
    "gain": (-10.0, 60.0, "dBi"),
    "sensitivity": (-130.0, 0.0, "dBm"),
}


@dataclass(frozen=True)
class Ground:
    """The ground, and the pack that it is from.

    Parameters
    ----------
    mosaic
        Elevation.
    pack
        The pack, or None where elevation files were given.
    """

    mosaic: Mosaic
    pack: Pack | None

    @classmethod
    def of(
        cls, dem: Sequence[Path] | None, pack: Path | None, tell: Callable[[str, float], None] | None = None
    ) -> Ground:
        """Open elevation files or a pack; wrong usage where both or none are given."""
        if bool(dem) == (pack is not None):
            raise typer.BadParameter("give elevation files (--dem FILE, repeated) or a pack (--pack PACK), one of them")
        if pack is None:
            from alcance.terrain import Mosaic

            return cls(Mosaic.open(list(dem or [])), None)
        from alcance.pack import read_pack

        read = read_pack(pack, tell)
        return cls(read.terrain(), read)

    def air(self, n0: float | None, delta_n: float | None, rain: float | None, climate: int | None) -> Air:
        """Give the radio climate: what is given by hand, else the pack's, else what is not known."""
        from alcance.radio import Air

        if self.pack is not None:
            radio = self.pack.meta.radio
            n0 = radio.n0.value if n0 is None else n0
            delta_n = radio.delta_n.value if delta_n is None else delta_n
            rain = radio.rain_001_mm_h.value if rain is None else rain
            climate = int(radio.itm_climate.value) if climate is None else climate
        return Air(n0, delta_n, rain, climate)

    def doubt(self, sigma: float | None, correlation: float | None) -> Doubt | None:
        """Give the error of the elevation; None where nothing is known of it."""
        from alcance.radio import Doubt

        if self.pack is not None:
            notes = self.pack.meta.terrain
            law = notes.error_by_relief
            if law is not None and sigma is None and (correlation is None or 0 < correlation < float("inf")):
                length_m = notes.correlation_length_m.value if correlation is None else correlation
                return Doubt(law.floor_m, length_m, law.share, law.relief_radius_m)
            sigma = notes.error_sigma_m.value if sigma is None else sigma
            correlation = notes.correlation_length_m.value if correlation is None else correlation
        if sigma is None and correlation is None:
            return None
        problems = [
            Problem("link", None, name, "" if value is None else str(value), "give --sigma and --correlation, positive")
            for name, value in (("sigma", sigma), ("correlation", correlation))
            if value is None or not 0 < value < float("inf")
        ]
        if problems or sigma is None or correlation is None:
            raise InputError(problems)
        return Doubt(sigma, correlation)

    def margin(self, given: float | None) -> float | None:
        """Give the margin to keep against fading, where it is known; less than none is refused."""
        fade_db = self.policy("fade_margin_db", given)
        if fade_db is not None and not 0 <= fade_db <= MOST_FADE_DB:
            message = f"the margin to keep against fading is 0 to {MOST_FADE_DB:g} dB"
            raise InputError([Problem("radio", None, "fade", f"{fade_db:g}", message)])
        return fade_db

    def policy(self, name: str, given: float | None) -> float | None:
        """Give a value by hand, else the pack's policy, else None."""
        if given is not None or self.pack is None:
            return given
        return float(self.pack.policy(name))

    def sight(self) -> dict[str, Any]:
        """What the pack says of clear paths, as parameters."""
        if self.pack is None:
            return {}
        return {
            "k_factor": float(self.pack.policy("k_factor")),
            "clearance": float(self.pack.policy("fresnel_clearance")),
        }

    def language(self, lang: str | None) -> str:
        """Language of the answer: as asked, else the pack's where it is known, else English."""
        from alcance.radio.words import LANGUAGES, words

        if lang is not None:
            return words(lang).code
        own = "" if self.pack is None else self.pack.meta.language.split("-")[0]
        return own if own in LANGUAGES else "en"

    @property
    def screening_only(self) -> bool:
        """Whether the pack's ground is too coarse to promise any single link on it."""
        return self.pack is not None and self.pack.meta.terrain.screening_only

    def illustrative(self, towers: Sequence[str]) -> list[bool]:
        """Tell of each tower whether its provider is invented for a demonstration."""
        if self.pack is None:
            return [False] * len(towers)
        providers = self.pack.table("providers").set_index("provider_id")["illustrative"].astype(bool)
        owner = self.pack.table("towers").set_index("tower_id")["provider_id"]
        return [bool(providers.get(owner.get(tower), False)) for tower in towers]

    def cautions(self, lang: str, towers: Sequence[str] = ()) -> list[str]:
        """Say what every output over this ground must say: that it is coarse, that towers are invented."""
        from alcance.radio.words import words

        say, told = words(lang), []
        if self.pack is not None and self.screening_only:
            told.append(say("caution.screening", arcsec=self.pack.meta.terrain.resolution_arcsec))
        invented = [tower for tower, is_so in zip(towers, self.illustrative(towers), strict=True) if is_so]
        if invented:
            named = ", ".join(invented) if len(invented) <= 3 else say("caution.towers")
            told.append(say("caution.illustrative", towers=named))
        return told

    def radios(self, file: Path | None) -> dict[str, Equipment]:
        """Give the radios of a file, else the pack's."""
        if file is not None:
            from alcance.pack.loose import read_radios

            return read_radios(file)
        if self.pack is None:
            message = "radios are named in a pack (--pack) or a file (--radios); or give --power, --gain and --rate"
            raise InputError([Problem("radios", None, "", "", message)])
        return self.pack.radios()


def pick(radios: dict[str, Equipment], key: str) -> Equipment:
    """Give a radio by its key; InputError naming those there are."""
    if key not in radios:
        message = f"is not among the radios: {', '.join(radios)}"
        raise InputError([Problem("radios", None, "equipment_id", key, message)])
    return radios[key]


def free_radio(name: str, freq_ghz: float, power_dbm: float, gain_dbi: float, rates: Sequence[str]) -> Equipment:
    """Make a radio of figures given by hand."""
    from alcance.radio import Equipment
    from alcance.radio.rates import RateTable

    pairs = sorted(_rate(text) for text in rates)
    if not pairs:
        message = "give at least one --rate DBM=MBPS, such as --rate -80=40"
        raise InputError([Problem("radios", None, "rate", "", message)])
    values = [("power", power_dbm), ("gain", gain_dbi), *(("sensitivity", signal) for signal, _ in pairs)]
    problems = [
        Problem("radios", None, f"{quantity} of the {name}", f"{value:g}", f"is {low:g} to {high:g} {unit}")
        for quantity, value in values
        for low, high, unit in (RANGES[quantity],)
        if not low <= value <= high
    ]
    if problems:
        raise InputError(problems)
    table = RateTable([signal for signal, _ in pairs], [rate for _, rate in pairs])  # type: ignore[arg-type]
    return Equipment(name, "ptp", freq_ghz, power_dbm, gain_dbi, table, 1)


def _rate(text: str) -> tuple[float, float]:
    signal, _, rate = text.partition("=")
    try:
        return float(signal), float(rate)
    except ValueError:
        message = "a rate is written DBM=MBPS, the weakest signal and what it carries, such as -80=40"
        raise InputError([Problem("radios", None, "rate", text, message)]) from None


def place(text: str) -> tuple[float, float, float]:
    """Read LON,LAT,HEIGHT."""
    try:
        lon, lat, height_m = (float(part) for part in text.split(","))
    except ValueError:
        message = "a place is written LON,LAT,HEIGHT, such as -98.7,18.9,30"
        raise InputError([Problem("links", None, "from", text, message)]) from None
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        message = "a longitude is -180 to 180 and a latitude -90 to 90; the order is LON,LAT,HEIGHT"
        raise InputError([Problem("links", None, "from", text, message)])
    return lon, lat, height_m


def stations(
    ground: Ground, radio_ids: Sequence[str], file: Path | None, places: Sequence[tuple[float, float, float]]
) -> list[Any]:
    """Give the stations that addresses are linked to: the pack's towers, or places of one's own."""
    if file is None and ground.pack is not None:
        from alcance.network.link_stations import link_stations

        return list(link_stations(ground.pack, radio_ids, places))
    from alcance.radio.prequalify import Station

    if not places:
        raise typer.BadParameter("without a pack's towers, say where links start: --from LON,LAT,HEIGHT")
    if not radio_ids:
        raise typer.BadParameter("say which radio the links start with: --radio ID")
    known = ground.radios(file)
    pairs = [(pick(known, key), pick(known, known[key].pairs_with or key)) for key in radio_ids if pick(known, key)]
    return [
        Station(f"{lon:g},{lat:g}", lon, lat, height_m, near, far)
        for lon, lat, height_m in places
        for near, far in pairs
    ]


def demand(ground: Ground, fade_db: float, mbps: float, availability: float | None) -> Any:
    """What an address needs."""
    from alcance.radio.prequalify import Demand

    return Demand(fade_db, mbps, ground.policy("availability_pct", availability), **ground.sight())
