"""The seven radio climates and how the signal varies with time in each."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Climate(IntEnum):
    """Radio climates of the model, as numbered since Technical Note 101."""

    EQUATORIAL = 1
    CONTINENTAL_SUBTROPICAL = 2
    MARITIME_SUBTROPICAL = 3
    DESERT = 4
    CONTINENTAL_TEMPERATE = 5
    MARITIME_TEMPERATE_LAND = 6
    MARITIME_TEMPERATE_SEA = 7


# One row for each climate. The curves (b1, b2 [dB]; x1, x2, x3 [km]) fit those of Technical Note 101, volume 2, annex
# III.7; the ducting constants are table 5.1 of the Algorithm; the frequency factors are of its equation 5.7.
_MEDIAN = (  # how far the all-year median lies from the reference (Algorithm, eq. 5.5)
    (-9.67, 12.7, 144.9, 190.3, 133.8),
    (-0.62, 9.19, 228.9, 205.2, 143.6),
    (1.26, 15.5, 262.6, 185.2, 99.8),
    (-9.21, 9.05, 84.1, 101.1, 98.6),
    (-0.62, 9.19, 228.9, 205.2, 143.6),
    (-0.39, 2.86, 141.7, 315.9, 167.4),
    (3.15, 857.9, 2222.0, 164.8, 116.3),
)
_WEAKER = (  # spread of the hours that are weaker than the median
    (2.13, 159.5, 762.2, 123.6, 94.5),
    (2.66, 7.67, 100.4, 172.5, 136.4),
    (6.11, 6.65, 138.2, 242.2, 178.6),
    (1.98, 13.11, 139.1, 132.7, 193.5),
    (2.68, 7.16, 93.7, 186.8, 133.5),
    (6.86, 10.38, 187.8, 169.6, 108.9),
    (8.51, 169.8, 609.8, 119.9, 106.6),
)
_STRONGER = (  # spread of the hours that are stronger
    (2.11, 102.3, 636.9, 134.8, 95.6),
    (6.87, 15.53, 138.7, 143.7, 98.6),
    (10.08, 9.60, 165.3, 225.7, 129.7),
    (3.68, 159.3, 464.4, 93.1, 94.2),
    (4.75, 8.12, 93.2, 135.9, 113.4),
    (8.58, 13.97, 216.0, 152.0, 122.7),
    (8.43, 8.19, 136.2, 188.5, 122.9),
)
_DUCTING = (  # factor of the spread in the strongest hours, and the deviate where they begin
    (1.224, 1.282),
    (0.801, 2.161),
    (1.380, 1.282),
    (1.000, 20.0),
    (1.224, 1.282),
    (1.518, 1.282),
    (1.518, 1.282),
)
_FREQUENCY = (  # of the weaker and of the stronger hours: constant, peak, width
    (1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
    (1.0, 0.0, 0.0, 0.93, 0.31, 2.00),
    (1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
    (1.0, 0.0, 0.0, 0.93, 0.19, 1.79),
    (0.92, 0.25, 1.77, 0.93, 0.31, 2.00),
    (1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
    (1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
)

# Columns of the table at which each group begins.
MEDIAN, WEAKER, STRONGER, DUCTING, WEAKER_FREQUENCY, STRONGER_FREQUENCY = 0, 5, 10, 15, 17, 20
CONSTANTS = np.hstack([np.array(part) for part in (_MEDIAN, _WEAKER, _STRONGER, _DUCTING, _FREQUENCY)])
