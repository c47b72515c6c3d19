"""The link budget: what arrives, how much of it is to spare, and how far that carries."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcance.errors import InputError, Problem
from alcance.radio.equipment import Equipment
from alcance.radio.p525 import free_space_loss_db, free_space_range_km

# Two radios talk only in one band; catalogues state its middle, rounded.
SAME_BAND = 0.1


def received_dbm(transmitter: Equipment, receiver: Equipment, loss_db: ArrayLike) -> NDArray[np.float64]:
    """Signal at the receiver [dBm] after a loss between isotropic antennas [dB].

    Parameters
    ----------
    transmitter, receiver
        The two radios.
    loss_db
        Basic transmission loss [dB], any shape.
    """
    gains_db = transmitter.antenna_gain_dbi + receiver.antenna_gain_dbi
    signal: NDArray[np.float64] = transmitter.tx_power_dbm + gains_db - np.asarray(loss_db, np.float64)
    return signal


def allowed_loss_db(near: Equipment, far: Equipment, fade_margin_db: float = 0.0, *, least_mbps: float = 0.0) -> float:
    """Greatest loss over which both radios hear each other with a margin against fading.

    Parameters
    ----------
    near, far
        The two radios.
    fade_margin_db
        Margin to keep [dB].
    least_mbps
        Rate that must be carried both ways [Mbit/s]; nought for the lowest there is.

    Returns
    -------
    Loss [dB], that of the weaker direction; −inf where a radio has no such rate.
    """
    _check_pair(near, far)
    if not math.isfinite(fade_margin_db):
        message = "the fade margin is a finite number of dB"
        raise InputError([Problem("budget", None, "fade_margin_db", str(fade_margin_db), message)])
    outward = near.tx_power_dbm - far.rates.weakest_dbm(least_mbps)
    inward = far.tx_power_dbm - near.rates.weakest_dbm(least_mbps)
    return near.antenna_gain_dbi + far.antenna_gain_dbi + min(outward, inward) - fade_margin_db


def margin_db(near: Equipment, far: Equipment, loss_db: ArrayLike) -> NDArray[np.float64]:
    """Margin of a link's weaker direction at its lowest rate, rounded to 0.01 dB before it meets any threshold.

    Parameters
    ----------
    near, far
        The two radios.
    loss_db
        Basic transmission loss [dB], any shape.

    Returns
    -------
    Margin [dB] in the shape of the loss; negative where the link carries nothing.
    """
    return np.round(allowed_loss_db(near, far) - np.asarray(loss_db, np.float64), 2)


def link_rate_mbps(
    near: Equipment, far: Equipment, loss_db: ArrayLike, fade_margin_db: ArrayLike
) -> NDArray[np.float64]:
    """Rate that a link carries both ways with a margin against fading.

    Parameters
    ----------
    near, far
        The two radios.
    loss_db
        Basic transmission loss [dB].
    fade_margin_db
        Margin to keep [dB]; the two broadcast.

    Returns
    -------
    Rate of the weaker direction [Mbit/s]; nought where it carries nothing.
    """
    _check_pair(near, far)
    spare = np.asarray(fade_margin_db, np.float64)
    outward = far.rates.best_mbps(received_dbm(near, far, loss_db) - spare, 0.0)
    inward = near.rates.best_mbps(received_dbm(far, near, loss_db) - spare, 0.0)
    return np.minimum(outward, inward)


def max_range_km(
    equipment: Equipment, fade_margin_db: float, *, partner: Equipment | None = None, gas_db_km: float = 0.0
) -> float:
    """Distance up to which the free-space budget closes with a fade margin.

    Parameters
    ----------
    equipment
        The radio.
    fade_margin_db
        Margin to keep against fading [dB].
    partner
        The radio at the other end; None for the same.
    gas_db_km
        What the gases of the air take [dB/km] (`p676.specific_attenuation_db_km`).

    Returns
    -------
    Distance [km], cut off at either radio's own `max_range_km`. Rain is not counted: see `p530`.
    """
    other = equipment if partner is None else partner
    loss_db = allowed_loss_db(equipment, other, fade_margin_db)
    # The higher frequency loses more; a pair of one band differs by its rounding alone.
    freq_ghz = max(equipment.freq_ghz, other.freq_ghz)
    reach_km = float(free_space_range_km(loss_db, freq_ghz))
    if gas_db_km > 0 and reach_km > 0:
        nearer, farther = 0.0, reach_km
        while farther - nearer > 1e-6 * reach_km:
            middle = (nearer + farther) / 2
            closes = float(free_space_loss_db(middle, freq_ghz)) + gas_db_km * middle <= loss_db
            nearer, farther = (middle, farther) if closes else (nearer, middle)
        reach_km = nearer
    limits = [radio.max_range_km for radio in (equipment, other) if radio.max_range_km is not None]
    return min([reach_km, *limits])


def _check_pair(near: Equipment, far: Equipment) -> None:
    if abs(near.freq_ghz - far.freq_ghz) > SAME_BAND * near.freq_ghz:
        value = f"{near.freq_ghz} and {far.freq_ghz} GHz"
        message = f"{near.equipment_id} and {far.equipment_id} are not of one band and cannot be paired"
        raise InputError([Problem("equipment", None, "freq_ghz", value, message)])
