"""What format a file of sites has, told by its content, and that it unpacks to no more than a table does."""

from __future__ import annotations

import sqlite3
import zipfile
import zlib
from contextlib import closing
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from alcance.errors import AlcanceError
from alcance.office.register.imports.reading import MOST_ROWS

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = 1 << 20
# A packed file that unpacks to more, or to so much more than it weighs, is not one that somebody filled in.
MOST_UNPACKED = 800_000_000
MOST_RATIO = 200
# Of a workbook's parts but its sheets, which are read a row at a time: bytes, and "<", of each of which a reader makes
# an object at most.
MOST_HELD = 200_000_000
MOST_TAGS = 12_000_000
SHEETS, SHEET_TYPE = "xl/worksheets/", "worksheet+xml"
# Of a CSV file, and of Parquet at the mean; and of the database's work while a GeoPackage is looked at, a second or so.
MOST_IN_LINE = 4 << 20
MOST_STEPS = 20_000_000
BAD_WORKBOOK = (
    zipfile.BadZipFile, zlib.error, ET.ParseError, KeyError, ValueError, OSError, EOFError,
    NotImplementedError, RuntimeError,
)  # fmt: skip


class BadFile(AlcanceError):
    """A file that cannot be taken; the message says why."""


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
            if "xl/workbook.xml" not in names:
                raise BadFile(_("this archive is no workbook; bring XLSX, CSV, GeoPackage or Parquet"))
            if (
                sum(archive.getinfo(name).file_size for name in held) > MOST_HELD
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
