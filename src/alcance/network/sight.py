"""Which places see each other, and from how high: the screening of candidate radio hops."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from alcance.radio.heights import HEIGHT_CLASSES_M

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from alcance.network.places import Places
    from alcance.pack import Pack
    from alcance.terrain import Grid

Part = TypeVar("Part")
Made = TypeVar("Made")
STRETCH = 1.03  # projected and great-circle distances differ by less than this
NO_CLASS = len(HEIGHT_CLASSES_M)  # no class at the far end clears the path
_PATHS_AT_A_TIME = 200_000  # profiles held at once
_ROWS_AT_A_TIME = 4_000  # near ends screened together: bounds the memory at national size


@dataclass(frozen=True)
class SightRule:
    """How a path is judged clear.

    Parameters
    ----------
    freq_ghz
        Frequency for which the Fresnel zone is drawn.
    k_factor
        Effective earth radius over the true one.
    fresnel_clearance
        Share of the first Fresnel zone's radius that must be free.
    step_m
        Distance between terrain samples.
    confidence
        Least chance that a path is clear on the true ground; nought takes the ground as it stands.
    error_sigma
        Standard deviation of the elevation error, cell by cell.
    correlation_length_m
        Distance over which that error stays alike.
    """

    freq_ghz: float
    k_factor: float
    fresnel_clearance: float
    step_m: float
    confidence: float
    error_sigma: Grid
    correlation_length_m: float

    @classmethod
    def of(cls, pack: Pack, grid: Grid, freq_ghz: float) -> SightRule:
        """Take the rule of a pack's policies, and the error of its ground.

        The error grows with the relief where the pack says how, and is the same everywhere where it does not.
        """
        from dataclasses import replace

        from alcance.terrain import relief

        notes = pack.meta.terrain
        law = notes.error_by_relief
        if law is None:
            sigma_m = np.full(grid.shape, notes.error_sigma_m.value, dtype=np.float32)
        else:
            sigma_m = (law.floor_m + law.share * relief(grid, law.relief_radius_m).ground_m).astype(np.float32)
        return cls(
            freq_ghz=freq_ghz,
            k_factor=float(pack.policy("k_factor")),
            fresnel_clearance=float(pack.policy("fresnel_clearance")),
            step_m=grid.cell_m,
            confidence=float(pack.policy("link_confidence")),
            error_sigma=replace(grid, ground_m=sigma_m, cover_m=None),
            correlation_length_m=notes.correlation_length_m.value,
        )

    def chances(
        self,
        grid: Grid,
        lon1: NDArray[np.float64],
        lat1: NDArray[np.float64],
        height1_m: NDArray[np.floating],
        lon2: NDArray[np.float64],
        lat2: NDArray[np.float64],
        height2_m: NDArray[np.floating],
    ) -> NDArray[np.float64]:
        """Chance that each of n paths between antennas [m above ground] is clear on the true ground.

        Raises
        ------
        TerrainGap
            A path crosses cells without elevation.
        """
        from alcance.radio.confidence import sight_confidence
        from alcance.terrain import profiles

        found = np.empty(len(lon1))
        for start in range(0, len(lon1), _PATHS_AT_A_TIME):
            part = slice(start, start + _PATHS_AT_A_TIME)
            ends = (lon1[part], lat1[part], lon2[part], lat2[part], self.step_m)
            found[part] = sight_confidence(
                profiles(grid, *ends),
                profiles(self.error_sigma, *ends),
                height1_m[part],
                height2_m[part],
                freq_ghz=self.freq_ghz,
                correlation_length_m=self.correlation_length_m,
                k_factor=self.k_factor,
                clearance=self.fresnel_clearance,
            )
        return found


@dataclass(frozen=True)
class Sight:
    """n directed pairs of places with a clear path from some height class.

    Parameters
    ----------
    near, far
        Numbers of places.
    distance_m
        Great-circle length.
    far_class
        n x 4: for each height class at the near end the lowest class at the far end that clears the path, or
        `NO_CLASS`.
    """

    near: NDArray[np.int32]
    far: NDArray[np.int32]
    distance_m: NDArray[np.float64]
    far_class: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.near)

    def take(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Sight:
        """Give the chosen pairs."""
        return Sight(self.near[which], self.far[which], self.distance_m[which], self.far_class[which])


def sight_between(
    grid: Grid,
    places: Places,
    near: NDArray[np.int64],
    far: NDArray[np.int64],
    max_distance_m: float,
    rule: SightRule,
) -> Iterator[Sight]:
    """Screen every pair within a distance, in slices of near ends, and keep those that some class clears.

    Parameters
    ----------
    grid
        Terrain.
    places
        All places.
    near, far
        Numbers of the places to pair; a place is never paired with itself or with one on the same spot.
    max_distance_m
        Longest hop.
    rule
        What counts as clear.

    Yields
    ------
    Sight
        All clear pairs of one slice of near ends, sorted by near and far end.

    Raises
    ------
    TerrainGap
        If a path crosses cells without elevation.
    """
    from scipy.spatial import cKDTree

    from alcance.radio import required_height_m
    from alcance.terrain import great_circle_m

    if len(near) == 0 or len(far) == 0:
        return
    heights_m = np.array(HEIGHT_CLASSES_M, dtype=np.float32)
    far_tree = cKDTree(places.xy_m[far])
    # Near ends that lie together share terrain: walk them along the map, not in the order of the file.
    walk = near[np.lexsort((near, np.floor(places.xy_m[near, 0] / 50_000), np.floor(places.xy_m[near, 1] / 50_000)))]
    slices = [np.sort(walk[start : start + _ROWS_AT_A_TIME]) for start in range(0, len(walk), _ROWS_AT_A_TIME)]

    def pairs(rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        found = cKDTree(places.xy_m[rows]).sparse_distance_matrix(
            far_tree, max_distance_m * STRETCH, output_type="ndarray"
        )
        found = found[found["v"] > 1.0]
        a, b = rows[found["i"]], far[found["j"]]
        distance_m = np.round(great_circle_m(places.lon[a], places.lat[a], places.lon[b], places.lat[b]), 2)
        within = (distance_m <= max_distance_m) & (a != b) & (distance_m > 1.0)
        return a[within], b[within], distance_m[within]

    for a, b, distance_m in _one_ahead(pairs, slices):
        if len(a) == 0:
            continue
        need_m = required_height_m(
            grid,
            places.lon[a],
            places.lat[a],
            places.lon[b],
            places.lat[b],
            heights_m,
            freq_ghz=rule.freq_ghz,
            k_factor=rule.k_factor,
            clearance=rule.fresnel_clearance,
            step_m=rule.step_m,
            ceiling_m=float(heights_m[-1]),
        )
        # Most pairs are never clear: the few that are get sorted and classed.
        clear = np.flatnonzero(np.round(need_m[:, -1], 2) <= heights_m[-1])
        clear = clear[np.argsort(a[clear] * len(places) + b[clear])]
        far_class = np.searchsorted(heights_m, np.round(need_m[clear], 2), side="left").astype(np.uint8)
        seen = Sight(a[clear].astype(np.int32), b[clear].astype(np.int32), distance_m[clear], far_class)
        if rule.confidence > 0:
            seen = _surely(grid, places, seen, rule)
        yield seen


def _one_ahead(make: Callable[[Part], Made], parts: list[Part]) -> Iterator[Made]:
    """Make something of each part, the next one on another thread while the last is being used."""
    with ThreadPoolExecutor(max_workers=1) as helper:
        making = [helper.submit(make, part) for part in parts[:1]]
        for part in parts[1:]:
            made = making.pop().result()
            making.append(helper.submit(make, part))
            yield made
        yield from (last.result() for last in making)


def _surely(grid: Grid, places: Places, sight: Sight, rule: SightRule) -> Sight:
    """Raise the masts of doubtful paths until they are surely enough clear, and drop those that never are."""
    from alcance.radio.confidence import confident_classes
    from alcance.terrain import profiles

    far_class = sight.far_class.copy()
    for start in range(0, len(sight), _PATHS_AT_A_TIME):
        part = slice(start, start + _PATHS_AT_A_TIME)
        near, far = sight.near[part], sight.far[part]
        ends = (places.lon[near], places.lat[near], places.lon[far], places.lat[far], rule.step_m)
        far_class[part] = confident_classes(
            profiles(grid, *ends),
            profiles(rule.error_sigma, *ends),
            np.array(HEIGHT_CLASSES_M),
            sight.far_class[part],
            confidence=rule.confidence,
            freq_ghz=rule.freq_ghz,
            correlation_length_m=rule.correlation_length_m,
            k_factor=rule.k_factor,
            clearance=rule.fresnel_clearance,
        )
    clear = far_class[:, -1] < NO_CLASS
    return Sight(sight.near[clear], sight.far[clear], sight.distance_m[clear], far_class[clear])


def join_sight(parts: list[Sight]) -> Sight:
    """Put tables of pairs one below the other."""
    if not parts:
        classes = np.empty((0, len(HEIGHT_CLASSES_M)), dtype=np.uint8)
        return Sight(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0), classes)
    return Sight(
        np.concatenate([part.near for part in parts]),
        np.concatenate([part.far for part in parts]),
        np.concatenate([part.distance_m for part in parts]),
        np.concatenate([part.far_class for part in parts]),
    )


def lowest_pairs(sight: Sight) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.uint8]]:
    """List the pairs of classes that clear each path and of which neither can be lowered.

    Returns
    -------
    (row, near_class, far_class)
        Rows of `sight`, and the class at either end.
    """
    classes = sight.far_class.astype(np.int16)
    useful = classes < NO_CLASS
    useful[:, 1:] &= classes[:, 1:] < classes[:, :-1]
    row, near_class = np.nonzero(useful)
    return row, near_class.astype(np.uint8), sight.far_class[row, near_class]
