"""Backups: the whole office in one file, taken while it runs, whose every part is named by its digest.

A backup is a ZIP archive: `manifest.json` (what it holds, and from where), the database as `database.sqlite3` (a
consistent copy by SQLite's own backup) or `database.dump` (by `pg_dump`), and the office's folders of files. The
database is copied first: a file that it names was there before it, and none is ever deleted.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import os
import sqlite3
import subprocess
import tempfile
import zipfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from alcance import __version__
from alcance.errors import OutputError
from alcance.office.folder import KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE_COPY = "database.sqlite3"
POSTGRES_COPY = "database.dump"
#: Folders of the office whose files are nowhere else.
FOLDERS = ("uploads", "measurements", "plans", "imports")
#: What is made again from them and the database.
MADE_AGAIN = ("tiles", "downloads")
# What these hold is compressed already.
_PACKED = {".jpg", ".jpeg", ".png", ".webp", ".parquet", ".gz", ".zip", ".xlsx", ".npz", ".kmz", ".dump"}
# What is being written, and will have its own name in a moment; so is what lies in a folder with a dot before its name.
_UNFINISHED = ".new"
_CHUNK = 1 << 20
_TRIES = 3
# How disks say that they know no links (FAT, exFAT, some of the network).
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}
# What psql ends with where it cannot connect, or the connection broke.
_NO_CONNECTION = 2


class NotReached(OutputError):
    """The database does not answer; it is as it was."""


def back_up(
    file: Path, *, with_key: bool, now: dt.datetime, tell: Callable[[int, int, str], None] = lambda *_: None
) -> dict[str, Any]:
    """Write the whole office to one file, or nothing; return the manifest.

    Parameters
    ----------
    file
        The archive, readable by its owner only: it holds what people log in with.
    with_key
        Whether the key that signs sessions goes with it; then who holds the file can log in as anybody.
    now
        When it is taken.
    tell
        Told bytes done, bytes in all, and the name of what is being written.

    Raises
    ------
    OutputError
        Where the file is there already or cannot be written, its folder is not there, or the database cannot be
        copied.
    """
    if file.exists():
        raise OutputError(f"{file}: is there already; name another file")
    # Made here, it would lie on this disk where that of the backups is not mounted.
    if not file.absolute().parent.is_dir():
        raise OutputError(f"{file.parent}: there is no such folder; make it, or mount the disk that holds it")
    office = Path(settings.OFFICE_DIR)
    try:
        with (
            _written_whole(file) as handle,
            zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        ):
            written = _Written(archive, tell)
            with tempfile.TemporaryDirectory(prefix="backup-", dir=office) as scratch:
                name, engine, version = _copy_database(Path(scratch))
                written.add(Path(scratch) / name, name)
            if with_key and (office / KEY).is_file():
                written.add(office / KEY, KEY)
            _add_folders(office, written)
            manifest = {
                "format": FORMAT,
                "alcance": __version__,
                "taken_at": now.isoformat(timespec="seconds"),
                "database": {"engine": engine, "version": version, "file": name},
                "migrations": _migrations(),
                "files": written.files,
            }
            archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    except OSError as error:
        raise OutputError(f"{file}: cannot be written ({error.strerror or error})") from error
    return manifest


class _Written:
    """The archive as it grows, with size and digest of each part."""

    def __init__(self, archive: zipfile.ZipFile, tell: Callable[[int, int, str], None]) -> None:
        self._archive = archive
        self._tell = tell
        self.total = 0
        self.done = 0
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, path: Path, name: str) -> None:
        """Add one file under a name, reading it once."""
        digest, size = hashlib.sha256(), 0
        info = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
        packed = path.suffix.lower() in _PACKED
        info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        with path.open("rb") as source, self._archive.open(info, "w", force_zip64=True) as target:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
                self.done += len(chunk)
                self._tell(self.done, max(self.total, self.done), name)
        self.files[name] = {"bytes": size, "sha256": digest.hexdigest()}


def _add_folders(office: Path, written: _Written) -> None:
    """Add the files of the folders; one that is replaced while we read is looked for again under its new name.

    What only came after the database was copied is named by nothing in it, and need not be waited for.

    Raises
    ------
    OutputError
        Where files still went while they were read at the last look: what took their place may be missing.
    """
    gone: list[str] = []
    for look in range(_TRIES):
        found = [
            path
            for folder in FOLDERS
            for path in sorted((office / folder).rglob("*"))
            if path.is_file() and not path.is_symlink() and not _unfinished(path.relative_to(office))
        ]
        missing = [path for path in found if path.relative_to(office).as_posix() not in written.files]
        written.total = written.done + sum(_size(path) for path in missing)
        gone = []
        for path in missing:
            name = path.relative_to(office).as_posix()
            try:
                written.add(path, name)
            except FileNotFoundError:
                gone.append(name)
        # A list that is read while a file gives way to another may hold neither: the second look sees the new one.
        if look and not gone:
            return
    if gone:
        raise OutputError(f"{gone[0]}: went while it was read, as others did before; back up once nothing is moved")


def _unfinished(path: Path) -> bool:
    return path.suffix == _UNFINISHED or any(folder.startswith(".") for folder in path.parts[:-1])


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _copy_database(folder: Path) -> tuple[str, str, str]:
    """Copy the database as it is at one moment; return the file's name, the engine and its version."""
    if connection.vendor == "sqlite":
        target = folder / SQLITE_COPY
        # A connection of its own: the copy must not wait for, nor be part of, what this process is doing.
        with (
            closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            # One file is easier to move than three.
            copy.execute("PRAGMA journal_mode=DELETE")
        return SQLITE_COPY, "sqlite", sqlite3.sqlite_version
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        [version] = cursor.fetchone()
    arguments = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", str(folder / POSTGRES_COPY)]
    run_postgres(arguments, "copied")
    return POSTGRES_COPY, "postgresql", str(version)


def run_postgres(arguments: list[str], verb: str, stdout: IO[bytes] | None = None) -> None:
    """Run a program of PostgreSQL on the office's database; the password goes by the environment, not the arguments.

    Raises
    ------
    OutputError
        With the program's own words where it fails.
    NotReached
        Where psql could not speak with the database to the end.
    """
    database = settings.DATABASES["default"]
    known = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    told = {name: str(database[key]) for name, key in known.items() if database.get(key)}
    options = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
    told |= {options[name]: str(value) for name, value in database.get("OPTIONS", {}).items() if name in options}
    try:
        done = subprocess.run(
            arguments,
            env={**os.environ, **told},
            stdin=subprocess.DEVNULL,
            stdout=stdout or subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
    except FileNotFoundError as error:
        message = f"{arguments[0]} is not installed; it comes with PostgreSQL's client programs"
        raise OutputError(message) from error
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip()[-2000:]
        kind = NotReached if arguments[0] == "psql" and done.returncode == _NO_CONNECTION else OutputError
        raise kind(f"the database could not be {verb}: {words}")


def _migrations() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        return [f"{app}.{name}" for app, name in cursor.fetchall()]


@contextmanager
def _written_whole(file: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name only once it is written whole, readable by its owner only."""
    number, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(number, "wb") as handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        _name(Path(name), file)
    except FileExistsError as error:
        raise OutputError(f"{file}: is there already; name another file") from error
    finally:
        Path(name).unlink(missing_ok=True)


def _name(written: Path, file: Path) -> None:
    """Give a file its name, unless another came by it meanwhile: a link refuses then; a rename would not."""
    try:
        os.link(written, file)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # An empty file takes the name, and gives it to ours alone.
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        written.replace(file)
