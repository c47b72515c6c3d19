"""Making a file for download: written whole under a name of its own, with count and checksum, or not at all."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from alcance.errors import AlcanceError
from alcance.office.public.downloads.csv_stream import csv_pieces
from alcance.office.public.downloads.geo_files import write_geopackage, write_geoparquet
from alcance.office.public.downloads.oc4ids import oc4ids_count, oc4ids_pieces
from alcance.office.public.downloads.ofds import ofds_count, ofds_pieces
from alcance.office.public.downloads.table import table_rows
from alcance.office.public.filters import SiteFilter
from alcance.office.public.models import Export, ExportFormat
from alcance.office.running.jobs import find_interrupted, start, working
from alcance.office.running.models import Job
from alcance.office.web.errors import Busy
from alcance.pack.files import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from django.db.models import QuerySet

    from alcance.office.accounts.models import Person
    from alcance.office.register.models import Site

    Tell = Callable[[int, int], None]


class FileIncomplete(AlcanceError):
    """A file does not hold as many rows as there are sites; it is not published."""


def folder() -> Path:
    """Where the files lie."""
    where: Path = settings.OFFICE_DIR / "downloads"
    return where


def path_of(export: Export) -> Path:
    """The file of a download."""
    return folder() / export.file_name


def ask_for(form: str, chosen: SiteFilter, *, at: dt.datetime, asked_by: Person | None = None) -> Export:
    """Have a file made in the background; one that is being made already is not made twice.

    Raises
    ------
    Busy
        Where the disk is nearly full, or where nobody asks by name and as many such files as may be wait already.
    """
    find_interrupted(at)
    with transaction.atomic():
        waiting = Export.objects.filter(made_at=None, job__state__in=(Job.State.WAITING, Job.State.RUNNING))
        same = waiting.filter(format=form, filters=chosen.query).first()
        if same is not None:
            return same
        if asked_by is None and waiting.filter(job__asked_by=None).count() >= settings.EXPORTS_WAITING:
            raise Busy(_("Many files are waiting to be made; come back later."))
        folder().mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder()).free < settings.DOWNLOADS_FREE_BYTES:
            raise Busy(_("There is no room for more files now; come back later."))
        export = Export.objects.create(format=form, filters=chosen.query, asked_at=at)
        title = f"{ExportFormat(form).label}: {chosen.query or '*'}"[:200]
        export.job = start(make_export, title, asked_by, f"/downloads/{export.pk}/", export_id=export.pk)
        export.save(update_fields=["job"])
        return export


@task()
def make_export(job_id: int, export_id: int) -> None:
    """Make a file that was asked for."""
    with working(job_id) as progress:
        export = Export.objects.get(pk=export_id)

        write(export, progress.tell)
        prune()


def write(export: Export, tell: Tell | None = None) -> Export:
    """Write the file of a download and record its rows, bytes and SHA-256.

    Raises
    ------
    FileIncomplete
        Where fewer or more rows were written than there are; nothing is published then.
    """
    chosen = SiteFilter.of(QueryDict(export.filters))
    today = timezone.localdate()
    target = path_of(export)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"unfinished-{target.name}")
    unfinished.unlink(missing_ok=True)
    try:
        rows, expected = _write(export, unfinished, chosen.sites(today), tell, everything=not chosen.query)
        if rows != expected:
            message = _("%(rows)s rows were written where there are %(expected)s.")
            raise FileIncomplete(message % {"rows": rows, "expected": expected})
        export.rows, export.bytes, export.sha256 = rows, unfinished.stat().st_size, digest(unfinished)
        with unfinished.open("rb") as handle:
            os.fsync(handle.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    export.made_at = timezone.now()
    export.save(update_fields=["rows", "bytes", "sha256", "made_at"])
    return export


def _write(
    export: Export, path: Path, sites: QuerySet[Site], tell: Tell | None, *, everything: bool
) -> tuple[int, int]:
    """Write a file; return the rows that it holds and those that it should hold."""
    now = timezone.now()
    if export.format == ExportFormat.OC4IDS:
        uri = f"{settings.PUBLIC_URL}/downloads/{export.pk}/{export.file_name}"
        pieces = oc4ids_pieces(sites, uri, now, everything=everything)
        return _text(path, pieces, lambda: oc4ids_count(sites, everything=everything))
    if export.format == ExportFormat.OFDS:
        pieces = ofds_pieces(sites, everything=everything)
        return _text(path, pieces, lambda: ofds_count(sites, everything=everything))
    total, rows = table_rows(sites)
    counted = _Counted(rows, total, tell)
    if export.format == ExportFormat.CSV:
        with path.open("wb") as handle:
            for piece in csv_pieces(counted):
                handle.write(piece)
    elif export.format == ExportFormat.GEOPARQUET:
        write_geoparquet(counted, path)
    else:
        write_geopackage(counted, path)
    return counted.count, total


class _Counted:
    """Rows on their way, counted."""

    def __init__(self, rows: Iterable[tuple[Any, ...]], total: int, tell: Tell | None) -> None:
        self._rows, self._total, self._tell = rows, total, tell
        self.count = 0

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for row in self._rows:
            self.count += 1
            if self._tell is not None and self.count % 10_000 == 0:
                self._tell(self.count, self._total)
            yield row


def _text(path: Path, pieces: Iterator[tuple[str, int, int]], count: Callable[[], int]) -> tuple[int, int]:
    """Write pieces; return their rows, and those that there should be.

    What is written by several statements is counted before and after: the register may change meanwhile.
    """
    before, rows, counted = count(), 0, 0
    with path.open("w", encoding="utf-8") as handle:
        for piece, some, some_counted in pieces:
            handle.write(piece)
            rows, counted = rows + some, counted + some_counted
    after = count()
    expected = min(max(counted, min(before, after)), max(before, after))
    return rows, rows - counted + expected


def manifest(export: Export) -> dict[str, Any]:
    """What stands beside a file: enough to know that one has all of it."""
    return {
        "file": export.file_name,
        "format": export.format,
        "filters": export.filters,
        "rows": export.rows,
        "bytes": export.bytes,
        "sha256": export.sha256,
        "made_at": export.made_at.isoformat() if export.made_at else None,
    }


def prune() -> int:
    """Remove files of the whole register that a newer one has replaced, and of lists; return how many.

    Each goes after its days; before that the oldest go, where there is more than `DOWNLOADS_KEPT_BYTES` of them.
    """
    now = timezone.now()
    newest: set[str] = set()
    kept = removed = 0
    for export in Export.objects.exclude(made_at=None).order_by("-pk"):
        if not export.filters and export.format not in newest:
            newest.add(export.format)
            continue
        path = path_of(export)
        if export.made_at is None or not path.exists():
            continue
        kept += path.stat().st_size
        days = settings.LISTS_KEPT_DAYS if export.filters else settings.DOWNLOADS_KEPT_DAYS
        if export.made_at < now - dt.timedelta(days=days) or kept > settings.DOWNLOADS_KEPT_BYTES:
            path.unlink()
            removed += 1
    return removed
