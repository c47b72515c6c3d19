"""Providers and the stations that they run: a tower, its radio, and what it has left to give."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alcance.errors import InputError, Problem
from alcance.radio.ring import tower_pattern

if TYPE_CHECKING:
    import pandas as pd

    from alcance.pack import Pack
    from alcance.radio import Equipment
    from alcance.radio.coverage import Tower


@dataclass(frozen=True)
class Provider:
    """Who serves.

    Parameters
    ----------
    provider_id, name, kind
        As the pack says.
    illustrative
        Whether it is invented for a demonstration.
    """

    provider_id: str
    name: str
    kind: str
    illustrative: bool


@dataclass(frozen=True)
class Station:
    """A tower of a provider with its radio.

    Parameters
    ----------
    tower_id, provider_id
        As the pack says.
    tower
        Place, height and antennas.
    transmitter, receiver
        Its sector, and the client that pairs with it.
    sectors
        Number of its sectors.
    backhaul_kind, backhaul_mbps, clients
        What feeds it, with how much [Mbit/s], and the connections it serves; None is unknown.
    """

    tower_id: str
    provider_id: str
    tower: Tower
    transmitter: Equipment
    receiver: Equipment
    sectors: int
    backhaul_kind: str | None
    backhaul_mbps: float | None
    clients: int | None

    def capacity_left_mbps(self, busy_mbps: float) -> float | None:
        """Backhaul less what its clients take in the busy hour [Mbit/s], below nought where it is oversold."""
        if self.backhaul_mbps is None or self.clients is None:
            return None
        return round(self.backhaul_mbps - self.clients * busy_mbps, 3)

    def room(self, busy_mbps: float, backhaul_mbps: float | None = None) -> float | None:
        """Connections that it can still take: what backhaul and sectors both allow; None is unknown.

        Parameters
        ----------
        busy_mbps
            Traffic of a connection in the busy hour.
        backhaul_mbps
            Backhaul to reckon with in place of its own; infinite for fibre of its own.
        """
        backhaul = self.backhaul_mbps if backhaul_mbps is None else backhaul_mbps
        if backhaul is None or self.clients is None:
            return None
        on_air = self.sectors * self.transmitter.max_dependents - self.clients
        fed = math.inf if math.isinf(backhaul) else math.floor(round(backhaul / busy_mbps, 6)) - self.clients
        return float(max(0, min(on_air, fed)))


def read_providers(pack: Pack, provider_id: str | None) -> list[Provider]:
    """Providers of a pack that have towers, by key, or the one asked for.

    Raises
    ------
    InputError
        The pack has no providers or no towers, or the one asked for is not known or has no tower.
    """
    table, towers = pack.table("providers"), pack.table("towers")
    if table.empty:
        message = "areas of influence need providers; add the table (alcance pack template providers)"
        raise InputError([Problem("providers", None, "", "", message)])
    if towers.empty:
        message = "areas of influence need the towers of the providers; add the table (alcance pack template towers)"
        raise InputError([Problem("towers", None, "", "", message)])
    known = sorted(str(key) for key in table["provider_id"])
    if provider_id is not None and provider_id not in known:
        message = f"no such provider; the pack has {', '.join(known)}"
        raise InputError([Problem("providers", None, "provider_id", provider_id, message)])
    with_towers = set(towers["provider_id"].dropna())
    chosen = [provider_id] if provider_id is not None else [key for key in known if key in with_towers]
    if not chosen or chosen[0] not in with_towers:
        message = "has no tower in the table towers, so it has no area of influence"
        shown = provider_id if provider_id is not None else ", ".join(known)
        raise InputError([Problem("towers", None, "provider_id", shown, message)])
    rows = table.set_index("provider_id")
    return [
        Provider(key, str(rows.loc[key, "name"]), str(rows.loc[key, "kind"]), bool(rows.loc[key, "illustrative"]))
        for key in chosen
    ]


def read_stations(pack: Pack, providers: list[Provider]) -> list[Station]:
    """Towers of providers with their radios, by key.

    Raises
    ------
    InputError
        A tower has no height or no radio, or the radio no client; lists every one.
    """
    table = pack.table("towers")
    table = table[table["provider_id"].isin([provider.provider_id for provider in providers])]
    equipment = pack.table("equipment").set_index("equipment_id", drop=False)
    radios = pack.radios()
    problems: list[Problem] = []
    stations = []
    for entry in table.sort_values("tower_id").to_dict("records"):
        row: dict[str, Any] = {str(name): None if _empty(value) else value for name, value in entry.items()}
        found = _problems(row, equipment)
        problems += found
        if not found:
            stations.append(_station(row, equipment, radios, pack))
    if problems:
        raise InputError(problems)
    return stations


def _problems(row: dict[str, Any], equipment: pd.DataFrame) -> list[Problem]:
    """What keeps a tower from being computed."""
    who = f"tower {row['tower_id']} of provider {row['provider_id']}"
    if row["height_m"] is None or not 0 < float(row["height_m"]) < math.inf:
        message = f"{who} has no height; give the metres above ground at which its antennas hang"
        return [Problem("towers", None, "height_m", str(row["height_m"] or ""), message)]
    if row["equipment_id"] is None:
        message = f"{who} has no radio; give the sector of the table equipment that it carries"
        return [Problem("towers", None, "equipment_id", "", message)]
    key = str(row["equipment_id"])
    client = equipment["pairs_with"].get(key)
    if equipment["kind"].get(key) != "sector" or not isinstance(client, str) or client not in equipment.index:
        message = f"{who} carries a radio that is no sector with a client; a sector's pairs_with names its client"
        return [Problem("towers", None, "equipment_id", key, message)]
    return []


def _station(row: dict[str, Any], equipment: pd.DataFrame, radios: dict[str, Equipment], pack: Pack) -> Station:
    from alcance.pack.check_towers import azimuths
    from alcance.radio.coverage import Tower

    key = str(row["equipment_id"])
    circle = pack.antennas(key)
    given = None if row["azimuths_deg"] is None else azimuths(str(row["azimuths_deg"]))
    tilt = None if row["downtilt_deg"] is None else float(row["downtilt_deg"])
    place = (float(row["lon"]), float(row["lat"]), float(row["height_m"]))
    return Station(
        tower_id=str(row["tower_id"]),
        provider_id=str(row["provider_id"]),
        tower=Tower(*place, tower_pattern(circle, given, tilt)),
        transmitter=radios[key],
        receiver=radios[str(equipment.loc[key, "pairs_with"])],
        sectors=len(circle) if given is None else len(given),
        backhaul_kind=None if row["backhaul_kind"] is None else str(row["backhaul_kind"]),
        backhaul_mbps=None if row["backhaul_mbps"] is None else float(row["backhaul_mbps"]),
        clients=None if row["clients"] is None else int(row["clients"]),
    )


def _empty(value: Any) -> bool:
    """Whether a cell says nothing."""
    import pandas as pd

    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))
