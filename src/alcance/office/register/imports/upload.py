"""Receiving a file: its size is limited while it comes, its format judged by its content, never by its name."""

from __future__ import annotations

import codecs
import hashlib
import shutil
import sqlite3
import zipfile
import zlib
from contextlib import closing
from typing import IO, TYPE_CHECKING
from xml.etree import ElementTree as ET

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from alcance.errors import AlcanceError
from alcance.files import whole_file
from alcance.office.accounts.permissions import may
from alcance.office.accounts.refusals import NotAllowed
from alcance.office.register.imports.reading import MOST_ROWS, in_utf8
from alcance.office.register.models import ImportBatch

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from alcance.office.accounts.models import Person

BLOCK = 1 << 20
# A workbook that unpacks to more, or to so much more than it weighs, is not one that somebody filled in.
MOST_UNPACKED = 800_000_000
MOST_STRINGS = 200_000_000
MOST_RATIO = 200
# Of all parts but the sheets, which are read a row at a time: of each "<" a reader makes an object at most.
MOST_TAGS = 12_000_000
SHEETS, SHEET_TYPE = "xl/worksheets/", "worksheet+xml"
# Of a CSV file, and of Parquet at the mean; and of the database's work while a GeoPackage is looked at, a second or so.
MOST_IN_LINE = 4 << 20
MOST_STEPS = 20_000_000
BAD_WORKBOOK = (
    zipfile.BadZipFile, zlib.error, ET.ParseError, KeyError, ValueError, OSError, EOFError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
ENCODING_FALLBACK = "cp1252"


class BadFile(AlcanceError):
    """A file that cannot be taken; the message says why."""


@transaction.atomic
def receive(file: IO[bytes], name: str, person: Person, *, at: dt.datetime) -> ImportBatch:
    """Store a file of sites and find out its format.

    Parameters
    ----------
    file
        Read from its beginning, block by block.
    name
        As its owner calls it; shown, not trusted.

    Raises
    ------
    BadFile
        Where it is empty, too large, or none of CSV, XLSX, GeoPackage and Parquet.
    NotAllowed
        Where the person may not bring files.
    """
    if not may(person, "import", "add"):
        raise NotAllowed(_("You may not bring files of sites."))
    batch = ImportBatch.objects.create(
        file_name=name.replace("\0", "")[-200:] or "file", digest="", suffix="", organisation=person.acting_for,
        uploaded_by=person, uploaded_at=at,
    )  # fmt: skip
    batch.folder.mkdir(parents=True, exist_ok=True)
    try:
        incoming = batch.folder / "incoming"
        batch.digest = _store(file, incoming)
        batch.suffix = sniff(incoming)
        incoming.rename(batch.source)
        if batch.suffix == ".csv":
            _check_text(batch.source)
    except BaseException:
        shutil.rmtree(batch.folder, ignore_errors=True)
        raise
    batch.save()
    return batch


def _store(file: IO[bytes], path: Path) -> str:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as out:
        while block := file.read(BLOCK):
            size += len(block)
            if size > settings.IMPORT_MOST_BYTES:
                limit = settings.IMPORT_MOST_BYTES // 1_000_000
                raise BadFile(_("the file is larger than %(limit)s MB; split it") % {"limit": limit})
            digest.update(block)
            out.write(block)
    if size == 0:
        raise BadFile(_("the file is empty"))
    return digest.hexdigest()


def sniff(path: Path) -> str:
    """The format of a file by its content, as a suffix.

    Raises
    ------
    BadFile
        Where it is none that we read, or a packed one that unpacks to too much.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK\x03\x04"):
        _check_workbook(path)
        return ".xlsx"
    if head.startswith(b"SQLite format 3\0"):
        _check_geopackage(path)
        return ".gpkg"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadFile(_("the file is in UTF-16; save it as 'CSV UTF-8'"))
    if head.startswith(b"PAR1"):
        _check_parquet(path)
        return ".parquet"
    if b"\0" in head or head.lstrip()[:1] in (b"<", b"{", b"%"):
        raise BadFile(_("this is no CSV, XLSX, GeoPackage or Parquet file"))
    return ".csv"


def _check_workbook(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            unpacked = sum(entry.file_size for entry in archive.infolist())
            # A reader holds all of these in memory at once. One that lies of its size is cut off where it says it ends.
            held = [name for name in names if not name.startswith(SHEETS)]
            strings = sum(archive.getinfo(name).file_size for name in held)
            if "xl/workbook.xml" not in names:
                raise BadFile(_("this archive is no workbook; bring XLSX, CSV, GeoPackage or Parquet"))
            if (
                strings > MOST_STRINGS
                or unpacked > MOST_UNPACKED
                or unpacked > MOST_RATIO * path.stat().st_size
                or _are_many_tags(archive, held)
                or not _are_sheets(archive)
            ):
                raise BadFile(_("the workbook unpacks to far more than a table holds; save it as CSV"))
    except BAD_WORKBOOK as error:
        raise BadFile(_("the workbook is damaged; save it again")) from error


def _are_many_tags(archive: zipfile.ZipFile, names: list[str]) -> bool:
    """Whether parts that are held in memory as trees would grow into large ones: each branch begins with this sign."""
    tags = 0
    for name in names:
        with archive.open(name) as part:
            while block := part.read(BLOCK):
                tags += block.count(b"<")
                if tags > MOST_TAGS:
                    return True
    return False


def _are_sheets(archive: zipfile.ZipFile) -> bool:
    """Whether what lies among the sheets is said to be one: nothing else is read a row at a time."""
    parts = ET.fromstring(archive.read("[Content_Types].xml"))
    said = [part.get("ContentType", "") for part in parts.iter() if SHEETS in part.get("PartName", "")]
    return all(kind.endswith(SHEET_TYPE) for kind in said)


def _check_parquet(path: Path) -> None:
    """What the foot of the file says, before any row is read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        foot = pq.read_metadata(path)
        unpacked = sum(foot.row_group(at).total_byte_size for at in range(foot.num_row_groups))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise BadFile(_("the file is damaged; save it again")) from error
    # A few packed bytes may say a letter a thousand million times, and the first row is read to show it.
    most = min(MOST_UNPACKED, MOST_RATIO * path.stat().st_size, MOST_IN_LINE * max(foot.num_rows, 1))
    if foot.num_rows > MOST_ROWS or unpacked > most:
        raise BadFile(_("the file holds more than a table of sites does; split it"))


def _check_geopackage(path: Path) -> None:
    """A view or a computed column may be without end: a file of tables has none."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
            # A true value stops what takes longer.
            connection.set_progress_handler(lambda: 1, MOST_STEPS)
            for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall():
                # A spatial index is a virtual table: nothing of it is read.
                is_plain = kind == "table" and not str(sql).upper().startswith("CREATE VIRTUAL")
                columns = connection.execute("SELECT hidden FROM pragma_table_xinfo(?)", [name]) if is_plain else ()
                if kind == "view" or any(hidden in (2, 3) for (hidden,) in columns):
                    raise BadFile(_("this database computes what it holds; save its table as GeoPackage or CSV"))
            connection.execute("SELECT count(*) FROM gpkg_contents").fetchone()
    except sqlite3.DatabaseError as error:
        raise BadFile(_("this database is no GeoPackage")) from error


def _check_text(path: Path) -> None:
    """Refuse endless lines, and write the copy in UTF-8 of a file in Windows' western encoding."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, length = True, 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            first, _newline, rest = block.partition(b"\n")
            if length + len(first) > MOST_IN_LINE:
                raise BadFile(_("a line of the file is longer than any of a table"))
            length = len(block) - block.rfind(b"\n") if rest or _newline else length + len(block)
            if is_utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    is_utf8 = False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        is_utf8 = False
    if not is_utf8:
        _write_utf8(path)


def _write_utf8(path: Path) -> None:
    with path.open("rb") as lines, whole_file(in_utf8(path)) as beside, beside.open("wb") as out:
        for number, line in enumerate(lines, start=1):
            try:
                out.write(line.decode(ENCODING_FALLBACK).encode())
            except UnicodeDecodeError as error:
                words = _("line %(line)s is neither in UTF-8 nor in Windows-1252; save the file as 'CSV UTF-8'")
                raise BadFile(words % {"line": number}) from error
