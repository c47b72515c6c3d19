"""The rules of quality, one table: for files that come in and for the register as it stands.

After the rules of Giga's data pipeline and the duplicates sets of its school register.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from django.utils.translation import gettext_lazy as _

from alcance.office.register.imports.values import Faults
from alcance.office.register.models import Area, Level
from alcance.office.register.places import Outlines
from alcance.pack.identifiers import SCHEMES, check_key, state_of

EARTH_RADIUS_M = 6_371_009.0
LEAST_DECIMALS = 5
NEAR_M = 110.0
SIMILAR = 0.7
MOST_ON_A_POINT = 5
MOST_IN_A_SQUARE = 20
MOST_PAIRS = 2_000_000
# What a database holds, and no site ever has.
MOST_NUMBER = 1_000_000


@dataclass(frozen=True)
class Ground:
    """What rules look things up in: outlines of states, and the state of each municipality that exists."""

    states: Outlines
    municipalities: Mapping[str, str | None]

    @classmethod
    def read(cls) -> Ground:
        """Read them from the register."""
        municipalities = Area.objects.filter(level=Level.MUNICIPALITY).values_list("code", "parent")
        return cls(Outlines.of(Level.STATE), dict(municipalities))


Finder = Callable[[pd.DataFrame, Ground], Any]


@dataclass(frozen=True)
class Rule:
    """One rule.

    Parameters
    ----------
    name
        Of the rule; a fault names it.
    severity
        "error" keeps a row out of the register, "warning" is to be looked at.
    field
        The field that it is about.
    message
        What is wrong, and what would be right.
    find
        The rows, as a mask, for which it does not hold; None for a rule that reading a cell decides.
    among
        Whether it looks at rows beside each other, and so at the sites of the register beside those of a file.
    """

    name: str
    severity: str
    field: str
    message: Any
    find: Finder | None = None
    among: bool = False


def _missing(field: str) -> Finder:
    return lambda rows, _ground: rows[field].isna()


def _outside(field: str, least: float, most: float) -> Finder:
    return lambda rows, _ground: rows[field].notna() & ~rows[field].between(least, most)


def _twice(*fields: str) -> Finder:
    """Rows that say the same of these fields as another; a place is the point to five decimals."""

    def find(rows: pd.DataFrame, _ground: Ground) -> Any:
        known = rows[list(fields)].notna().all(axis=1)
        return known & rows.duplicated(list(fields), keep=False)

    return find


def _few_decimals(rows: pd.DataFrame, _ground: Ground) -> Any:
    known = rows["lon"].notna() & rows["lat"].notna()
    return known & (rows[["lon_decimals", "lat_decimals"]].max(axis=1) < LEAST_DECIMALS)


def _outside_country(rows: pd.DataFrame, ground: Ground) -> Any:
    if not len(ground.states.codes):
        return pd.Series(data=False, index=rows.index)
    known = rows["lon"].notna() & rows["lat"].notna()
    outside = (known & rows["state_at"].isna()).to_numpy()
    lon, lat = (rows[name].to_numpy(dtype=float)[outside] for name in ("lon", "lat"))
    outside[outside] = ~ground.states.near_any(lon, lat)
    return outside


def _outside_state(rows: pd.DataFrame, ground: Ground) -> Any:
    differs = rows["state_at"].notna() & rows["state_code"].notna() & (rows["state_at"] != rows["state_code"])
    wrong = differs.to_numpy(dtype=bool, copy=True)
    for code, some in rows[differs].groupby("state_code", sort=True):
        lon, lat = (some[name].to_numpy(dtype=float) for name in ("lon", "lat"))
        wrong[rows.index.get_indexer(some.index)] = ~ground.states.near(str(code), lon, lat)
    return wrong


def _bad_key(rows: pd.DataFrame, _ground: Ground) -> Any:
    wrong = [
        isinstance(key, str) and scheme in SCHEMES and check_key(scheme, key) is not None
        for scheme, key in zip(rows["key_scheme"], rows["key"], strict=True)
    ]
    return pd.Series(wrong, index=rows.index)


def _key_of_another_state(rows: pd.DataFrame, _ground: Ground) -> Any:
    said = pd.Series(
        [
            state_of(scheme, key) if isinstance(key, str) and isinstance(scheme, str) else None
            for scheme, key in zip(rows["key_scheme"], rows["key"], strict=True)
        ],
        index=rows.index,
        dtype=object,
    )
    return said.notna() & rows["state_code"].notna() & (said != rows["state_code"])


def _unknown_municipality(rows: pd.DataFrame, ground: Ground) -> Any:
    return rows["municipality"].isna() | ~rows["municipality"].isin(list(ground.municipalities))


def _locality_elsewhere(rows: pd.DataFrame, ground: Ground) -> Any:
    """A key of a locality names its municipality by the catalogue, and borders are simplified, disputed and moved."""
    there = rows["locality_municipality"]
    differs = there.notna() & rows["municipality"].notna() & (there != rows["municipality"])
    return differs & ~_locality_of_another_state(rows, ground)


def _locality_of_another_state(rows: pd.DataFrame, ground: Ground) -> Any:
    state = rows["locality_municipality"].map(ground.municipalities)
    return state.notna() & rows["state_code"].notna() & (state != rows["state_code"])


def _crowded(rows: pd.DataFrame, _ground: Ground) -> Any:
    known = rows["place"].notna()
    return known & (rows.groupby("place")["place"].transform("size") > MOST_ON_A_POINT)


def _like_a_neighbour(rows: pd.DataFrame, _ground: Ground) -> Any:
    """Same or similar name, same kind, within 110 m: found by a tree of points, so work grows with neighbours only."""
    from scipy.spatial import cKDTree

    found = pd.Series(data=False, index=rows.index)
    known = rows[rows["lon"].notna() & rows["lat"].notna() & rows["name"].notna() & rows["kind"].notna()]
    for _kind, every in known.groupby("kind", sort=True):
        found[every.index[_same_name_in_a_crowd(every)]] = True
        same = every[~_in_a_crowd(every)]
        # On the sphere itself: over so short a way a chord is as long as its arc, wherever on the globe.
        lon, lat = (np.radians(same[name].to_numpy(dtype=float)) for name in ("lon", "lat"))
        points = np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
        pairs = cKDTree(EARTH_RADIUS_M * points).query_pairs(NEAR_M, output_type="ndarray")
        names = same["name"].str.lower().to_numpy()
        alike = np.zeros(len(same), dtype=bool)
        for one, other in pairs[:MOST_PAIRS]:
            if not (alike[one] and alike[other]) and _similar(names[one], names[other]):
                alike[one] = alike[other] = True
        found[same.index[alike]] = True
    return found


def _square(rows: pd.DataFrame) -> pd.Series:
    """The square of about 110 m that each row lies in."""
    lon, lat = (np.floor(rows[name].to_numpy(dtype=float) * 1_000) for name in ("lon", "lat"))
    return pd.Series(lon * 1e6 + lat, index=rows.index)


def _in_a_crowd(same: pd.DataFrame) -> Any:
    """Rows whose square holds too many for every pair to be compared: pairs grow with its square, without bound."""
    square = _square(same)
    return (square.groupby(square).transform("size") > MOST_IN_A_SQUARE).to_numpy()


def _same_name_in_a_crowd(same: pd.DataFrame) -> Any:
    """In a crowd equal names alone are found."""
    names = pd.DataFrame({"square": _square(same), "name": same["name"].str.lower()})
    return _in_a_crowd(same) & names.duplicated(keep=False).to_numpy()


def _similar(one: str, other: str) -> bool:
    if one == other:
        return True
    ratio = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return ratio.real_quick_ratio() >= SIMILAR and ratio.quick_ratio() >= SIMILAR and ratio.ratio() >= SIMILAR


def _without_power(rows: pd.DataFrame, _ground: Ground) -> Any:
    needs = rows["technology"].notna() & ~rows["technology"].isin(["unknown", "other"])
    return needs & (rows["electricity"] == False)  # noqa: E712 (None is neither)


def _no_technology(rows: pd.DataFrame, _ground: Ground) -> Any:
    return rows["speed_mbps"].notna() & rows["technology"].isna()


RULES = (
    Rule("key_missing", "error", "key", _("The key is missing."), _missing("key")),
    Rule("scheme_missing", "error", "key_scheme", _("The key's scheme is missing."), _missing("key_scheme")),
    Rule("name_missing", "error", "name", _("The name is missing."), _missing("name")),
    Rule("kind_missing", "error", "kind", _("The kind is missing."), _missing("kind")),
    Rule("lon_missing", "error", "lon", _("The longitude is missing."), _missing("lon")),
    Rule("lat_missing", "error", "lat", _("The latitude is missing."), _missing("lat")),
    Rule("number", "error", "", _("This is no number.")),
    Rule("yes_or_no", "error", "", _("This is neither yes nor no.")),
    Rule("choice", "error", "", _("This is none of the values that the field knows.")),
    Rule("length", "error", "", _("This is too long.")),
    Rule("host", "error", "host", _("No institution has this code.")),
    Rule("locality", "warning", "locality", _("No locality has this key; it is left out.")),
    Rule("locality_elsewhere", "warning", "locality", _("This locality belongs to another municipality."),
         _locality_elsewhere),
    Rule("locality_state", "error", "locality", _("This locality lies in another state."), _locality_of_another_state),
    Rule("scope", "error", "", _("This site is not yours to change.")),
    Rule("merged", "error", "key", _("The site of this key was merged into another; bring the key of that one.")),
    Rule("nominated", "error", "municipality", _("The site is nominated in another state; close that first.")),
    Rule("meanwhile", "error", "", _("The site has been changed since the file was checked.")),
    Rule("lon_range", "error", "lon", _("A longitude lies between −180 and 180."), _outside("lon", -180, 180)),
    Rule("lat_range", "error", "lat", _("A latitude lies between −90 and 90."), _outside("lat", -90, 90)),
    Rule("key_format", "error", "key", _("The key does not follow its scheme."), _bad_key),
    Rule("key_twice", "error", "key", _("Another row has the same key."), _twice("key_scheme", "key")),
    Rule("municipality", "error", "municipality", _("No municipality is known for this place."), _unknown_municipality),
    Rule("country", "error", "lon", _("The point lies outside the country."), _outside_country),
    Rule("state", "warning", "lon", _("The point lies in another state than its municipality."), _outside_state),
    Rule("key_state", "warning", "key", _("The key names another state than the place."), _key_of_another_state),
    Rule("decimals", "warning", "lon", _("The point has fewer than 5 decimals: it may be 1 km off."), _few_decimals),
    Rule("same_all", "warning", "key", _("Same key, name, kind and place as another."),
         _twice("key", "name", "kind", "place"), among=True),
    Rule("same_name", "warning", "name", _("Same name, kind and place as another."),
         _twice("name", "kind", "place"), among=True),
    Rule("same_kind", "warning", "kind", _("Same kind and place as another."), _twice("kind", "place"), among=True),
    Rule("same_place", "warning", "lon", _("Same place as another: a shared building?"), _twice("place"), among=True),
    Rule("neighbour", "warning", "name", _("A site of the same kind and a similar name lies within 110 m."),
         _like_a_neighbour, among=True),
    Rule("crowded", "warning", "lon", _("More than five sites lie on this point."), _crowded, among=True),
    Rule("speed_impossible", "error", "speed_mbps", _("A speed cannot be below zero or above a million Mbit/s."),
         _outside("speed_mbps", 0, MOST_NUMBER)),
    Rule("users_impossible", "error", "users", _("Users cannot be below zero or above a million."),
         _outside("users", 0, MOST_NUMBER)),
    Rule("speed", "warning", "speed_mbps", _("A contracted speed lies between 1 and 500 Mbit/s."),
         _outside("speed_mbps", 1, 500)),
    Rule("users", "warning", "users", _("A site has between 0 and 10,000 users."), _outside("users", 0, 10_000)),
    Rule("technology", "warning", "technology", _("A speed is contracted, but no technology named."), _no_technology),
    Rule("power", "warning", "technology", _("This technology needs electricity, and there is none."), _without_power),
)  # fmt: skip
BY_NAME = {rule.name: rule for rule in RULES}


def places_of(rows: pd.DataFrame) -> Any:
    """The point of each row to five decimals, None where it has none."""
    known = (rows["lon"].notna() & rows["lat"].notna()).to_numpy()
    place = np.full(len(rows), None, dtype=object)
    place[known] = [
        f"{lon:.5f} {lat:.5f}"
        for lon, lat in zip(rows["lon"].to_numpy()[known], rows["lat"].to_numpy()[known], strict=True)
    ]
    return place


def prepared(rows: pd.DataFrame, ground: Ground) -> pd.DataFrame:
    """Rows with what several rules ask for: the place to five decimals, the state that the point lies in.

    Parameters
    ----------
    rows
        With the columns that rules name; `locality_municipality` is the municipality that the locality belongs to.
    """
    rows = rows.copy()
    rows["place"] = places_of(rows)
    rows["state_at"] = ground.states.containing(rows["lon"].to_numpy(dtype=float), rows["lat"].to_numpy(dtype=float))
    return rows


def find_faults(rows: pd.DataFrame, ground: Ground, faults: Faults, beside: pd.DataFrame | None = None) -> None:
    """Try every rule on rows.

    Parameters
    ----------
    rows
        As `prepared` gives them; indexed by row number, or by the id of a site.
    beside
        Others that stand near, with key, name, kind, lon, lat and place: rows are compared with them alone.
    """
    every = rows if beside is None or beside.empty else pd.concat([rows, beside.set_index(-1 - np.arange(len(beside)))])
    for rule in RULES:
        if rule.find is None:
            continue
        wrong = np.asarray(rule.find(every if rule.among else rows, ground), dtype=bool)[: len(rows)]
        values = rows[rule.field][wrong] if rule.field else np.full(int(wrong.sum()), "")
        faults.add(rows.index[wrong], rule.field, values, rule.name, severity=rule.severity)
