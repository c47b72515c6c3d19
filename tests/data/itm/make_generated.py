"""Random paths and what NTIA's own program says of them: writes generated.csv.

python tests/data/itm/make_generated.py LIBRARY

LIBRARY is the folder `src` of github.com/NTIA/itm compiled into a shared library (PROVENANCE.md says how).
"""

from __future__ import annotations

import csv
import ctypes
import sys
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
SEED, TRIED, ORDINARY, OF_EACH_FLAG = 20260, 6000, 250, 8
DOUBLE = ctypes.c_double
COLUMNS = [
    "h_tx__meter",
    "h_rx__meter",
    "climate",
    "N_0",
    "f__mhz",
    "pol",
    "epsilon",
    "sigma",
    "mdvar",
    "time",
    "location",
    "situation",
    "step__meter",
    "return_code",
    "A__db",
    "warnings",
    "mode",
    "A_ref__db",
    "A_fs__db",
    "delta_h__meter",
    "N_s",
    "theta_tx",
    "theta_rx",
    "d_hzn_tx__meter",
    "d_hzn_rx__meter",
    "h_e_tx__meter",
    "h_e_rx__meter",
    "elevations__meter",
]


class Intermediate(ctypes.Structure):
    _fields_ = [
        ("theta", DOUBLE * 2),
        ("horizon", DOUBLE * 2),
        ("effective", DOUBLE * 2),
        ("refractivity", DOUBLE),
        ("delta_h", DOUBLE),
        ("reference", DOUBLE),
        ("free_space", DOUBLE),
        ("length_km", DOUBLE),
        ("mode", ctypes.c_int),
    ]


def ground(rng: np.random.Generator, points: int) -> np.ndarray:
    """Fractal ground, from plains to mountains and from smooth to rough; or a plain with one ridge between the ends."""
    if rng.random() < 0.25:
        along, ridge = np.arange(points) / points, rng.uniform(0.2, 0.8)
        height = rng.uniform(50, 900) * np.exp(-(((along - ridge) / 0.02) ** 2)) + rng.normal(0, 0.5, points)
        return np.round(height + rng.choice([100, 1500]), 1)
    wave = np.arange(1, points // 2 + 2)
    spectrum = wave ** -rng.uniform(0.5, 2.2) * rng.normal(size=wave.size) * np.exp(2j * np.pi * rng.random(wave.size))
    height = np.fft.irfft(np.concatenate([[0], spectrum]), 2 * wave.size)[:points]
    height *= 10 ** rng.uniform(-0.5, 2.7) / (height.std() + 1e-9)
    return np.round(height - height.min() + rng.choice([0, 100, 1500, 3000]), 1)


def question(rng: np.random.Generator) -> dict[str, Any]:
    freq = round(10 ** rng.uniform(np.log10(20.1), np.log10(19999)), 3)
    # Over sea water at low frequencies the program can end in a number that is none (docs/radio.md).
    soils = [(4, 0.001), (15, 0.005), (25, 0.02), (80, 0.01)] + ([(80, 5.0)] if freq > 300 else [])
    epsilon, sigma = soils[rng.integers(len(soils))]
    high = rng.random(2) < 0.15
    heights = np.round(np.where(high, 10 ** rng.uniform(2, 3.45, 2), rng.uniform(0.5, 60, 2)), 2)
    return {
        "h_tx__meter": heights[0],
        "h_rx__meter": heights[1],
        "climate": int(rng.integers(1, 8)),
        "N_0": round(rng.uniform(250, 400), 1),
        "f__mhz": freq,
        "pol": int(rng.integers(2)),
        "epsilon": epsilon,
        "sigma": sigma,
        "mdvar": int(rng.integers(4) + 10 * rng.integers(2) + 20 * rng.integers(2)),
        "time": round(rng.uniform(0.05, 99.95), 2),
        "location": round(rng.uniform(0.05, 99.95), 2),
        "situation": round(rng.uniform(0.05, 99.95), 2),
        "step__meter": float(rng.choice([25.6, 30, 60, 90, 99.97, 463.1, 2000, 12000], p=[0.13] * 7 + [0.09])),
    }


def answer(program: Any, asked: dict[str, Any], height: np.ndarray) -> dict[str, Any]:
    loss, warnings, inside = DOUBLE(), ctypes.c_long(), Intermediate()
    profile = (DOUBLE * (height.size + 2))(height.size - 1, asked["step__meter"], *height)
    code = program(
        DOUBLE(asked["h_tx__meter"]), DOUBLE(asked["h_rx__meter"]), profile, asked["climate"], DOUBLE(asked["N_0"]),
        DOUBLE(asked["f__mhz"]), asked["pol"], DOUBLE(asked["epsilon"]), DOUBLE(asked["sigma"]), asked["mdvar"],
        DOUBLE(asked["time"]), DOUBLE(asked["location"]), DOUBLE(asked["situation"]),
        ctypes.byref(loss), ctypes.byref(warnings), ctypes.byref(inside),
    )  # fmt: skip
    values = (
        code, round(loss.value, 6), warnings.value, inside.mode, round(inside.reference, 6),
        round(inside.free_space, 6), round(inside.delta_h, 6), round(inside.refractivity, 6), *inside.theta[:],
        *inside.horizon[:], *inside.effective[:], " ".join(f"{z:g}" for z in height),
    )  # fmt: skip
    return asked | dict(zip(COLUMNS[len(asked) :], values, strict=True))


def main(library: str) -> None:
    program = ctypes.CDLL(library).ITM_P2P_TLS_Ex
    rng = np.random.default_rng(SEED)
    kept: list[dict[str, Any]] = []
    seen = dict.fromkeys(range(15), 0)
    for number in range(TRIED):
        points = int(rng.choice([3, 5, 12, 40, 100, 201, 400], p=[0.05, 0.05, 0.1, 0.25, 0.3, 0.2, 0.05]))
        row = answer(program, question(rng), ground(rng, points))
        if row["return_code"] > 1:
            continue
        rare = [bit for bit, count in seen.items() if row["warnings"] >> bit & 1 and count < OF_EACH_FLAG]
        if number < ORDINARY or rare:
            kept.append(row)
            for bit in seen:
                seen[bit] += row["warnings"] >> bit & 1
    with (HERE / "generated.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
    print(len(kept), "paths; of each flag", seen)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
