"""Areas of influence: what each provider's towers serve, whom that reaches, and what would carry it further."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from alcance.network.build import pack_grid
from alcance.network.prices import PriceBook
from alcance.network.reach.area import NOBODY, Area, Heard, Rules, area_of, radius_m
from alcance.network.reach.links import LinkFinder
from alcance.network.reach.next_sites import next_sites
from alcance.network.reach.overlaps import Mask, outlines, overlap_table
from alcance.network.reach.places import EDUCATION, HEALTH, connections, reach_localities, reach_sites
from alcance.network.reach.stations import Provider, Station, read_providers, read_stations
from alcance.network.reach.strengthen import Wanted, strengthen

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas
    from numpy.typing import NDArray

    from alcance.pack import Pack
    from alcance.terrain import Grid

MODELS = ("delta_bullington", "bullington", "free_space")
CLASSES_MBPS = (2.0, 20.0, 50.0, 100.0)
CLIENT_HEIGHT_M = 6.0


@dataclass(frozen=True, eq=False)
class Reach:
    """The areas of influence of a pack's providers.

    Parameters
    ----------
    pack
        The pack.
    grid
        The ground on which they were computed.
    providers
        Those computed, by key.
    rules
        How.
    busy_mbps
        Traffic of a connection in the busy hour.
    facts
        One row per provider: what it reaches in numbers.
    towers
        One row per tower: what it carries, has left and serves.
    areas
        One row per provider and service class, with polygons.
    sites, localities
        One row per provider and place inside its area: rate, margin, tower, what that has left.
    overlaps
        Pairs of providers whose areas meet, with polygons.
    unreached
        Sites that no provider computed here reaches.
    next_sites
        Health and education sites that each provider could serve next, ranked.
    strengthen
        What would strengthen each provider, ranked.
    all_sites, all_localities
        Every place of the pack, reached or not.
    """

    pack: Pack
    grid: Grid
    providers: tuple[Provider, ...]
    rules: Rules
    busy_mbps: float
    facts: pd.DataFrame
    towers: pd.DataFrame
    areas: geopandas.GeoDataFrame
    sites: pd.DataFrame
    localities: pd.DataFrame
    overlaps: geopandas.GeoDataFrame
    unreached: pd.DataFrame
    next_sites: pd.DataFrame
    strengthen: pd.DataFrame
    all_sites: pd.DataFrame
    all_localities: pd.DataFrame

    @property
    def screening_only(self) -> bool:
        """Whether the terrain is too coarse for more than screening."""
        return bool(self.pack.meta.terrain.screening_only)


def areas_of_influence(
    pack: Pack,
    provider_id: str | None = None,
    *,
    model: str = MODELS[0],
    client_height_m: float = CLIENT_HEIGHT_M,
    progress: Callable[[str, float], None] | None = None,
) -> Reach:
    """Compute areas of influence and what follows from them.

    Parameters
    ----------
    pack
        The pack, with the tables providers and towers.
    provider_id
        One provider; None for all that have towers.
    model
        "delta_bullington", "bullington" or "free_space".
    client_height_m
        Antenna of those who are served, above ground [m].
    progress
        Told the stage and the share done.

    Raises
    ------
    InputError
        The pack has no providers or towers, the provider is not known or has no tower, a tower lacks its height or its
        radio, or a parameter is out of its range.
    TerrainGap
        A tower stands beyond the terrain.
    """
    tell = progress or (lambda _stage, _share: None)
    providers = read_providers(pack, provider_id)
    stations = read_stations(pack, providers)
    fade_margin_db, k_factor = float(pack.policy("fade_margin_db")), float(pack.policy("k_factor"))
    rules = Rules(client_height_m, fade_margin_db, k_factor, CLASSES_MBPS, model)
    return _Survey(pack, pack_grid(pack), providers, stations, rules).run(tell)


class _Survey:
    """Everything that is computed for each provider in turn."""

    def __init__(
        self, pack: Pack, grid: Grid, providers: list[Provider], stations: list[Station], rules: Rules
    ) -> None:
        self.pack, self.grid, self.rules = pack, grid, rules
        self.providers, self.stations = providers, stations
        self.busy_mbps = float(pack.policy("site_busy_mbps"))
        self.sites, self.localities = reach_sites(pack), reach_localities(pack)
        self.lon, self.lat = (
            np.concatenate([self.sites[name].to_numpy(np.float64), self.localities[name].to_numpy(np.float64)])
            for name in ("lon", "lat")
        )
        self.wanted = connections(self.sites, self.localities)
        row = {f"site:{key}": index for index, key in enumerate(self.sites["site_id"])}
        row |= {f"locality:{key}": len(row) + index for index, key in enumerate(self.localities["locality_id"])}
        self.wanted_at = np.array([row[key] for key in self.wanted["place_id"]], np.int64)
        self.finder = LinkFinder(pack, grid, PriceBook(pack), stations)

    def run(self, tell: Callable[[str, float], None]) -> Reach:
        """Compute all of it."""
        import geopandas

        count = len(self.stations)
        parts: dict[str, list[Any]] = {
            name: [] for name in ("facts", "towers", "areas", "sites", "localities", "next_sites", "strengthen")
        }
        masks: dict[str, Mask] = {}
        served: dict[str, NDArray[np.bool_]] = {}
        done = 0
        for provider in self.providers:
            key = provider.provider_id
            numbers = [index for index, station in enumerate(self.stations) if station.provider_id == key]

            def coverage(share: float, done: int = done, own: int = len(numbers)) -> None:
                tell("areas of influence", (done + 0.5 * share * own) / count)

            def masts(share: float, done: int = done, own: int = len(numbers)) -> None:
                tell("areas of influence", (done + (0.5 + 0.5 * share) * own) / count)

            area = area_of(self.grid, self.stations, numbers, self.lon, self.lat, self.rules, coverage)
            masks[key], served[key] = Mask.of(area), area.heard.served
            self._add(parts, provider, numbers, area, masts)
            done += len(numbers)
        tell("overlaps", 0.0)
        people = np.concatenate([np.zeros(len(self.sites), np.int64), self.localities["people"].to_numpy(np.int64)])
        is_site = np.arange(len(people)) < len(self.sites)
        overlaps = overlap_table(self.grid, masks, served, people, is_site)
        tell("overlaps", 1.0)
        tables = {name: _below(frames) for name, frames in parts.items()}
        return Reach(
            pack=self.pack,
            grid=self.grid,
            providers=tuple(self.providers),
            rules=self.rules,
            busy_mbps=self.busy_mbps,
            facts=tables["facts"],
            towers=tables["towers"],
            areas=geopandas.GeoDataFrame(tables["areas"], geometry="geometry", crs="EPSG:4326"),
            sites=tables["sites"],
            localities=tables["localities"],
            overlaps=overlaps,
            unreached=self._unreached(served),
            next_sites=tables["next_sites"],
            strengthen=tables["strengthen"],
            all_sites=self.sites,
            all_localities=self.localities,
        )

    def _add(
        self,
        parts: dict[str, list[Any]],
        provider: Provider,
        numbers: list[int],
        area: Area,
        masts: Callable[[float], None],
    ) -> None:
        """Add the tables of one provider."""
        heard = area.heard
        at_sites = heard.first(len(self.sites))
        wanted = Wanted.of(self.wanted, heard.station[self.wanted_at])
        outlined = outlines(self.grid, area.service_class, area.row0, area.col0, self.rules.classes_mbps)
        towers = self._towers(numbers, heard, wanted)
        following = next_sites(
            self.finder, self.stations, numbers, self.sites, at_sites, self.rules.client_height_m, self.busy_mbps
        )
        options = strengthen(
            self.pack, self.grid, self.finder, self.stations, numbers, wanted, self.rules, self.busy_mbps, masts
        )
        sites = self._inside(self.sites, heard, 0)
        localities = self._inside(self.localities, heard, len(self.sites))
        facts = self._facts(area, outlined["area_km2"].sum(), towers, sites, localities)
        for name, frame in (
            ("facts", facts), ("towers", towers), ("areas", outlined), ("sites", sites), ("localities", localities),
            ("next_sites", following), ("strengthen", options),
        ):  # fmt: skip
            known = frame.drop(columns="provider_id", errors="ignore")
            known.insert(0, "provider_id", provider.provider_id)
            known.insert(1, "illustrative", provider.illustrative)
            parts[name].append(known)

    def _inside(self, places: pd.DataFrame, heard: Heard, first: int) -> pd.DataFrame:
        """The places that are served, with what serves them."""
        part = slice(first, first + len(places))
        station = heard.station[part]
        inside = np.flatnonzero(station != NOBODY)
        own = [self.stations[int(number)] for number in station[inside]]
        frame = places.iloc[inside].reset_index(drop=True)
        frame["tower_id"] = [each.tower_id for each in own]
        frame["rate_mbps"] = heard.rate_mbps[part][inside].astype(np.float64)
        frame["margin_db"] = np.round(heard.margin_db[part][inside].astype(np.float64), 2)
        frame["capacity_left_mbps"] = pd.array([each.capacity_left_mbps(self.busy_mbps) for each in own], "Float64")
        frame["room"] = pd.array([each.room(self.busy_mbps) for each in own], "Float64").astype("Int64")
        return frame

    def _towers(self, numbers: list[int], heard: Heard, wanted: Wanted) -> pd.DataFrame:
        """What each tower carries, has left, and serves best of all the provider's."""
        people = np.concatenate([np.zeros(len(self.sites)), self.localities["people"].to_numpy(np.float64)])
        rows = []
        for number in numbers:
            station = self.stations[number]
            own = heard.station == number
            waiting = int((wanted.station == number).sum())
            room = station.room(self.busy_mbps)
            rows.append(
                {
                    "tower_id": station.tower_id, "lon": station.tower.lon, "lat": station.tower.lat,
                    "height_m": station.tower.height_m, "equipment_id": station.transmitter.equipment_id,
                    "freq_ghz": station.transmitter.freq_ghz, "sectors": station.sectors,
                    "radius_km": radius_m(station, self.rules.fade_margin_db) / 1e3,
                    "backhaul_kind": station.backhaul_kind, "backhaul_mbps": station.backhaul_mbps,
                    "clients": station.clients, "capacity_left_mbps": station.capacity_left_mbps(self.busy_mbps),
                    "room": room, "sites": int(own[: len(self.sites)].sum()), "people": int(people[own].sum()),
                    "waiting": waiting, "waiting_with_room": None if room is None else int(min(room, waiting)),
                }
            )  # fmt: skip
        frame = pd.DataFrame(rows)
        for name in ("backhaul_mbps", "capacity_left_mbps"):
            frame[name] = frame[name].astype("Float64")
        for name in ("clients", "room", "waiting_with_room"):
            frame[name] = frame[name].astype("Float64").astype("Int64")
        return frame

    def _facts(
        self, area: Area, area_km2: float, towers: pd.DataFrame, sites: pd.DataFrame, localities: pd.DataFrame
    ) -> pd.DataFrame:
        """One row of numbers."""
        known = towers["room"].notna()
        row = {
            "towers": len(towers),
            "towers_room_unknown": int((~known).sum()),
            "towers_full": int((towers["room"] == 0).sum()),
            "towers_without_ground": area.towers_without_ground,
            "area_km2": round(float(area_km2), 3),
            "people": int(localities["people"].sum()),
            "people_in_need": int(localities.loc[localities["in_need"], "people"].sum()),
            "localities": len(localities),
            "sites": len(sites),
            "health_sites": int(sites["kind"].isin(HEALTH).sum()),
            "education_sites": int(sites["kind"].isin(EDUCATION).sum()),
            "waiting": int(towers["waiting"].sum()),
            "waiting_with_room": int(towers["waiting_with_room"].fillna(0).sum()),
            "waiting_room_unknown": int(towers.loc[~known, "waiting"].sum()),
        }
        return pd.DataFrame([row])

    def _unreached(self, served: dict[str, NDArray[np.bool_]]) -> pd.DataFrame:
        """Sites that nobody reaches, with the nearest tower of those computed."""
        from scipy.spatial import cKDTree

        reached = np.zeros(len(self.sites), bool)
        for key in sorted(served):
            reached |= served[key][: len(self.sites)]
        frame = self.sites[~reached].reset_index(drop=True)
        towers = [station.tower for station in self.stations]
        tree = cKDTree(_on_sphere(np.array([t.lon for t in towers]), np.array([t.lat for t in towers])))
        chord, found = tree.query(_on_sphere(frame["lon"].to_numpy(np.float64), frame["lat"].to_numpy(np.float64)))
        nearest = np.asarray(found, np.int64)
        frame["nearest_tower_id"] = [self.stations[int(number)].tower_id for number in nearest]
        frame["nearest_provider_id"] = [self.stations[int(number)].provider_id for number in nearest]
        frame["nearest_km"] = np.round(chord / 1e3, 3)
        return frame


def _below(frames: list[Any]) -> Any:
    """Put tables one below the other; an empty one has no types of its own to add."""
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]


def _on_sphere(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places as points in space [m]; over tens of kilometres a chord is as long as the way."""
    from alcance.terrain import EARTH_RADIUS_M

    x, y = np.radians(lon), np.radians(lat)
    return EARTH_RADIUS_M * np.column_stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])
