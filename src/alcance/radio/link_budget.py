"""What a pair of radios makes of a path: signal, margin, rate and availability, each way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alcance.errors import InputError
from alcance.radio import p530
from alcance.radio.air import Air
from alcance.radio.budget import margin_db, received_dbm
from alcance.radio.equipment import Equipment
from alcance.radio.p530.multipath import LIMITS as P530_LIMITS
from alcance.radio.reason import NEEDS, NO_SIGHT, Reason, out_of_range, refusal

HOURS_A_YEAR = 8766.0


@dataclass(frozen=True)
class Availability:
    """How much of an average year a direction does not work at a rate (P.530).

    Parameters
    ----------
    multipath_pct, rain_pct, total_pct
        Share of the year lost to multipath, to rain, and together [%].
    outside
        Bounds of the Recommendation that the result lies beyond: names of `p530.Outside`.
    """

    multipath_pct: float
    rain_pct: float
    total_pct: float
    outside: tuple[str, ...]

    @property
    def availability_pct(self) -> float:
        """Share of the year that works [%]."""
        return round(100 - self.total_pct, 6)

    @property
    def hours_year(self) -> float:
        """Hours a year that do not."""
        return round(self.total_pct / 100 * HOURS_A_YEAR, 2)


@dataclass(frozen=True)
class RateStep:
    """One rate of a receiver over a path.

    Parameters
    ----------
    rate_mbps
        The rate [Mbit/s].
    sensitivity_dbm
        Weakest signal for it [dBm].
    margin_db
        Signal over that [dB].
    kept
        Whether the margin is as great as asked for.
    availability
        How much of the year it is lost; None where that is not known.
    """

    rate_mbps: float
    sensitivity_dbm: float
    margin_db: float
    kept: bool
    availability: Availability | None


@dataclass(frozen=True)
class Direction:
    """One way of a link.

    Parameters
    ----------
    transmitter_id, receiver_id
        The radios.
    eirp_dbm, received_dbm
        Power radiated towards the other end and signal there [dBm].
    rates
        Every rate of the receiver, ascending.
    """

    transmitter_id: str
    receiver_id: str
    eirp_dbm: float
    received_dbm: float
    rates: tuple[RateStep, ...]

    @property
    def margin_db(self) -> float:
        """Margin over the lowest rate [dB]."""
        return self.rates[0].margin_db

    @property
    def best(self) -> RateStep | None:
        """The best rate with the fade margin kept, or None."""
        return max((step for step in self.rates if step.kept), key=lambda step: step.rate_mbps, default=None)

    def available(self, target_pct: float) -> RateStep | None:
        """Give the best rate that is there for a share of the year [%], or None."""
        enough = [
            step
            for step in self.rates
            if step.availability is not None and step.availability.availability_pct >= target_pct
        ]
        return max(enough, key=lambda step: step.rate_mbps, default=None)


@dataclass(frozen=True)
class Budget:
    """What the radios make of a path.

    Parameters
    ----------
    near_id, far_id
        Equipment at the two ends.
    outward, inward
        From the near to the far end, and back.
    margin_db
        Margin of the weaker direction over its lowest rate [dB].
    fade_margin_db
        Margin that is asked for [dB].
    target_pct
        Availability that is asked for [% of the year], or None.
    reason
        Why there is no availability.
    """

    near_id: str
    far_id: str
    outward: Direction
    inward: Direction
    margin_db: float
    fade_margin_db: float
    target_pct: float | None
    reason: Reason | None

    @property
    def closes(self) -> bool:
        """Whether the margin is as great as asked for, both ways."""
        return self.margin_db >= self.fade_margin_db


@dataclass(frozen=True)
class Radios:
    """The two radios of a link and what is asked of them.

    Parameters
    ----------
    near, far
        Radios at the two ends.
    fade_margin_db
        Margin to keep against fading [dB].
    target_pct
        Availability wanted [% of the year], or None for none in particular.
    """

    near: Equipment
    far: Equipment
    fade_margin_db: float
    target_pct: float | None = None


@dataclass(frozen=True)
class Sight:
    """What the availability of a path depends on.

    Parameters
    ----------
    length_km
        Length of the path [km].
    freq_ghz
        Frequency [GHz].
    altitude1_m, altitude2_m
        Antennas above sea level [m].
    latitude_deg
        Of the middle [deg].
    clear
        Whether the two antennas see each other.
    """

    length_km: float
    freq_ghz: float
    altitude1_m: float
    altitude2_m: float
    latitude_deg: float
    clear: bool


def link_budget(radios: Radios, loss_db: float, sight: Sight, air: Air) -> Budget:
    """Work out both directions of a link.

    Parameters
    ----------
    radios
        The radios and what is asked of them.
    loss_db
        Loss between isotropic antennas, gases included [dB].
    sight
        The path.
    air
        Radio climate; where rain or refractivity are lacking there is no availability, and the reason says so.

    Raises
    ------
    InputError
        The radios are not of one band.
    """
    near, far = radios.near, radios.far
    weaker_db = float(margin_db(near, far, loss_db))  # refuses radios of different bands
    reason = _reason(sight, air)
    directions = []
    for transmitter, receiver in ((near, far), (far, near)):
        signal = round(float(received_dbm(transmitter, receiver, loss_db)), 2)
        margins = np.round(signal - receiver.rates.sensitivity_dbm, 2)
        lost: list[Availability | None] = [None] * margins.size
        if reason is None:
            try:
                lost = _lost(margins.tolist(), sight, air)
            except InputError as error:
                reason = refusal(error)
        steps = [
            RateStep(float(rate), float(weakest), float(margin), bool(margin >= radios.fade_margin_db), gone)
            for rate, weakest, margin, gone in zip(
                receiver.rates.rate_mbps, receiver.rates.sensitivity_dbm, margins, lost, strict=True
            )
        ]
        eirp_dbm = round(transmitter.tx_power_dbm + transmitter.antenna_gain_dbi, 2)
        directions.append(Direction(transmitter.equipment_id, receiver.equipment_id, eirp_dbm, signal, tuple(steps)))
    return Budget(
        near.equipment_id, far.equipment_id, directions[0], directions[1], weaker_db, radios.fade_margin_db,
        radios.target_pct, reason,
    )  # fmt: skip


def _reason(sight: Sight, air: Air) -> Reason | None:
    if not sight.clear:
        return Reason(NO_SIGHT)
    reason = out_of_range(
        freq_ghz=(sight.freq_ghz, *P530_LIMITS["freq_ghz"][:2]),
        length_km=(round(sight.length_km, 3), *P530_LIMITS["distance_km"][:2]),
    )
    lacking = air.lacking("delta_n", "rain_001_mm_h")
    return Reason(NEEDS, needs=lacking) if reason is None and lacking else reason


def _lost(margins_db: list[float], sight: Sight, air: Air) -> list[Availability | None]:
    """Shares of the year lost for each margin; the gradient dN1 is estimated from the lapse."""
    found = p530.unavailability(
        sight.length_km,
        sight.freq_ghz,
        sight.altitude1_m,
        sight.altitude2_m,
        np.asarray(margins_db),
        air.fading(sight.latitude_deg),
    )
    return [
        Availability(
            round(float(found.multipath_percent[i]), 6),
            round(float(found.rain_percent[i]), 6),
            round(float(found.total_percent[i]), 6),
            tuple(str(bound.name).lower() for bound in p530.Outside if int(found.outside[i]) & bound),
        )
        for i in range(len(margins_db))
    ]
