"""The page on coverage: its snippets run, and its pictures are there and small."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas
import numpy as np
import pytest
import rasterio

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "coverage.md"


def test_the_pages_snippets_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {"out": tmp_path}
    snippets = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(snippets) == 3
    for snippet in snippets:
        exec(compile(snippet, str(PAGE), "exec"), names)
    covered, wide, by_p1812 = names["covered"], names["wide"], names["by_p1812"]
    assert 30 < covered.area_km2()[1:].sum() < 400
    # At 700 MHz the ravines are served too.
    assert wide.area_km2()[1:].sum() > 1.3 * covered.area_km2()[1:].sum()
    assert np.isfinite(by_p1812.received_dbm).sum() > 10_000
    with rasterio.open(tmp_path / "coverage_tower.tif") as raster:
        assert raster.count == 4
    assert len(geopandas.read_file(tmp_path / "coverage_tower.gpkg")) == 3
    for name in ("coverage_tower", "coverage_700_mhz"):
        assert (tmp_path / f"{name}.png").stat().st_size <= 300_000


def test_the_pages_pictures_are_small() -> None:
    pictures = re.findall(r"!\[.+?\]\((.+?)\)", PAGE.read_text(encoding="utf-8"))
    assert len(pictures) == 2
    for picture in pictures:
        assert (PAGE.parent / picture).stat().st_size <= 300_000
