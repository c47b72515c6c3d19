"""The dry run: what a file would change in the register, and what is wrong with it, without changing anything."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from alcance.errors import InputError
from alcance.files import whole_file
from alcance.office.accounts.models import Organisation
from alcance.office.accounts.roles import Role
from alcance.office.register.imports.fields import WRITTEN
from alcance.office.register.imports.formats import BadFile
from alcance.office.register.imports.mapping import from_json
from alcance.office.register.imports.outcome import faults_by_rule
from alcance.office.register.imports.reading import read
from alcance.office.register.imports.values import Faults, only, typed
from alcance.office.register.models import Area, BatchState, ImportBatch, Level, Site
from alcance.office.register.places import Outlines
from alcance.office.register.quality import Ground, find_faults, places_of, prepared

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

# A file that does not name these leaves them as they are.
_KEPT_IF_EMPTY = ("host_id", "locality_id", "users", "electricity", "technology", "speed_mbps", "contact")
_READ_AT_ONCE = 5_000
# Squares in a degree.
_PER_DEGREE = 500


@dataclass(frozen=True)
class Verdict:
    """The outcome of a dry run.

    Parameters
    ----------
    staged
        One row for each row of the file: our fields, `action` (new, changed, same, refused), `site_id`, `version`, and
        `changes`, JSON of field → [before, after].
    faults
        What is wrong: row, field, value, rule, severity.
    counts
        How many rows of each action, and how many sites of the register the file does not name.
    """

    staged: pd.DataFrame
    faults: pd.DataFrame
    counts: dict[str, int]


def check(batch: ImportBatch, tell: Callable[[int, int, str], None] = lambda _done, _total, _words: None) -> Verdict:
    """Check a file that was received, keep the outcome beside it, and let it wait for approval.

    Raises
    ------
    InputError
        Where the file cannot be read; the import is then closed as failed.
    BadFile
        Where the import was decided, or is checked already.
    """
    open_ones = ImportBatch.objects.filter(pk=batch.pk, state__in=(BatchState.UPLOADED, BatchState.CHECKING))
    if not open_ones.update(state=BatchState.CHECKING):
        raise BadFile(_("this import has been decided already, or checked; look again"))
    checking = open_ones.filter(state=BatchState.CHECKING)
    batch.refresh_from_db()
    try:
        return _check(batch, checking, tell)
    except InputError as error:
        checking.update(state=BatchState.FAILED, reason=str(error)[:500])
        raise
    except Exception:
        checking.update(state=BatchState.UPLOADED)
        raise
    finally:
        batch.refresh_from_db()


def _check(batch: ImportBatch, checking: QuerySet[ImportBatch], tell: Callable[[int, int, str], None]) -> Verdict:
    table = read(batch.source, batch.file_name)
    tell(1, 5, "values")
    faults = Faults()
    rows = typed(table.frame, from_json(batch.mapping), faults)
    tell(2, 5, "places")
    ground = Ground.read()
    rows = _placed(rows, ground, faults)
    rows = prepared(_hosted(rows, batch, faults), ground)
    tell(3, 5, "rules")
    find_faults(rows, ground, faults, _beside(rows))
    tell(4, 5, "comparison")
    staged = _compared(rows, batch, faults)
    found = faults.frame
    refused = set(found.loc[found["severity"] == "error", "row"])
    staged.loc[staged.index.isin(refused), "action"] = "refused"
    counts = {name: int((staged["action"] == name).sum()) for name in ("new", "changed", "same", "refused")}
    counts["warnings"] = int((found["severity"] == "warning").sum())
    counts["not_named"] = _not_named(staged, batch)
    verdict = Verdict(staged, found, counts)
    before, batch.outcome = (batch.staged, batch.report), uuid.uuid4().hex
    with whole_file(batch.staged) as beside:
        staged.rename_axis("row").reset_index().to_parquet(beside, index=False)
    with whole_file(batch.report) as beside:
        found.to_parquet(beside, index=False)
    kept = {**counts, "rules": faults_by_rule(found)}
    # There is nothing to decide where no row would do anything.
    state = BatchState.CHECKED if counts["new"] + counts["changed"] else BatchState.NOTHING
    done = checking.update(counts=kept, outcome=batch.outcome, state=state)
    for file in before if done else (batch.staged, batch.report):
        file.unlink(missing_ok=True)
    if not done:
        raise BadFile(_("this import has been decided already, or checked; look again"))
    tell(5, 5, "done")
    return verdict


def _placed(rows: pd.DataFrame, ground: Ground, faults: Faults) -> pd.DataFrame:
    """Fill municipality, locality and state: from the keys that the file gives, else from where the point lies."""
    locality, municipality = rows["locality"].copy(), rows["municipality"].copy()
    stands_in = locality.map(_localities(locality)).astype(object)
    strange = locality.notna() & stands_in.isna()
    faults.add(rows.index[strange], "locality", locality[strange], "locality", severity="warning")
    locality[strange] = None
    rows["locality_municipality"] = only(stands_in, stands_in.notna())
    from_locality = municipality.isna()
    municipality[from_locality] = rows["locality_municipality"][from_locality]
    unknown = municipality.isna().to_numpy()
    if unknown.any():
        lon, lat = (rows[name].to_numpy(dtype=float)[unknown] for name in ("lon", "lat"))
        municipality[unknown] = Outlines.of(Level.MUNICIPALITY).containing(lon, lat)
    rows["municipality"], rows["locality"] = municipality, locality
    rows["state_code"] = municipality.map(ground.municipalities)
    return rows


def _localities(codes: pd.Series) -> dict[str, str]:
    """The municipality of each locality that the country has."""
    asked = sorted(set(codes.dropna()))
    found: dict[str, str] = {}
    for first in range(0, len(asked), _READ_AT_ONCE // 10):
        some = asked[first : first + _READ_AT_ONCE // 10]
        known = Area.objects.filter(level=Level.LOCALITY, code__in=some).exclude(parent=None)
        found.update({code: str(parent) for code, parent in known.values_list("code", "parent")})
    return found


def _beside(rows: pd.DataFrame) -> pd.DataFrame:
    """The sites of the register that stand near rows of a file and that it does not name itself."""
    columns = ["key_scheme", "key", "name", "kind", "lon", "lat"]
    points = rows[["lon", "lat"]].astype(float)
    points = points[(points["lon"].abs() <= 180) & (points["lat"].abs() <= 90)]
    near = np.unique([_squares(points, x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)])
    (west, south), (east, north) = points.min() - 1 / _PER_DEGREE, points.max() + 1 / _PER_DEGREE
    box = Site.objects.none()
    if len(points):
        box = Site.objects.filter(merged_into=None, lon__range=(west, east), lat__range=(south, north))
    standing = box.exclude(state="retired").order_by("pk").values_list(*columns)
    found = pd.DataFrame(list(standing.iterator(_READ_AT_ONCE)), columns=pd.Index(columns))
    found = found[np.isin(_squares(found[["lon", "lat"]].astype(float)), near)]
    named = pd.MultiIndex.from_frame(rows[["key_scheme", "key"]])
    found = found[~pd.MultiIndex.from_frame(found[["key_scheme", "key"]]).isin(named)].copy()
    found["place"] = places_of(found)
    return found


def _squares(points: pd.DataFrame, east: int = 0, north: int = 0) -> Any:
    """The square of some 200 m that each point lies in, or one beside it: who is near is in one of these nine."""
    x, y = (np.floor(points[name].to_numpy() * _PER_DEGREE).astype(np.int64) for name in ("lon", "lat"))
    return (x + east) * 1_000_000 + y + north


def _institutions() -> dict[str, int]:
    """Institutions by code, and by name where one alone bears it: downloads name them so."""
    found = list(Organisation.objects.filter(role=Role.INSTITUTION).values_list("pk", "code", "name"))
    names = Counter(name for _pk, _code, name in found)
    return {name: pk for pk, _code, name in found if names[name] == 1} | {code: pk for pk, code, _name in found}


def _hosted(rows: pd.DataFrame, batch: ImportBatch, faults: Faults) -> pd.DataFrame:
    """The institution of each site; an institution brings its own sites only, a committee those of its state."""
    known = _institutions()
    wrong = rows["host"].notna() & ~rows["host"].isin(known)
    faults.add(rows.index[wrong], "host", rows["host"][wrong], "host")
    rows["host_id"] = rows["host"].map(known)
    mine = batch.organisation
    if mine.role == Role.INSTITUTION:
        other = rows["host_id"].notna() & (rows["host_id"] != mine.pk)
        faults.add(rows.index[other], "host", rows["host"][other], "scope")
        rows["host_id"] = float(mine.pk)
    if mine.role == Role.COMMITTEE:
        other = rows["state_code"] != mine.state_code
        faults.add(rows.index[other], "municipality", rows["municipality"][other], "scope")
    return rows


def _compared(rows: pd.DataFrame, batch: ImportBatch, faults: Faults) -> pd.DataFrame:
    """Which rows are new, which change what, by the register as it stands."""
    staged = rows.rename(columns={"municipality": "municipality_id", "locality": "locality_id"})
    staged = staged[["key", "key_scheme", *WRITTEN]].copy()
    standing = _standing(staged)
    place = pd.MultiIndex.from_frame(staged[["key_scheme", "key"]].fillna(""))
    _check_merged(staged, place, standing, faults)
    at = standing.index.get_indexer(place) if len(standing) else np.full(len(staged), -1)
    known = at >= 0
    staged["site_id"] = pd.array(
        np.where(known, standing["id"].to_numpy()[at] if len(standing) else 0, 0), dtype="Int64"
    )
    staged["version"] = pd.array(
        np.where(known, standing["version"].to_numpy()[at] if len(standing) else 0, 0), dtype="Int64"
    )
    changes: list[dict[str, list[Any]]] = [{} for _ in range(len(staged))]
    for name in WRITTEN:
        after = staged[name].to_numpy(dtype=object)
        before = np.full(len(staged), None, dtype=object)
        if len(standing):
            before[known] = standing[name].to_numpy(dtype=object)[at[known]]
        empty = pd.isna(after)
        if name in _KEPT_IF_EMPTY:
            kept = known & empty
            if name == "locality_id" and len(standing):
                # A site that goes to another municipality leaves its locality behind.
                kept[known] &= standing["municipality_id"].to_numpy()[at[known]] == staged["municipality_id"][known]
            after = np.where(kept, before, after)
            staged[name] = after
            empty = pd.isna(after)
        both_empty = empty & (pd.isna(before) | (before == ""))
        differs = known & ~both_empty & (before != after)
        for row in np.flatnonzero(differs):
            changes[row][name] = [_plain(before[row]), _plain(after[row])]
    staged["changes"] = [json.dumps(one, ensure_ascii=False) if one else "" for one in changes]
    staged["action"] = np.where(known, np.where(staged["changes"] != "", "changed", "same"), "new")
    _check_nominated(staged, standing, at, faults)
    _check_scope(staged, standing, at, batch, faults)
    return staged


def _check_nominated(staged: pd.DataFrame, standing: pd.DataFrame, at: Any, faults: Faults) -> None:
    """A site that the committee of its state has nominated stays in that state."""
    moved = np.zeros(len(staged), dtype=bool)
    known = at >= 0
    if len(standing):
        moved[known] = standing["state_code"].to_numpy()[at[known]] != staged["state_code"].to_numpy()[known]
    open_ones = Site.objects.filter(nominations__closed_at=None, nominations__isnull=False)
    if moved.any():
        moved &= staged["site_id"].isin(set(open_ones.values_list("pk", flat=True))).to_numpy(dtype=bool)
    faults.add(staged.index[moved], "municipality", staged["municipality_id"][moved], "nominated")


def _check_scope(staged: pd.DataFrame, standing: pd.DataFrame, at: Any, batch: ImportBatch, faults: Faults) -> None:
    """Nobody changes by a file what they may not change by hand."""
    mine = batch.organisation
    if mine.role == Role.MINISTRY or not len(standing):
        return
    known = at >= 0
    owner = np.full(len(staged), None, dtype=object)
    column = "host_id" if mine.role == Role.INSTITUTION else "state_code"
    owner[known] = standing[column].to_numpy(dtype=object)[at[known]]
    own = mine.pk if mine.role == Role.INSTITUTION else mine.state_code
    other = known & (owner != own)
    faults.add(staged.index[other], "", staged["key"][other], "scope")


def _check_merged(staged: pd.DataFrame, place: pd.MultiIndex, standing: pd.DataFrame, faults: Faults) -> None:
    """A catalogue that still lists a duplicate does not bring it into the register again."""
    merged = Site.objects.exclude(merged_into=None).values_list("key_scheme", "key")
    gone = place.isin(list(merged)) & ~place.isin(standing.index)
    faults.add(staged.index[gone], "key", staged["key"][gone], "merged")


def _standing(staged: pd.DataFrame) -> pd.DataFrame:
    """The sites of the register that have one of the file's keys."""
    columns = ("id", "version", "key", "key_scheme", *WRITTEN)
    keys = sorted(set(staged["key"].dropna()))
    rows: list[tuple[Any, ...]] = []
    for first in range(0, len(keys), 800):
        some = Site.objects.filter(merged_into=None, key__in=keys[first : first + 800])
        rows.extend(some.values_list(*columns))
    standing = pd.DataFrame(rows, columns=list(columns), dtype=object)
    return standing.set_index(pd.MultiIndex.from_frame(standing[["key_scheme", "key"]]))


def _plain(value: Any) -> Any:
    if value is None or value != value:  # noqa: PLR0124
        return None
    return value.item() if hasattr(value, "item") else value


def _not_named(staged: pd.DataFrame, batch: ImportBatch) -> int:
    """Sites of the same schemes, and of who brings the file, that it does not name: told, never retired by that."""
    schemes = sorted(set(staged["key_scheme"].dropna()))
    known = Site.objects.filter(merged_into=None, key_scheme__in=schemes).exclude(state="retired")
    if batch.organisation.role == Role.INSTITUTION:
        known = known.filter(host=batch.organisation)
    if batch.organisation.role == Role.COMMITTEE:
        known = known.filter(state_code=batch.organisation.state_code)
    # Those it names may be retired, or be another's, or stand in it twice.
    named = set(staged["site_id"].dropna().astype(int))
    return sum(pk not in named for pk in known.values_list("pk", flat=True).iterator(_READ_AT_ONCE))
