"""Applying an import that was approved: in one transaction, all of it or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h3
import numpy as np
import pandas as pd
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alcance.files import whole_file
from alcance.office.accounts.permissions import may
from alcance.office.accounts.refusals import NotAllowed
from alcance.office.register.imports.fields import WRITTEN
from alcance.office.register.imports.formats import BadFile
from alcance.office.register.models import BatchState, ImportBatch, Site

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from alcance.office.accounts.models import Person

# H3 cells about 350 m from corner to corner.
RESOLUTION = 9
_AT_ONCE = 5_000
_PER_STATEMENT = 1_000


def cell_of(lon: float, lat: float) -> int:
    """The H3 cell of a point, as a number that a database can keep."""
    return int(h3.str_to_int(h3.latlng_to_cell(lat, lon, RESOLUTION)))


def apply(
    batch: ImportBatch,
    person: Person,
    *,
    at: dt.datetime,
    tell: Callable[[int, int, str], None] = lambda _done, _total, _words: None,
) -> dict[str, int]:
    """Write the new and changed rows of a checked import to the register; returns how many of each, and refused.

    A site that was changed since the dry run is left as it is, and told. What is written is the dry run that `batch`
    names, and none that was made since.

    Raises
    ------
    NotAllowed
        Where the person may not approve imports.
    BadFile
        Where the import does not wait for approval.
    """
    if not may(person, "import", "approve", batch):
        raise NotAllowed(_("You may not approve imports."))
    if not batch.staged.exists():
        raise BadFile(_("this import does not wait for approval; look again"))
    staged = pd.read_parquet(batch.staged)
    staged = staged[staged["action"].isin(["new", "changed"])]
    reason = f"import {batch.pk}"
    counts = {"new": 0, "changed": 0, "refused": int(batch.counts.get("refused", 0))}
    late: list[int] = []
    with transaction.atomic():
        waits = (BatchState.CHECKED, BatchState.APPLYING)
        taken = ImportBatch.objects.filter(pk=batch.pk, outcome=batch.outcome, state__in=waits)
        if not taken.update(state=BatchState.APPLIED, decided_by=person, decided_at=at):
            raise BadFile(_("this import does not wait for approval; look again"))
        for first in range(0, len(staged), _AT_ONCE):
            some = staged.iloc[first : first + _AT_ONCE]
            fresh = some[some["action"] == "new"]
            late += _create(fresh, person, reason, at)
            late += _change(some[some["action"] == "changed"], person, reason, at)
            tell(first, len(staged), "applying")
        late_set = set(late)
        for name in ("new", "changed"):
            rows = staged.loc[staged["action"] == name, "row"]
            counts[name] = len(rows) - int(rows.isin(late_set).sum())
        counts["refused"] += len(late)
        told = {**batch.counts, **counts}
        if late:
            told["rules"] = [*told["rules"], ["error", "meanwhile", len(late)]]
        ImportBatch.objects.filter(pk=batch.pk).update(counts=told)
    _tell_late(batch, late)
    batch.refresh_from_db()
    return counts


def _create(rows: pd.DataFrame, person: Person, reason: str, at: dt.datetime) -> list[int]:
    """Create sites; returns the rows whose key has come into the register meanwhile."""
    if rows.empty:
        return []
    keys = rows["key"].tolist()
    taken: set[tuple[str, str]] = set()
    for first in range(0, len(keys), _PER_STATEMENT // 2):
        some = Site.objects.filter(merged_into=None, key__in=keys[first : first + _PER_STATEMENT // 2])
        taken.update(some.values_list("key_scheme", "key"))
    late = [row["row"] for row in rows.to_dict("records") if (row["key_scheme"], row["key"]) in taken]
    rows = rows[~rows["row"].isin(late)]
    sites = [
        Site(
            key=row["key"], key_scheme=row["key_scheme"], cell=cell_of(row["lon"], row["lat"]), changed_at=at,
            **_values(row),
        )
        for row in rows.to_dict("records")
    ]  # fmt: skip
    made = Site.objects.bulk_create(sites, batch_size=_PER_STATEMENT)
    _remember(made, person, reason, at, "+")
    return late


def _change(rows: pd.DataFrame, person: Person, reason: str, at: dt.datetime) -> list[int]:
    """Change sites that are as the dry run saw them; returns the rows of the others."""
    if rows.empty:
        return []
    by_id = {int(row["site_id"]): row for row in rows.to_dict("records")}
    sites: list[Site] = []
    ids = sorted(by_id)
    for first in range(0, len(ids), _PER_STATEMENT // 2):
        some = ids[first : first + _PER_STATEMENT // 2]
        sites += Site.objects.filter(pk__in=some).select_for_update().order_by("pk")
    seen = {
        site.pk: site for site in sites if site.version == by_id[site.pk]["version"] and site.merged_into_id is None
    }
    for site in seen.values():
        for name, value in _values(by_id[site.pk]).items():
            setattr(site, name, value)
        site.cell, site.changed_at, site.version = cell_of(site.lon, site.lat), at, F("version") + 1
    changed = list(seen.values())
    Site.objects.bulk_update(changed, [*WRITTEN, "cell", "changed_at", "version"], batch_size=_PER_STATEMENT // 20)
    _remember(changed, person, reason, at, "~")
    return [row["row"] for site_id, row in by_id.items() if site_id not in seen]


def _remember(sites: list[Site], person: Person, reason: str, at: dt.datetime, kind: str) -> None:
    """Write what the sites are now to their history: the database copies its own rows, which is by far the quickest."""
    past = Site.history.model
    names = [connection.ops.quote_name(field.column) for field in past.tracked_fields]
    told = [connection.ops.quote_name(f"history_{name}") for name in ("date", "type", "user_id", "change_reason")]
    table, source = (connection.ops.quote_name(model._meta.db_table) for model in (past, Site))
    ids = [site.pk for site in sites]
    with connection.cursor() as cursor:
        for first in range(0, len(ids), _PER_STATEMENT):
            some = ids[first : first + _PER_STATEMENT]
            cursor.execute(
                f"INSERT INTO {table} ({', '.join([*names, *told])}) "
                f"SELECT {', '.join(names)}, %s, %s, %s, %s FROM {source} "
                f"WHERE id IN ({', '.join(['%s'] * len(some))}) ORDER BY id",
                [connection.ops.adapt_datetimefield_value(at), kind, person.pk, reason, *some],
            )


def _values(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A staged row as the model's fields."""
    values: dict[str, Any] = {name: None if pd.isna(row[name]) else row[name] for name in WRITTEN}
    for name in ("host_id", "users"):
        values[name] = None if values[name] is None else int(values[name])
    for name in ("technology", "contact"):
        values[name] = values[name] or ""
    if values["electricity"] is not None:
        values["electricity"] = bool(values["electricity"])
    return values


def _tell_late(batch: ImportBatch, late: list[int]) -> None:
    if not late:
        return
    report = pd.read_parquet(batch.report)
    more = pd.DataFrame(
        {"row": np.array(late, dtype=np.int64), "field": "", "value": "", "rule": "meanwhile", "severity": "error"}
    )
    with whole_file(batch.report) as beside:
        pd.concat([report, more], ignore_index=True).to_parquet(beside, index=False)
