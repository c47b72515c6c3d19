"""What the air and the ground do to a wave at the surface: refractivity, curvature of rays, impedance."""

from __future__ import annotations

import cmath
import math

from numba import njit

from alcance.radio.spherical_earth import VERTICAL

WAVENUMBER_MHZ = 47.7  # frequency over wavenumber [MHz · m] (Algorithm, eq. 1.1)
EARTH_CURVATURE = 157e-9  # of the earth itself [1/m] (Algorithm, eq. 1.3)
SCALE_HEIGHT_M = 9460.0  # height over which refractivity falls by e (Algorithm, eq. 1.2)


@njit(cache=True, error_model="numpy")
def surface_refractivity(n0: float, system_m: float) -> float:
    """Refractivity at the height of the system, from that at sea level (Algorithm, eq. 1.2)."""
    return n0 * math.exp(-system_m / SCALE_HEIGHT_M)


@njit(cache=True, error_model="numpy")
def effective_curvature(refractivity: float) -> float:
    """Curvature of the earth over which rays are straight [1/m] (Algorithm, eq. 1.3)."""
    return EARTH_CURVATURE * (1 - 0.04665 * math.exp(refractivity / 179.3))


@njit(cache=True, error_model="numpy")
def ground_impedance(freq_mhz: float, permittivity: float, conductivity_s_m: float, polarisation: int) -> complex:
    """Surface transfer impedance of the ground, as a share of that of free space (Algorithm, eqs. 1.4 and 1.5)."""
    relative = complex(permittivity, 18000 * conductivity_s_m / freq_mhz)
    impedance = cmath.sqrt(relative - 1)
    if polarisation == VERTICAL:
        impedance /= relative
    return impedance
