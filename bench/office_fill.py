"""Fill an office with synthetic sites in the real areas of a country, for the office's benches.

DJANGO_SETTINGS_MODULE=alcance.office.settings ALCANCE_OFFICE_DIR=DIR python -m bench.office_fill TABLES [--sites N]

The database must have been migrated and be empty. The same seed and tables give the same rows.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SEED = 5
TODAY = dt.date(2026, 3, 2)
PROVIDERS = 40
#: Sites of a hundred in each state of their life, and the steps that lead there.
TO_PLAN = ("nominate", "approve", "plan")
TO_WORK = (*TO_PLAN, "contract", "order", "install", "verify", "operate")
LIVES: dict[str, tuple[float, tuple[str, ...]]] = {
    "registered": (20, ()),
    "nominated": (5, TO_PLAN[:1]),
    "approved": (7, TO_PLAN[:2]),
    "planned": (18, TO_PLAN),
    "contracted": (8, TO_WORK[:4]),
    "ordered": (5, TO_WORK[:5]),
    "installed": (12, TO_WORK[:6]),
    "verified": (6, TO_WORK[:7]),
    "operating": (14, TO_WORK),
    "degraded": (2, (*TO_WORK, "degrade")),
    "down": (2, (*TO_WORK, "fail")),
    "relocated": (0.3, (*TO_WORK, "relocate")),
    "retired": (0.7, ("retire",)),
}
KINDS = {
    "school": (62, "Escuela"), "clinic": (12, "Centro de salud"), "hospital": (0.6, "Hospital"),
    "community_centre": (8, "Centro comunitario"), "library": (3, "Biblioteca"),
    "government_office": (7, "Oficina"), "research_centre": (0.4, "Centro de investigación"),
    "public_space": (7, "Plaza"),
}  # fmt: skip
HEROES = (
    "Benito Juárez", "Josefa Ortiz", "Emiliano Zapata", "Sor Juana", "Niños Héroes", "Lázaro Cárdenas", "Leona Vicario",
    "Miguel Hidalgo", "Rosario Castellanos", "Vicente Guerrero", "Frida Kahlo", "Ignacio Zaragoza",
)  # fmt: skip
TECHNOLOGIES = ("fibre", "ptmp", "ptp", "satellite", "cellular")
REASONS = ("cheapest", "only_option", "satellite_cheaper")


def fill(tables: Path, sites: int = 250_000, seed: int = SEED) -> dict[str, int]:
    """Write areas, organisations, sites and their whole lives; return the rows of each table."""
    from django.db import transaction

    random = np.random.default_rng(seed)
    with transaction.atomic():
        rows = {"areas": _areas(tables)}
        world = _organisations()
        chosen = _sites(sites, random, world)
        rows |= {"sites": len(chosen)} | _lives(chosen, random, world)
        _reset_sequences()
    _analyse()
    return rows


def fill_here(tables: str, sites: int, seed: int = SEED) -> dict[str, Any]:
    """Fill the office that the environment names; also the seconds it took."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alcance.office.settings")
    django.setup()
    begun = time.perf_counter()
    return {**fill(Path(tables), sites, seed), "wall_s": round(time.perf_counter() - begun, 1)}


def insert(model: Any, fields: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Insert rows by column names, as the database wants them; several times faster than model instances."""
    from django.db import connection

    quoted = ", ".join(connection.ops.quote_name(name) for name in fields)
    slots = ", ".join(["%s"] * len(fields))
    rows = list(rows)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {model._meta.db_table} ({quoted}) VALUES ({slots})", rows)
    return len(rows)


def _areas(tables: Path) -> int:
    import geopandas as gpd

    from alcance.office.register.areas import need_quintiles
    from alcance.office.register.models import Area

    states = gpd.read_parquet(tables / "states_2020.parquet").sort_values("cve_ent")
    towns = gpd.read_parquet(tables / "municipalities_2020.parquet").sort_values("cve_mun")
    localities = pd.read_parquet(tables / "localities_2020.parquet").sort_values("cvegeo")
    need = (1 - towns["imn_2020"].astype(float)).round(4)
    fifth = dict(zip(towns["cve_mun"], need_quintiles(need, towns["pop_2020"].astype(float)).tolist(), strict=True))
    needs = dict(zip(towns["cve_mun"], need, strict=True))
    fields = ("code", "level", "name", "parent_id", "people", "need", "need_quintile", "lon", "lat", "boundary")
    total = 0
    for level, frame, code, name, parent in (
        ("state", states, "cve_ent", "nom_ent", None),
        ("municipality", towns, "cve_mun", "nom_mun", "cve_ent"),
    ):
        points = frame.geometry.representative_point()
        total += insert(
            Area,
            fields,
            (
                (
                    row[code], level, row[name], row[parent] if parent else None, _whole(row["pop_2020"]),
                    _number(needs.get(row[code])), fifth.get(row[code]), round(point.x, 6), round(point.y, 6),
                    row["geometry"].wkb,
                )
                for row, point in zip(frame.to_dict("records"), points, strict=True)
            ),
        )  # fmt: skip
    return total + insert(
        Area,
        fields,
        (
            (code, "locality", name, town, _whole(people), _number(needs.get(town)), fifth.get(town), lon, lat, None)
            for code, name, town, people, lon, lat in localities[
                ["cvegeo", "nom_loc", "cve_mun", "pop_2020", "lon", "lat"]
            ].itertuples(index=False)
            if town in fifth
        ),
    )


def _organisations() -> dict[str, Any]:
    """One person of each organisation; the ids by role."""
    from alcance.office.accounts.models import Organisation, Person
    from alcance.office.register.models import Area

    wanted = [("ministry", "ministry", "Secretaría", "")]
    states = list(Area.objects.filter(level="state").order_by("code"))
    wanted += [(f"committee-{one.code}", "committee", f"Comité de {one.name}", one.code) for one in states]
    wanted += [
        (f"institution-{one}", "institution", name, "")
        for one, name in enumerate(("Educación Pública", "Salud Pública", "Cultura", "Desarrollo Social"), start=1)
    ]
    wanted += [(f"provider-{one:02}", "provider", f"Proveedor {one:02}", "") for one in range(1, PROVIDERS + 1)]
    made: dict[str, Any] = {"states": [one.code for one in states], "people": {}, "ids": {}}
    for code, role, name, state in wanted:
        organisation = Organisation.objects.create(code=code, name=name, role=role, state_code=state, illustrative=True)
        person = Person.objects.create_user(f"{code}@example.org", None, name=name, organisation=organisation)
        made["ids"][code], made["people"][code] = organisation.pk, (person.pk, person.name)
    return made


def _sites(count: int, random: np.random.Generator, world: dict[str, Any]) -> pd.DataFrame:
    import h3

    from alcance.office.register.models import Area, Site

    localities = pd.DataFrame(
        Area.objects.filter(level="locality")
        .order_by("code")
        .values("code", "parent_id", "name", "people", "lon", "lat")
    )
    weight = np.sqrt(localities["people"].fillna(1).astype(float) + 1)
    where = np.sort(random.choice(len(localities), count, p=weight / weight.sum()))
    places = localities.iloc[where].reset_index(drop=True)
    sites = pd.DataFrame({"id": np.arange(1, count + 1)})
    sites["municipality_id"], sites["locality_id"] = places["parent_id"], places["code"]
    sites["state_code"] = places["parent_id"].str[:2]
    kinds = list(KINDS)
    share = np.array([KINDS[kind][0] for kind in kinds])
    sites["kind"] = np.array(kinds)[random.choice(len(kinds), count, p=share / share.sum())]
    hero = np.array(HEROES)[random.integers(len(HEROES), size=count)]
    sites["name"] = [f"{KINDS[kind][1]} {name}" for kind, name in zip(sites["kind"], hero, strict=True)]
    sites["key"] = [f"{state}SYN{one:06d}" for state, one in zip(sites["state_code"], sites["id"], strict=True)]
    sites["lon"] = (places["lon"] + random.normal(0, 0.004, count)).round(6)
    sites["lat"] = (places["lat"] + random.normal(0, 0.004, count)).round(6)
    states = list(LIVES)
    share = np.array([LIVES[state][0] for state in states])
    sites["state"] = np.array(states)[random.choice(len(states), count, p=share / share.sum())]
    sites["users"] = random.integers(20, 900, count)
    sites["technology"] = np.array(TECHNOLOGIES)[random.choice(5, count, p=(0.3, 0.35, 0.1, 0.2, 0.05))]
    sites["speed"] = random.choice((10.0, 20.0, 50.0, 100.0), count)
    hosts = np.array([world["ids"][f"institution-{one}"] for one in (1, 2, 3, 4)])
    sites["host"] = hosts[random.integers(4, size=count)]
    changed = _moment(TODAY)
    insert(
        Site,
        (
            "id", "key", "key_scheme", "name", "kind", "state", "host_id", "lon", "lat", "municipality_id",
            "locality_id", "state_code", "cell", "users", "electricity", "technology", "speed_mbps", "contact",
            "retired_on", "version", "changed_at",
        ),
        (
            (
                row.id, row.key, "synthetic", row.name, row.kind, row.state, int(row.host), row.lon, row.lat,
                row.municipality_id, row.locality_id, row.state_code,
                h3.str_to_int(h3.latlng_to_cell(row.lat, row.lon, 9)),
                row.users, True, row.technology, row.speed, "", TODAY if row.state == "retired" else None, 1, changed,
            )
            for row in sites.itertuples(index=False)
        ),
    )  # fmt: skip
    return sites


def _lives(sites: pd.DataFrame, random: np.random.Generator, world: dict[str, Any]) -> dict[str, int]:
    """Plan, lots, contracts, connections, inspections and transitions, as the state of each site asks for."""
    from alcance.office.delivery.models import (
        Bid,
        Connection,
        Contract,
        Inspection,
        Lot,
        LotSite,
        Plan,
        PlannedSite,
        Transition,
    )  # fmt: skip

    ministry, ministry_name = world["people"]["ministry"]
    signed = _moment(TODAY)
    insert(
        Plan,
        ("id", "title", "digest", "folder", "currency", "cost", "lower_bound", "plan_gap", "summary", "unmatched",
         "imported_by_id", "imported_at"),
        [(1, "Plan sintético", "0" * 64, "", "MXN", "1000000000", "990000000", 0.0101, "{}", 0, ministry, signed)],
    )  # fmt: skip
    steps = {state: life for state, (_, life) in LIVES.items()}
    has = {name: sites["state"].map(lambda state, name=name: name in steps[state]) for name in ("plan", "contract")}
    lots = {}
    for number, state in enumerate(world["states"]):
        for part in range(4):
            lots[state, part] = (4 * number + part + 1, (7 * number + 11 * part) % PROVIDERS + 1)
    insert(
        Lot,
        ("id", "code", "title", "description", "state", "buyer_id", "currency", "months", "cost_weight", "reason",
         "published_at", "decided_at", "version"),
        (
            (lot, f"lot-{state}-{part + 1}", f"Lote {part + 1} de {state}", "", "awarded", world["ids"]["ministry"],
             "MXN", 36, "0.70", "", _moment(dt.date(2025, 3, 1)), _moment(dt.date(2025, 5, 1)), 1)
            for (state, part), (lot, _) in lots.items()
        ),
    )  # fmt: skip
    providers = [world["ids"][f"provider-{one:02}"] for one in range(1, PROVIDERS + 1)]
    insert(
        Bid,
        ("lot_id", "provider_id", "submitted_at", "awarded", "version"),
        ((lot, providers[who - 1], _moment(dt.date(2025, 4, 1)), True, 1) for lot, who in lots.values()),
    )
    insert(
        Contract,
        ("id", "code", "lot_id", "provider_id", "amount", "currency", "signed_on", "deliver_by", "ends_on"),
        (
            (lot, f"contract-{state}-{part + 1}", lot, providers[who - 1], "25000000.00", "MXN", dt.date(2025, 5, 1),
             dt.date(2026, 2 + part, 1), dt.date(2028, 5, 1))
            for (state, part), (lot, who) in lots.items()
        ),
    )  # fmt: skip
    part = random.integers(4, size=len(sites))
    sites = sites.assign(
        planned=has["plan"], contracted=has["contract"], reason=random.integers(3, size=len(sites)),
        runner=np.where(sites["technology"] == "satellite", "ptmp", "satellite"),
        lot=[lots[state, one][0] for state, one in zip(sites["state_code"], part, strict=True)],
        provider=[lots[state, one][1] for state, one in zip(sites["state_code"], part, strict=True)],
        down=(sites["speed"] * random.uniform(0.5, 1.2, len(sites))).round(1),
        start=random.integers(0, 200, len(sites)),
    )  # fmt: skip
    counts = {
        "planned": insert(
            PlannedSite,
            ("plan_id", "site_id", "technology", "cost_share", "capex_share", "opex_year_share", "mbps", "year",
             "runner_up", "runner_up_price", "reason"),
            (
                (1, row.id, row.technology, f"{9e4 + row.id % 5e4:.2f}", f"{5e4 + row.id % 3e4:.2f}", "9000.00",
                 row.speed, 2026 + row.id % 4, row.runner, f"{12e4 + row.id % 7e4:.2f}", REASONS[row.reason])
                for row in sites[sites["planned"]].itertuples(index=False)
            ),
        ),
        "lot_sites": insert(
            LotSite,
            ("lot_id", "site_id", "min_mbps", "reference_price"),
            ((row.lot, row.id, row.speed, "90000.00") for row in sites[sites["contracted"]].itertuples(index=False)),
        ),
        "connections": insert(
            Connection,
            ("id", "site_id", "contract_id", "provider_id", "technology", "mbps", "install_price", "month_price",
             "claimed_technology", "ordered_on", "installed_on", "verified_at", "operating_since", "ended_on",
             "ended_why"),
            (
                _connection(row, steps[row.state], providers)
                for row in sites[sites["contracted"]].itertuples(index=False)
            ),
        ),
    }  # fmt: skip
    verified = sites[sites["state"].map(lambda state: "verify" in steps[state])]
    committee = {state: world["people"][f"committee-{state}"] for state in world["states"]}
    counts["inspections"] = insert(
        Inspection,
        ("id", "site_id", "connection_id", "inspector_id", "at", "works", "down_mbps", "up_mbps", "latency_ms",
         "remark"),
        (
            (row.id, row.id, row.id, committee[row.state_code][0], _moment(_day(row.start, 6)), True, row.down,
             row.down / 4, 40.0, "")
            for row in verified.itertuples(index=False)
        ),
    )  # fmt: skip
    who = {"nominate": committee, "fail": committee, "degrade": committee, "relocate": committee}
    people = [world["people"][f"provider-{one:02}"] for one in range(1, PROVIDERS + 1)]
    evidence = {"plan": '{"plan": 1}', "contract": '{"contract": %d}', "verify": '{"inspection": %d}'}

    def transitions() -> Iterable[Sequence[object]]:
        after = {"nominate": "nominated", "approve": "approved", "plan": "planned", "contract": "contracted"}
        after |= {"order": "ordered", "install": "installed", "verify": "verified", "operate": "operating"}
        after |= {"degrade": "degraded", "fail": "down", "relocate": "relocated", "retire": "retired"}
        for row in sites.itertuples(index=False):
            before = "registered"
            for number, name in enumerate(steps[row.state]):
                actor = people[row.provider - 1] if name == "install" else (ministry, ministry_name)
                actor = who[name][row.state_code] if name in who else actor
                proof = evidence.get(name, "{}")
                proof = proof % (row.lot if name == "contract" else row.id) if "%d" in proof else proof
                connection = row.id if row.contracted and number > 2 else None
                yield (
                    row.id, connection, name, before, after[name], *actor, _moment(_day(row.start, number)), "", proof,
                )  # fmt: skip
                before = after[name]

    counts["transitions"] = insert(
        Transition,
        ("site_id", "connection_id", "name", "before", "after", "actor_id", "actor_name", "at", "reason", "evidence"),
        transitions(),
    )
    return counts


def _connection(row: Any, life: tuple[str, ...], providers: list[int]) -> tuple[object, ...]:
    """One row; the connection bears the number of its site."""
    on = {name: _day(row.start, number) for number, name in enumerate(life)}
    return (
        row.id, row.id, row.lot, providers[row.provider - 1], row.technology, row.speed, "15000.00", "900.00", "",
        on.get("order"), on.get("install"), _moment(on["verify"]) if "verify" in on else None, on.get("operate"),
        None, "",
    )  # fmt: skip


_moments: dict[dt.date, object] = {}


def _moment(day: dt.date) -> object:
    """Noon of a day, as the database keeps times."""
    from django.db import connection

    if day not in _moments:
        noon = dt.datetime.combine(day, dt.time(18), dt.UTC)
        _moments[day] = connection.ops.adapt_datetimefield_value(noon)
    return _moments[day]


def _day(start: int, number: int) -> dt.date:
    """The day of the n-th step of a life."""
    return dt.date(2025, 1, 6) + dt.timedelta(days=int(start) + 24 * number)


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(value)  # type: ignore[arg-type, call-overload]


def _whole(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]


def _reset_sequences() -> None:
    """Rows came with their numbers: the next of each table must be told where to go on."""
    from django.apps import apps
    from django.core.management.color import no_style
    from django.db import connection

    models = [model for model in apps.get_models() if model._meta.app_label in ("register", "delivery")]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _analyse() -> None:
    """Let the planner know the tables, as a register in use does."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", help="a folder with states, municipalities and localities (packs/README.md)")
    parser.add_argument("--sites", type=int, default=250_000)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    print(fill_here(chosen.tables, chosen.sites, chosen.seed))


if __name__ == "__main__":
    main()
