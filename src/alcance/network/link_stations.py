"""A pack's towers as stations to which addresses could be linked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from alcance.errors import InputError, Problem
from alcance.radio.ring import tower_pattern

if TYPE_CHECKING:
    from alcance.pack import Pack
    from alcance.radio import Equipment
    from alcance.radio.prequalify import Station

SECTOR = "sector"


def link_stations(
    pack: Pack, radio_ids: Sequence[str] = (), places: Sequence[tuple[float, float, float]] = ()
) -> list[Station]:
    """Give the stations of a pack's towers, or of places of one's own with the pack's radios.

    A tower that says which radio it carries has that one, with its sectors where they point. One that does not, and a
    place, has each of the radios asked for, turned to each address; where none is asked for, each sector of the
    catalogue.

    Parameters
    ----------
    pack
        The pack.
    radio_ids
        Radios; with them, towers that carry another are left out.
    places
        Longitude, latitude [deg] and antenna height [m], in place of the towers.

    Raises
    ------
    InputError
        A radio is not in the catalogue or pairs with none, the pack has no towers, or none carries the radio.
    """
    from alcance.pack.check_towers import azimuths
    from alcance.radio.prequalify import Station

    radios = pack.radios()
    pairs = _pairs(pack, radios, radio_ids)
    sight = pack.table("equipment").set_index("equipment_id")["sight"]
    if places:
        return [
            Station(f"{lon:g},{lat:g}", lon, lat, height_m, near, far, None, bool(sight[near.equipment_id]))
            for lon, lat, height_m in places
            for near, far in pairs
        ]
    stations = []
    table = pack.table("towers").sort_values("tower_id", kind="stable")
    if table.empty:
        message = "the pack has no towers; add the table (alcance pack template towers), or give --from LON,LAT,HEIGHT"
        raise InputError([Problem("towers", None, "", "", message)])
    known = table.notna()
    for entry, present in zip(table.to_dict("records"), known.to_dict("records"), strict=True):
        row: dict[str, Any] = {str(name): value if present[name] else None for name, value in entry.items()}
        place = (str(row["tower_id"]), float(row["lon"]), float(row["lat"]), float(row["height_m"]))
        carried = row["equipment_id"]
        for near, far in pairs if carried is None else _pairs(pack, radios, [str(carried)]):
            key = near.equipment_id
            if radio_ids and key not in radio_ids:
                continue
            pattern = None
            if carried is not None:
                pointing = None if row["azimuths_deg"] is None else azimuths(str(row["azimuths_deg"]))
                tilt = None if row["downtilt_deg"] is None else float(row["downtilt_deg"])
                pattern = tower_pattern(pack.antennas(key), pointing, tilt)
            stations.append(Station(*place, near, far, pattern, bool(sight[key])))
    if not stations:
        message = "no tower of the pack carries it; give --from LON,LAT,HEIGHT for places of your own"
        raise InputError([Problem("towers", None, "equipment_id", ", ".join(radio_ids), message)])
    return stations


def _pairs(pack: Pack, radios: dict[str, Equipment], radio_ids: Sequence[str]) -> list[tuple[Equipment, Equipment]]:
    """Radios with those at the other end."""
    chosen = list(radio_ids)
    if not chosen:
        table = pack.table("equipment")
        chosen = [str(key) for key in table.loc[table["kind"] == SECTOR, "equipment_id"]]
    problems = []
    pairs = []
    for key in chosen:
        other = radios[key].pairs_with or key if key in radios else None
        if other is None or other not in radios:
            message = f"is no radio of the pack; it has {', '.join(radios)}"
            problems.append(Problem("equipment", None, "equipment_id", str(other or key), message))
        else:
            pairs.append((radios[key], radios[other]))
    if not chosen:
        problems.append(Problem("equipment", None, "kind", SECTOR, "the pack has no such radio; give --radio ID"))
    if problems:
        raise InputError(problems)
    return pairs
