"""Loss by ducting and layer reflection, the anomalous propagation of short times (P.1812-6, § 4.5)."""

from __future__ import annotations

import math

from numba import njit

from alcance.radio.p1812.refraction import continental_factor


@njit(cache=True)
def ducting_db(
    length_km: float,
    horizon1_km: float,
    horizon2_km: float,
    angle1_mrad: float,
    angle2_mrad: float,
    coast1_km: float,
    coast2_km: float,
    h1: float,
    h2: float,
    effective1_m: float,
    effective2_m: float,
    rough_m: float,
    inland_km: float,
    sea_share: float,
    radius_km: float,
    anomaly_pct: float,
    freq_ghz: float,
    time_pct: float,
) -> float:
    """Basic transmission loss by ducting and layer reflection L_ba (eqs. 46–56).

    Parameters
    ----------
    length_km
        Length of the path [km].
    horizon1_km, horizon2_km, angle1_mrad, angle2_mrad
        Distances and elevation angles of the horizons [km, mrad].
    coast1_km, coast2_km
        Distances over land to the sea [km].
    h1, h2
        Antennas above sea level [m].
    effective1_m, effective2_m, rough_m
        Effective heights of the antennas and roughness of the ground [m].
    inland_km, sea_share
        Longest inland stretch [km]; share of the path over sea.
    radius_km, anomaly_pct
        Median effective earth radius [km]; β₀ [%].
    freq_ghz, time_pct
        Frequency [GHz]; share of time [%].
    """
    # Coupling between the antennas and the duct: eqs. 47–49.
    coupling = 102.45 + 20 * math.log10(freq_ghz) + 20 * math.log10(horizon1_km + horizon2_km)
    if freq_ghz < 0.5:
        coupling += 45.375 - 137.0 * freq_ghz + 92.5 * freq_ghz**2
    coupling += _shielding_db(angle1_mrad, horizon1_km, freq_ghz) + _shielding_db(angle2_mrad, horizon2_km, freq_ghz)
    if sea_share >= 0.75:
        coupling += _over_sea_db(coast1_km, horizon1_km, h1) + _over_sea_db(coast2_km, horizon2_km, h2)
    # Angular distance: eqs. 51, 52.
    angle = 1000 * length_km / radius_km + min(angle1_mrad, 0.1 * horizon1_km) + min(angle2_mrad, 0.1 * horizon2_km)
    along = 5e-5 * radius_km * freq_ghz ** (1 / 3) * angle
    # Share of time: eqs. 53–56, in decimal logarithms so that rough ground cannot make β nought.
    alpha = max(-3.4, -0.6 - 3.5e-9 * length_km**3.1 * continental_factor(inland_km))
    geometry = 500 / radius_km * length_km**2 / (math.sqrt(effective1_m) + math.sqrt(effective2_m)) ** 2
    log_mu2 = min(0.0, alpha * math.log10(geometry))
    log_mu3 = 0.0
    if rough_m > 10:
        between = min(length_km - horizon1_km - horizon2_km, 40.0)
        log_mu3 = -4.6e-5 * (rough_m - 10) * (43 + 6 * between) / math.log(10)
    log_beta = math.log10(anomaly_pct) + log_mu2 + log_mu3
    exponent = -(9.51 - 4.8 * log_beta + 0.198 * log_beta**2) * 1e-6 * length_km**1.13
    gamma = 1.076 / (2.0058 - log_beta) ** 1.012 * math.exp(exponent)
    ratio = math.log10(time_pct) - log_beta
    time_db = -12 + (1.2 + 3.7e-3 * length_km) * ratio + 12 * 10 ** (gamma * ratio)
    return float(coupling + along + time_db)


@njit(cache=True)
def _shielding_db(angle_mrad: float, horizon_km: float, freq_ghz: float) -> float:
    """Loss by shielding of an end's site (eqs. 48, 48a)."""
    angle = angle_mrad - 0.1 * horizon_km
    if angle <= 0:
        return 0.0
    edge = 20 * math.log10(1 + 0.361 * angle * math.sqrt(freq_ghz * horizon_km))
    return float(edge + 0.264 * angle * freq_ghz ** (1 / 3))


@njit(cache=True)
def _over_sea_db(coast_km: float, horizon_km: float, h: float) -> float:
    """Gain of an antenna near the sea by coupling into a surface duct (eq. 49)."""
    if coast_km > 5 or coast_km > horizon_km:
        return 0.0
    return -3 * math.exp(-0.25 * coast_km**2) * (1 + math.tanh(0.07 * (50 - h)))
