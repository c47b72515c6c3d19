"""Pictures of areas of influence over shaded relief, as PNG that a page carries in itself."""

from __future__ import annotations

import base64
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from alcance.publish.palette import PROVIDER_COLOURS, REACH_CLASS_COLOURS
from alcance.publish.svg import INK

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from alcance.network.reach import Reach

WIDTH_IN, TALLEST_IN, DPI = 8.6, 9.0, 130
MARGIN: Final = 0.05  # of the larger side, around what is shown
MOST_CELLS: Final = 1400  # relief finer than the picture is thinned
SCALE_KM: Final = (1, 2, 5, 10, 20, 50, 100, 200)
HEALTH_COLOUR, EDUCATION_COLOUR, NEXT_COLOUR, LOCALITY_COLOUR = "#c4161c", "#005a8f", "#ffffff", "#30434a"
NUMBERED: Final = 12
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Picture:
    """A picture ready for a page.

    Parameters
    ----------
    uri
        PNG as a data URI.
    width, height
        Size in CSS pixels.
    """

    uri: str
    width: int
    height: int


def provider_picture(reach: Reach, provider_id: str) -> Picture:
    """Draw one provider: rates, its towers, localities, health and education sites, whom to serve next.

    Parameters
    ----------
    reach
        The areas of influence.
    provider_id
        Whose.
    """
    from alcance.network.reach import EDUCATION, HEALTH

    own = {name: frame[frame["provider_id"] == provider_id] for name, frame in _frames(reach).items()}
    towers, following = own["towers"], own["next_sites"].head(NUMBERED)
    lon = np.concatenate([towers["lon"].to_numpy(float), following["lon"].to_numpy(float)])
    lat = np.concatenate([towers["lat"].to_numpy(float), following["lat"].to_numpy(float)])
    figure, axes, box = _canvas(reach, [*own["areas"].geometry], lon, lat)
    for level, shape in zip(own["areas"]["service_class"], own["areas"].geometry, strict=True):
        _fill(axes, shape, REACH_CLASS_COLOURS[int(level) - 1], 0.55)
    localities, sites = own["localities"], own["sites"]
    axes.scatter(localities["lon"], localities["lat"], s=2.2, color=LOCALITY_COLOUR, linewidths=0, alpha=0.75, zorder=4)
    for kinds, marker, colour, size in (
        (EDUCATION, "s", EDUCATION_COLOUR, 17.0), (HEALTH, "P", HEALTH_COLOUR, 52.0),
    ):  # fmt: skip
        chosen = sites[sites["kind"].isin(kinds)]
        axes.scatter(
            chosen["lon"], chosen["lat"], s=size, marker=marker, color=colour, edgecolors="white", linewidths=0.6,
            zorder=6,
        )  # fmt: skip
    for row in reversed(list(following.itertuples())):  # the first on top
        axes.scatter([row.lon], [row.lat], s=95, color=NEXT_COLOUR, edgecolors=INK, linewidths=1.1, zorder=7)
        axes.text(row.lon, row.lat, str(row.rank), fontsize=6.6, color=INK, ha="center", va="center_baseline", zorder=8)
    _towers(axes, towers, named=True)
    _scale(axes, box)
    return _png(figure)


def overview_picture(reach: Reach) -> Picture:
    """Draw all providers, each in its colour, where several serve darker, and the sites that none reaches."""
    from alcance.network.reach import EDUCATION, HEALTH

    missed = reach.unreached[reach.unreached["kind"].isin([*HEALTH, *EDUCATION])]
    sites = reach.all_sites
    figure, axes, box = _canvas(
        reach, [*reach.areas.geometry], sites["lon"].to_numpy(float), sites["lat"].to_numpy(float)
    )
    for number, provider in enumerate(reach.providers):
        colour = PROVIDER_COLOURS[number % len(PROVIDER_COLOURS)]
        for shape in reach.areas.geometry[reach.areas["provider_id"] == provider.provider_id]:
            _fill(axes, shape, colour, 0.5)
    axes.scatter(missed["lon"], missed["lat"], s=7, marker="x", color="#5c1414", linewidths=0.7, zorder=4)
    _towers(axes, reach.towers, named=False)
    _names(axes, reach, box)
    _scale(axes, box)
    return _png(figure)


def _names(axes: Axes, reach: Reach, box: Box) -> None:
    """Write each provider's key at the middle of its towers, pushed north where it would hide one further south."""
    places = reach.towers.groupby("provider_id")[["lon", "lat"]].mean()
    wide, high = 0.06 * (box[2] - box[0]), 0.032 * (box[3] - box[1])
    taken: list[tuple[float, float]] = []
    for key in places.sort_values("lat", kind="stable").index:
        lon, lat = float(places.loc[key, "lon"]), float(places.loc[key, "lat"])
        for x, y in sorted(taken, key=lambda place: place[1]):
            if abs(lon - x) < wide and abs(lat - y) < high:
                lat = y + high
        taken.append((lon, lat))
        number = [provider.provider_id for provider in reach.providers].index(str(key))
        colour = PROVIDER_COLOURS[number % len(PROVIDER_COLOURS)]
        axes.text(
            lon, lat, str(key), fontsize=8.5, fontweight="bold", color=INK, ha="center", va="center", zorder=9,
            bbox={"boxstyle": "round,pad=0.22", "facecolor": "white", "alpha": 0.9, "edgecolor": colour, "lw": 1.4},
        )  # fmt: skip


def _frames(reach: Reach) -> dict[str, Any]:
    return {
        "areas": reach.areas, "towers": reach.towers, "sites": reach.sites, "localities": reach.localities,
        "next_sites": reach.next_sites,
    }  # fmt: skip


def _canvas(
    reach: Reach, shapes: list[Any], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[Any, Axes, Box]:
    """A figure with relief around some shapes and points."""
    from matplotlib.figure import Figure

    edges = [shape.bounds for shape in shapes if not shape.is_empty]
    west = min([float(lon.min()), *(edge[0] for edge in edges)])
    south = min([float(lat.min()), *(edge[1] for edge in edges)])
    east = max([float(lon.max()), *(edge[2] for edge in edges)])
    north = max([float(lat.max()), *(edge[3] for edge in edges)])
    squeeze = math.cos(math.radians((south + north) / 2))
    pad = MARGIN * max((east - west) * squeeze, north - south, 0.02)
    edge = reach.grid.bounds
    low = (max(west - pad / squeeze, edge[0]), max(south - pad, edge[1]))
    box = (*low, min(east + pad / squeeze, edge[2]), min(north + pad, edge[3]))
    ratio = (box[3] - box[1]) / ((box[2] - box[0]) * squeeze)
    width = min(WIDTH_IN, TALLEST_IN / ratio)
    figure = Figure(figsize=(width, width * ratio), dpi=DPI, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(box[0], box[2])
    axes.set_ylim(box[1], box[3])
    axes.set_aspect("auto")
    axes.set_axis_off()
    _relief(axes, reach, box)
    return figure, axes, box


def _relief(axes: Axes, reach: Reach, box: Box) -> None:
    from alcance.radio.coverage.picture import shade
    from alcance.terrain import EARTH_RADIUS_M

    grid = reach.grid
    rows, cols = grid.shape
    col0 = max(0, math.floor((box[0] - grid.west) / grid.step_lon_deg))
    col1 = min(cols, math.ceil((box[2] - grid.west) / grid.step_lon_deg) + 1)
    row0 = max(0, math.floor((grid.north - box[3]) / grid.step_lat_deg))
    row1 = min(rows, math.ceil((grid.north - box[1]) / grid.step_lat_deg) + 1)
    thin = max(1, math.ceil(max(row1 - row0, col1 - col0) / MOST_CELLS))
    ground = grid.ground_m[row0:row1:thin, col0:col1:thin]
    step_lon, step_lat = grid.step_lon_deg * thin, grid.step_lat_deg * thin
    metres = math.radians(1) * EARTH_RADIUS_M
    bright = shade(ground, step_lon * metres * math.cos(math.radians((box[1] + box[3]) / 2)), step_lat * metres)
    west, north = grid.west + (col0 - 0.5) * grid.step_lon_deg, grid.north - (row0 - 0.5) * grid.step_lat_deg
    extent = (west, west + ground.shape[1] * step_lon, north - ground.shape[0] * step_lat, north)
    axes.imshow(
        bright, cmap="gray", vmin=-0.35, vmax=1.02, extent=extent, aspect="auto", interpolation="bilinear", zorder=1
    )
    # The sea is flat, and so is a lagoon: both are 0 m.
    water = np.where(ground <= 0, 1.0, np.nan)
    axes.imshow(water, cmap=_flat("#bcd3de"), extent=extent, aspect="auto", interpolation="nearest", zorder=1.5)


def _flat(colour: str) -> Any:
    from matplotlib.colors import ListedColormap

    return ListedColormap([colour])


def _fill(axes: Axes, shape: Any, colour: str, alpha: float) -> None:
    """Fill a polygon with its holes; a thin edge keeps areas apart."""
    import shapely
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    rings = [
        shapely.get_coordinates(ring) for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)
    ]
    if not rings:
        return
    outline = Outline.make_compound_path(*(Outline(ring, closed=True) for ring in rings))
    axes.add_patch(PathPatch(outline, facecolor=colour, edgecolor=colour, linewidth=0.35, alpha=alpha, zorder=2))


def _towers(axes: Axes, towers: pd.DataFrame, *, named: bool) -> None:
    axes.scatter(
        towers["lon"], towers["lat"], s=62 if named else 16, marker="^", color="white", edgecolors=INK,
        linewidths=1.4 if named else 0.8, zorder=7.5,
    )  # fmt: skip
    for row in towers.itertuples() if named else ():
        axes.annotate(
            str(row.tower_id), (float(str(row.lon)), float(str(row.lat))), (0, 7), textcoords="offset points",
            fontsize=6.8, fontweight="bold", color=INK, ha="center", zorder=9,
            bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "alpha": 0.7, "edgecolor": "none"},
        )  # fmt: skip


def _scale(axes: Axes, box: Box) -> None:
    """Bar of a round length, at most a quarter of the width, at the lower left."""
    from matplotlib.patches import Rectangle

    from alcance.terrain import EARTH_RADIUS_M

    west, south, east, north = box
    km_per_deg = math.radians(1) * EARTH_RADIUS_M / 1e3 * math.cos(math.radians((south + north) / 2))
    span_km = (east - west) * km_per_deg
    length = max((km for km in SCALE_KM if km <= span_km / 4), default=SCALE_KM[0])
    x, y, high = west + 0.03 * (east - west), south + 0.03 * (north - south), 0.006 * (north - south)
    wide = length / km_per_deg
    back = (x - 0.012 * (east - west), y - 0.014 * (north - south))
    size = (wide + 0.024 * (east - west), 0.052 * (north - south))
    axes.add_patch(Rectangle(back, *size, facecolor="white", alpha=0.85, edgecolor="none", zorder=10))
    axes.add_patch(Rectangle((x, y), wide, high, facecolor=INK, edgecolor="none", zorder=11))
    axes.text(x + wide / 2, y + 1.7 * high, f"{length:g} km", fontsize=7.5, color=INK, ha="center", zorder=11)


def _png(figure: Any) -> Picture:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from alcance.radio.png import write_png

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[:, :, :3]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.png"
        write_png(pixels, path, DPI)
        data = path.read_bytes()
    uri = "data:image/png;base64," + base64.b64encode(data).decode("ascii")
    return Picture(uri, pixels.shape[1], pixels.shape[0])


def swatches(colours: Iterable[str]) -> list[str]:
    """Give colours as they look over grey relief, for a legend beside the picture."""
    blended = []
    for colour in colours:
        parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        blended.append("#" + "".join(f"{round(0.6 * part + 0.4 * 205):02x}" for part in parts))
    return blended
