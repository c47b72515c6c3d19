"""Restoring a backup: checked whole before anything is touched, then put in place whole.

What was read lies in `restoring/` in the office's folder until it is in place. From the moment that all of it has been
checked (`restoring/checked` exists) the restore is decided: whatever stops it, the next command of the office finishes
it. Before that moment nothing of the office has been touched. Whoever restores or finishes has the office alone
(`possession`): no command is at work on an office whose parts are being moved, and none begins.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from alcance.errors import AlcanceError
from alcance.office.folder import KEY, made
from alcance.office.running.backup import (
    FOLDERS,
    FORMAT,
    MADE_AGAIN,
    MANIFEST,
    POSTGRES_COPY,
    SQLITE_COPY,
    NotReached,
    run_postgres,
)
from alcance.office.running.possession import alone, share
from alcance.office.running.presence import present

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

_CHUNK = 1 << 20
_LARGEST_MANIFEST = 100_000_000
_CHECKED = "checked"
# What a database that is not empty has to go before another takes its place, in the same transaction.
_EMPTIED = "DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"


class NotRestored(AlcanceError):
    """The backup was not restored, and the office is as it was."""


def restore(
    file: Path, *, replace: bool, now: dt.datetime, tell: Callable[[int, int, str], None] = lambda *_: None
) -> dict[str, Any]:
    """Put a backup in the place of the office, whole or not at all; return the manifest.

    Parameters
    ----------
    file
        The archive that `back_up` wrote.
    replace
        Whether an office that is there gives way; its files are kept in a folder `replaced-…` beside.
    now
        When; it names that folder.
    tell
        Told bytes checked, bytes in all, and the name of what is being read.

    Raises
    ------
    NotRestored
        Where the office runs or is there and was not to be replaced, or the archive is damaged or not ours.
    Taken
        Where another command of the office has not ended.
    """
    office = Path(settings.OFFICE_DIR)
    # What runs is named, where it can be.
    _refuse_running()
    with made(office), alone(office):
        _finish(office)
        _refuse_running()
        if not replace and (kept := _there(office)):
            raise NotRestored(f"there is an office already ({kept}); --replace lets the backup take its place")
        scratch = office / "restoring"
        scratch.mkdir(mode=0o700)
        try:
            manifest = _unpack(file, scratch, tell)
            _check_database(manifest, scratch)
            orders = {"replaced": f"replaced-{now:%Y%m%d-%H%M%S}", "database": manifest["database"]["file"]}
            # Reading may have taken an hour.
            _refuse_running()
            _write(scratch / _CHECKED, json.dumps(orders))
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise
        if not _finish(office):
            raise NotRestored(f"{scratch}: what was read is gone; nothing was restored")
    return manifest


def finish() -> bool:
    """Bring to its end a restore that was decided, and clear away one that was not; return whether there was one.

    Raises
    ------
    Taken
        Where another process restores the office just now: nothing may be done with it until that has ended.
    NotReached
        Where the database does not answer: the restore stays decided, and the next command brings it to its end.
    """
    office = Path(settings.OFFICE_DIR)
    if not (office / "restoring").exists():
        return False
    with alone(office):
        return _finish(office)


def enter() -> None:
    """Go to work on the office: bring a restore to its end, and let none begin for as long as this process lives.

    Raises
    ------
    Taken, NotReached
        As `finish` does.
    """
    office = Path(settings.OFFICE_DIR)
    # Between two looks one may have begun, and have been killed.
    while office.is_dir() and not share(office, unless=office / "restoring"):
        finish()


def _refuse_running() -> None:
    running = [*present("server"), *present("worker")]
    if running:
        raise NotRestored(f"the office is running ({', '.join(running)}); stop it first")


def _finish(office: Path) -> bool:
    scratch = office / "restoring"
    orders_file = scratch / _CHECKED
    if not orders_file.exists():
        shutil.rmtree(scratch, ignore_errors=True)
        return False
    orders = json.loads(orders_file.read_text(encoding="utf-8"))
    connection.close()
    if orders["database"] == POSTGRES_COPY and (scratch / POSTGRES_COPY).exists():
        try:
            _fill_postgres(scratch)
        except NotReached as error:
            message = f"{error}\nThe restore goes on with the next command; to give it up, remove {scratch}"
            raise NotReached(message) from error
        except AlcanceError:
            # One transaction: the database is as it was, and so is everything else.
            shutil.rmtree(scratch)
            raise
    replaced = office / orders["replaced"]
    replaced.mkdir(mode=0o700, exist_ok=True)
    _take_places(office, scratch, replaced)
    shutil.rmtree(scratch)
    if not any(replaced.iterdir()):
        replaced.rmdir()
    return True


def _there(office: Path) -> str:
    """What shows that an office is there already, empty where nothing does."""
    if connection.vendor == "sqlite":
        database = Path(settings.DATABASES["default"]["NAME"])
        return str(database) if database.exists() else ""
    if connection.introspection.table_names():
        return "the database is not empty"
    return next((str(office / name) for name in FOLDERS if (office / name).exists()), "")


def _take_places(office: Path, scratch: Path, replaced: Path) -> None:
    """Move each part into its place and what stood there aside. Done again, it goes on where it was stopped."""
    database = Path(settings.DATABASES["default"]["NAME"])
    if (scratch / SQLITE_COPY).exists():
        # A log without its database would be read into another one.
        for name in (database.name, f"{database.name}-wal", f"{database.name}-shm"):
            _aside(database.with_name(name), replaced / name)
        (scratch / SQLITE_COPY).rename(database)
    for name in (*FOLDERS, KEY):
        if (scratch / name).exists():
            _aside(office / name, replaced / name)
            (scratch / name).rename(office / name)
    for name in MADE_AGAIN:
        # They are of the other database, and would be shown under this one's numbers.
        _aside(office / name, replaced / name)


def _aside(path: Path, to: Path) -> None:
    if path.exists() and not to.exists():
        path.rename(to)


def _unpack(file: Path, scratch: Path, tell: Callable[[int, int, str], None]) -> dict[str, Any]:
    """Read the archive into a folder, each part against its size and digest."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(archive, file)
            total = sum(part["bytes"] for part in manifest["files"].values())
            if total > shutil.disk_usage(scratch).free:
                raise NotRestored(f"{file}: needs {total / 1e9:.1f} GB of disk, more than is free")
            for name in FOLDERS:
                # A folder that was empty is empty again.
                (scratch / name).mkdir()
            done = 0
            for name, part in manifest["files"].items():
                _unpack_one(archive, name, part, scratch / name)
                done += part["bytes"]
                tell(done, total, name)
    except FileNotFoundError as error:
        raise NotRestored(f"{file}: there is no such file") from error
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise NotRestored(f"{file}: is damaged or no backup ({error})") from error
    return manifest


def _unpack_one(archive: zipfile.ZipFile, name: str, part: dict[str, Any], to: Path) -> None:
    digest, left = hashlib.sha256(), int(part["bytes"])
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        source = archive.open(name)
    except KeyError as error:
        raise NotRestored(f"{name}: is named in the manifest but is not there") from error
    with source, to.open("xb") as target:
        # No more than was promised: an archive that grows without end is stopped here.
        while chunk := source.read(min(_CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                break
            digest.update(chunk)
            target.write(chunk)
    if left != 0 or digest.hexdigest() != part["sha256"]:
        raise NotRestored(f"{name}: is not what the manifest says; the backup is damaged")
    if name == KEY:
        to.chmod(0o600)


def _manifest(archive: zipfile.ZipFile, file: Path) -> dict[str, Any]:
    """Read the manifest and refuse what we did not write."""
    try:
        if archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
            raise NotRestored(f"{file}: its manifest is too large to be ours")
        manifest = json.loads(archive.read(MANIFEST))
        form, database, files = manifest["format"], manifest["database"], manifest["files"]
        wrong = [name for name in files if not _ours(name)]
        promised = all(
            isinstance(part["bytes"], int) and part["bytes"] >= 0 and re.fullmatch("[0-9a-f]{64}", part["sha256"])
            for part in files.values()
        )
        copy = database["file"]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise NotRestored(f"{file}: is no backup of an office") from error
    if form != FORMAT:
        raise NotRestored(f"{file}: is of format {form}; this version reads format {FORMAT}")
    if wrong or not promised or copy not in files:
        raise NotRestored(f"{file}: is no backup of an office ({', '.join(wrong[:3]) or 'its manifest is wrong'})")
    expected = SQLITE_COPY if connection.vendor == "sqlite" else POSTGRES_COPY
    if copy != expected:
        raise NotRestored(f"{file}: was taken from {database.get('engine')}; this office uses {connection.vendor}")
    return dict(manifest)


def _ours(name: str) -> bool:
    """Whether a name is one that a backup may hold: nothing that would be written elsewhere."""
    if name in {SQLITE_COPY, POSTGRES_COPY, KEY}:
        return True
    parts = PurePosixPath(name).parts
    clean = "\\" not in name and "\0" not in name and str(PurePosixPath(name)) == name
    return clean and len(parts) > 1 and parts[0] in FOLDERS and ".." not in parts


def _check_database(manifest: dict[str, Any], scratch: Path) -> None:
    """Refuse a database that is damaged, or of a later version than this."""
    from django.db.migrations.loader import MigrationLoader

    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    unknown = [name for name in manifest.get("migrations", []) if name not in known]
    if unknown:
        raise NotRestored(f"the backup is of a later version of Alcance ({unknown[0]}); install that one")
    if manifest["database"]["file"] != SQLITE_COPY:
        return
    try:
        with closing(sqlite3.connect(scratch / SQLITE_COPY)) as database:
            [answer] = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        answer = str(error)
    if answer != "ok":
        raise NotRestored(f"the database in the backup is damaged ({answer})")


def _fill_postgres(scratch: Path) -> None:
    """Fill the PostgreSQL database in one transaction, emptied first."""
    script = scratch / "database.sql"
    with script.open("wb") as handle:
        handle.write(_EMPTIED.encode())
        handle.flush()
        dump = [
            "pg_restore",
            "--no-owner",
            "--no-privileges",
            "--no-comments",
            "--file=-",
            str(scratch / POSTGRES_COPY),
        ]
        run_postgres(dump, "read from the backup", stdout=handle)
    order = ["psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file", str(script)]
    run_postgres(order, "restored")
    (scratch / POSTGRES_COPY).unlink()


def _write(file: Path, text: str) -> None:
    """Write a file that is there whole or not at all."""
    new = file.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.rename(file)
