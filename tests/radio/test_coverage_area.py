"""Signal, rate and service around towers, and the files and pictures that carry them away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from alcance.errors import InputError, OutputError
from alcance.radio import Equipment, free_space_loss_db, received_dbm
from alcance.radio.antenna import Omni, Sector
from alcance.radio.coverage import (
    Tower,
    class_polygons,
    coverage,
    coverage_png,
    diffraction_disc,
    diffraction_model,
    free_space_model,
    write_cog,
)
from alcance.radio.rates import RateTable
from alcance.terrain import Grid, Profiles, bearing_deg, great_circle_m

RATES = RateTable(np.array([-93.0, -87.0, -80.0, -72.0]), np.array([6.5, 19.5, 39.0, 65.0]))
SECTOR = Equipment("sector", "sector", 5.8, 27.0, 17.0, RATES, 60)
CLIENT = Equipment("client", "client", 5.8, 23.0, 23.0, RATES, 1)
ASKED = {"receiver_height_m": 6.0, "classes_mbps": (10.0, 30.0, 60.0), "fade_margin_db": 10.0}
PLACE = (-98.71693, 18.92815, 30.0)


@pytest.fixture(scope="module")
def covered(volcano: Grid):
    return coverage(volcano, Tower(*PLACE, Omni(10.0)), SECTOR, CLIENT, radius_m=6_000.0, **ASKED)


def test_the_signal_is_the_budget_over_the_loss(volcano: Grid, covered) -> None:
    loss = diffraction_disc(volcano, *PLACE, 6.0, 6_000.0, freq_ghz=5.8)
    row, col = np.unravel_index(int(np.nanargmax(np.where(loss.values < 20, loss.values, np.nan))), loss.shape)
    lon, lat = loss.lons[col], loss.lats[row]
    distance = float(great_circle_m(PLACE[0], PLACE[1], lon, lat))
    rise = float(volcano.elevation_m(lon, lat)) + 6 - float(volcano.elevation_m(*PLACE[:2])) - 30
    total = float(free_space_loss_db(np.hypot(distance, rise) / 1e3, 5.8)) + float(loss.values[row, col])
    elevation = np.degrees(np.arctan2(rise - distance**2 / (2 * 4 / 3 * 6_371_000), distance))
    gain = float(Omni(10.0).gain_dbi(0.0, elevation))
    expected = float(received_dbm(SECTOR, CLIENT, total)) - 17.0 + gain
    assert covered.received_dbm[row, col] == pytest.approx(expected, abs=0.02)


def test_rates_follow_from_the_table_and_classes_from_the_rates(covered) -> None:
    signal = covered.received_dbm
    known = np.isfinite(signal)
    for need, rate in zip(RATES.sensitivity_dbm, RATES.rate_mbps, strict=True):
        assert (covered.rate_mbps[known & (signal.astype(np.float64).round(2) >= need + 10)] >= np.float32(rate)).all()
    assert set(np.unique(covered.rate_mbps[known])) <= {np.float32(rate) for rate in (0, 6.5, 19.5, 39.0, 65.0)}
    for k, least in enumerate(ASKED["classes_mbps"], start=1):
        assert ((covered.service_class[known] >= k) == (covered.rate_mbps[known] >= least)).all()
    assert (covered.service_class[~known] == 255).all()
    assert covered.area_km2().sum() == pytest.approx(np.pi * 6.0**2, rel=0.01)


def test_a_sector_serves_before_it_and_not_behind(volcano: Grid) -> None:
    pattern = Sector(17.0, 225.0, 65.0, 10.0, downtilt_deg=2.0)
    tower = Tower(*PLACE, pattern)
    free = coverage(volcano, tower, SECTOR, CLIENT, radius_m=6_000.0, model="free_space", **ASKED)
    rows, cols = np.nonzero(np.isfinite(free.received_dbm))
    lons, lats = free.west + cols * free.step_lon_deg, free.north - rows * free.step_lat_deg
    azimuth, distance = bearing_deg(*PLACE[:2], lons, lats), great_circle_m(*PLACE[:2], lons, lats)
    far = (distance > 5_000) & (distance < 5_500)
    before = free.received_dbm[rows, cols][far & (np.abs(azimuth - 225) < 20)].mean()
    behind = free.received_dbm[rows, cols][far & (np.abs(azimuth - 45) < 20)].mean()
    assert before - behind > 15


def test_several_towers_serve_as_the_best_of_each(volcano: Grid) -> None:
    towers = [Tower(*PLACE, Omni(10.0)), Tower(-98.69904, 18.94381, 20.0, Omni(10.0))]
    steps: list[float] = []
    options = {"radius_m": 4_000.0, **ASKED}
    both = coverage(
        volcano, towers, SECTOR, CLIENT, progress=lambda _, share: steps.append(share), **options
    )  # fmt: skip
    assert steps == [0.5, 1.0]
    best = np.full(both.received_dbm.shape, -np.inf)
    for index, tower in enumerate(towers):
        one = coverage(volcano, tower, SECTOR, CLIENT, **options)
        top = round((both.north - one.north) / both.step_lat_deg)
        left = round((one.west - both.west) / both.step_lon_deg)
        rows, cols = one.received_dbm.shape
        part = (slice(top, top + rows), slice(left, left + cols))
        heard = both.server[part] == index
        assert (both.received_dbm[part][heard] == one.received_dbm[heard]).all()
        best[part] = np.fmax(best[part], one.received_dbm)
    known = np.isfinite(both.received_dbm)
    assert (known == np.isfinite(best)).all()
    assert (both.received_dbm[known] == best[known]).all()


def test_any_model_of_profiles_may_be_used(volcano: Grid, covered) -> None:
    edge, free = diffraction_model(5.8), free_space_model(5.8)

    def both(paths: Profiles, height1_m: np.ndarray, height2_m: np.ndarray) -> np.ndarray:
        return edge(paths, height1_m, height2_m) + free(paths, height1_m, height2_m)

    each = coverage(
        volcano, Tower(*PLACE, Omni(10.0)), SECTOR, CLIENT, radius_m=3_000.0, model=both, **ASKED
    )  # fmt: skip
    assert each.model == "both"
    rows, cols = each.received_dbm.shape
    top, left = (covered.received_dbm.shape[0] - rows) // 2, (covered.received_dbm.shape[1] - cols) // 2
    radial = covered.received_dbm[top : top + rows, left : left + cols]
    known = np.isfinite(each.received_dbm)
    assert (np.abs(radial - each.received_dbm)[known] < 1).mean() > 0.7


def test_a_model_is_not_asked_for_paths_shorter_than_it_knows(volcano: Grid) -> None:
    shortest: list[float] = []

    def choosy(paths: Profiles, height1_m: np.ndarray, height2_m: np.ndarray) -> np.ndarray:
        shortest.append(float(paths.distance_m[paths.offsets[1:] - 1].min()))
        return np.full(len(paths), 100.0)

    each = coverage(
        volcano, Tower(*PLACE, Omni(10.0)), SECTOR, CLIENT, radius_m=1_500.0, model=choosy,
        model_nearest_m=250.0, **ASKED,
    )  # fmt: skip
    assert min(shortest) >= 249.99
    assert np.isfinite(each.received_dbm).sum() * each.row_km2.mean() == pytest.approx(np.pi * 1.5**2, rel=0.05)


def test_beyond_a_radios_own_limit_there_is_signal_but_no_rate(volcano: Grid) -> None:
    short = Equipment("client", "client", 5.8, 23.0, 23.0, RATES, 1, max_range_km=2.0)
    near = coverage(
        volcano, Tower(*PLACE, Omni(10.0)), SECTOR, short, radius_m=4_000.0, model="free_space", **ASKED
    )  # fmt: skip
    assert 9 < near.area_km2()[1:].sum() < np.pi * 4
    assert np.isfinite(near.received_dbm).sum() * near.row_km2.mean() == pytest.approx(np.pi * 16, rel=0.02)


def test_the_raster_says_the_same_and_is_the_same_bytes(tmp_path: Path, covered) -> None:
    first, second = tmp_path / "a.tif", tmp_path / "b.tif"
    write_cog(covered, first)
    write_cog(covered, second)
    assert first.read_bytes() == second.read_bytes()
    with rasterio.open(first) as raster:
        assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert raster.descriptions == ("received_dbm", "rate_mbps", "service_class", "server")
        np.testing.assert_array_equal(raster.read(1), covered.received_dbm)
        np.testing.assert_array_equal(raster.read(2), covered.rate_mbps)
        np.testing.assert_allclose(raster.bounds, covered.bounds, atol=1e-9)
        row, col = raster.index(*PLACE[:2])
        assert raster.read(2)[row, col] == covered.rate_mbps[row, col] > 0
    with pytest.raises(OutputError, match="written"):
        write_cog(covered, first / "a.tif")


def test_polygons_hold_the_cells_of_their_class(covered) -> None:
    frame = class_polygons(covered)
    assert frame.crs.to_epsg() == 4326
    assert frame.is_valid.all()
    assert list(frame.service_class) == sorted(set(np.unique(covered.service_class)) - {0, 255})
    assert frame.area_km2.to_numpy() == pytest.approx(covered.area_km2()[frame.service_class.to_numpy()], abs=1e-3)
    # In square degrees each cell counts alike.
    cell = covered.step_lon_deg * covered.step_lat_deg
    counts = [(covered.service_class == k).sum() for k in frame.service_class]
    assert [shape.area / cell for shape in frame.geometry] == pytest.approx(counts, rel=1e-6)


def test_nothing_served_has_no_polygons(volcano: Grid) -> None:
    weak = Equipment("weak", "sector", 5.8, -30.0, 0.0, RATES, 60)
    none = coverage(volcano, Tower(*PLACE, Omni(0.0)), weak, CLIENT, radius_m=1_000.0, **ASKED)
    assert none.area_km2()[1:].sum() == 0
    assert len(class_polygons(none)) == 0


def test_the_picture_is_drawn_in_both_languages_and_the_same_twice(tmp_path: Path, volcano: Grid, covered) -> None:
    files = [tmp_path / name for name in ("es.png", "en.png", "again.png")]
    for file, lang in zip(files, ("es", "en", "es"), strict=True):
        coverage_png(covered, volcano, file, lang, title="Torre")
    spanish, english, again = (file.read_bytes() for file in files)
    assert spanish == again != english
    assert spanish.startswith(b"\x89PNG")
    with pytest.raises(InputError, match="en or es"):
        coverage_png(covered, volcano, files[0], "fr", title="Torre")
    with pytest.raises(OutputError):
        coverage_png(covered, volcano, files[0] / "a.png", "es", title="Torre")


@pytest.mark.parametrize(
    ("sensitivities", "rates"),
    [([], []), ([-90.0], [10.0, 20.0]), ([-80.0, -90.0], [10.0, 20.0]), ([-90.0, -80.0], [20.0, 10.0]),
     ([-90.0, np.nan], [10.0, 20.0]), ([-90.0], [0.0])],
)  # fmt: skip
def test_a_table_that_does_not_ascend_is_refused(sensitivities: list[float], rates: list[float]) -> None:
    with pytest.raises(InputError, match="rate"):
        RateTable(np.array(sensitivities), np.array(rates))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"classes_mbps": ()}, "classes"),
        ({"classes_mbps": (30.0, 10.0)}, "ascending"),
        ({"model": "magic"}, "bullington"),
        ({"fade_margin_db": float("nan")}, "margin"),
        ({"receiver_height_m": 0.0}, "receiver_height_m"),
        ({"towers": []}, "tower"),
    ],
)
def test_what_coverage_cannot_use_is_named(volcano: Grid, change: dict[str, object], said: str) -> None:
    asked = {"towers": Tower(*PLACE, Omni(10.0)), "radius_m": 2_000.0, **ASKED} | change
    towers = asked.pop("towers")
    with pytest.raises(InputError, match=said):
        coverage(volcano, towers, SECTOR, CLIENT, **asked)
