"""The cautions that the Irregular Terrain Model raises about an answer it gives."""

from __future__ import annotations

from enum import IntFlag


class WarningFlag(IntFlag):
    """One bit for each doubt about an answer; names and values are those of NTIA's version 1.4."""

    TX_TERMINAL_HEIGHT = 0x0001
    RX_TERMINAL_HEIGHT = 0x0002
    FREQUENCY = 0x0004
    PATH_DISTANCE_TOO_BIG_1 = 0x0008
    PATH_DISTANCE_TOO_BIG_2 = 0x0010
    PATH_DISTANCE_TOO_SMALL_1 = 0x0020
    PATH_DISTANCE_TOO_SMALL_2 = 0x0040
    TX_HORIZON_ANGLE = 0x0080
    RX_HORIZON_ANGLE = 0x0100
    TX_HORIZON_DISTANCE_1 = 0x0200
    RX_HORIZON_DISTANCE_1 = 0x0400
    TX_HORIZON_DISTANCE_2 = 0x0800
    RX_HORIZON_DISTANCE_2 = 0x1000
    EXTREME_VARIABILITIES = 0x2000
    SURFACE_REFRACTIVITY = 0x4000


_TEXTS = {
    WarningFlag.TX_TERMINAL_HEIGHT: "the first antenna is below 1 m or above 1000 m",
    WarningFlag.RX_TERMINAL_HEIGHT: "the second antenna is below 1 m or above 1000 m",
    WarningFlag.FREQUENCY: "the frequency is below 0.04 GHz or above 10 GHz",
    WarningFlag.PATH_DISTANCE_TOO_BIG_1: "the path is longer than 1000 km",
    WarningFlag.PATH_DISTANCE_TOO_BIG_2: "the path is longer than 2000 km",
    WarningFlag.PATH_DISTANCE_TOO_SMALL_1: "the path is shorter than five times the difference of effective heights",
    WarningFlag.PATH_DISTANCE_TOO_SMALL_2: "the path is shorter than 1 km",
    WarningFlag.TX_HORIZON_ANGLE: "the first antenna's horizon is more than 0.2 rad above or below it",
    WarningFlag.RX_HORIZON_ANGLE: "the second antenna's horizon is more than 0.2 rad above or below it",
    WarningFlag.TX_HORIZON_DISTANCE_1: "the first antenna's horizon is nearer than a tenth of a smooth earth's",
    WarningFlag.RX_HORIZON_DISTANCE_1: "the second antenna's horizon is nearer than a tenth of a smooth earth's",
    WarningFlag.TX_HORIZON_DISTANCE_2: "the first antenna's horizon is farther than three times a smooth earth's",
    WarningFlag.RX_HORIZON_DISTANCE_2: "the second antenna's horizon is farther than three times a smooth earth's",
    WarningFlag.EXTREME_VARIABILITIES: "a percentage lies more than 3.1 deviations from its median",
    WarningFlag.SURFACE_REFRACTIVITY: "the refractivity at the ground is below 250 N-units, for the ground is high",
}


def explain(flags: int) -> list[str]:
    """Say in a sentence each what the flags of one path warn of.

    Parameters
    ----------
    flags
        The warnings of one path, as `point_to_point_db` returns them.

    Returns
    -------
    Sentences in the order of the bits, none where all is well.

    Examples
    --------
    >>> explain(0x0044)
    ['the frequency is below 0.04 GHz or above 10 GHz', 'the path is shorter than 1 km']
    """
    return [text for flag, text in _TEXTS.items() if int(flags) & flag]
