"""Is all well: what can be seen from here of the configuration, the database, the disk and the work waiting."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import checks as django_checks
from django.db import DatabaseError, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from alcance.office.accounts.models import Person
from alcance.office.accounts.roles import Role
from alcance.office.accounts.second_factor import lacks_second_factor
from alcance.office.folder import KEY
from alcance.office.public.downloads.making import path_of
from alcance.office.public.map.current import current, is_current
from alcance.office.public.models import Export
from alcance.office.running.health import LEAST_FREE_BYTES, unapplied_migrations
from alcance.office.running.models import Job
from alcance.office.running.presence import present

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST_POSTGRES = 14
OLDEST_SQLITE = (3, 37)
LOW_BYTES = 2_000_000_000
WAITS_TOO_LONG = dt.timedelta(minutes=10)
TILES_OLD = dt.timedelta(days=7)
SHORTEST_KEY = 40
_APART_S = 60


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    what
        What was looked at.
    state
        "well", "know" (works, but should be known) or "wrong" (must be mended).
    found
        How it is.
    mend
        What to do, empty where all is well.
    """

    what: str
    state: str
    found: str
    mend: str = ""

    def as_dict(self) -> dict[str, str]:
        """For output as JSON."""
        return asdict(self)


def look_at_all(now: dt.datetime) -> list[Finding]:
    """Look at everything; what needs the database is left out where there is none."""
    found = [*_folder(), *_disk(), *_key()]
    database = list(_database(now))
    found += database
    if all(one.state != "wrong" for one in database):
        found += _migrations()
        if found[-1].state != "wrong":
            found += [*_people(), *_queue(now), *_tiles(now), *_open_data(now)]
    return [*found, *_static(), *_settings(), *_time_zone(now)]


def _folder() -> Iterator[Finding]:
    office = Path(settings.OFFICE_DIR)
    if not office.is_dir():
        yield Finding("folder", "wrong", f"{office} is not there", "alcance office init, or set ALCANCE_OFFICE_DIR")
        return
    try:
        with tempfile.TemporaryFile(dir=office):
            yield Finding("folder", "well", str(office))
    except OSError as error:
        yield Finding("folder", "wrong", f"{office} cannot be written ({error.strerror})", "give its owner the rights")
    if office.stat().st_mode & 0o007:
        yield Finding("folder's rights", "know", "others on this machine may look into it", f"chmod o-rwx {office}")


def _disk() -> Iterator[Finding]:
    office = Path(settings.OFFICE_DIR)
    if not office.is_dir():
        return
    free = shutil.disk_usage(office).free
    words = f"{free / 1e9:.1f} GB free"
    if free < LEAST_FREE_BYTES:
        yield Finding("disk", "wrong", words, "make room: uploads and measurements will soon be refused")
    elif free < LOW_BYTES:
        yield Finding("disk", "know", words, "make room soon")
    else:
        yield Finding("disk", "well", words)


def _key() -> Iterator[Finding]:
    if len(settings.SECRET_KEY) < SHORTEST_KEY:
        yield Finding("secret key", "wrong", "shorter than 40 characters", "give a longer ALCANCE_SECRET_KEY")
        return
    file = Path(settings.OFFICE_DIR) / KEY
    if not os.environ.get("ALCANCE_SECRET_KEY") and not file.exists():
        yield Finding("secret key", "wrong", "none is kept: sessions end with each start", "alcance office init")
    elif file.exists() and file.stat().st_mode & 0o077:
        yield Finding("secret key", "wrong", f"{file} can be read by others", f"chmod 600 {file}")
    else:
        yield Finding("secret key", "well", "kept, and nobody else reads it")


def _database(now: dt.datetime) -> Iterator[Finding]:
    if connection.vendor == "sqlite" and not Path(settings.DATABASES["default"]["NAME"]).exists():
        yield Finding("database", "wrong", "there is none", "alcance office init")
        return
    try:
        connection.ensure_connection()
        yield from _sqlite() if connection.vendor == "sqlite" else _postgres(now)
    except DatabaseError as error:
        first = str(error).strip().split("\n", maxsplit=1)[0]
        yield Finding("database", "wrong", f"does not answer: {first}", "start it, or mend DATABASE_URL")


def _sqlite() -> Iterator[Finding]:
    version = sqlite3.sqlite_version_info
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        [mode] = cursor.fetchone()
        cursor.execute("PRAGMA quick_check(1)")
        [sound] = cursor.fetchone()
    words = f"SQLite {'.'.join(map(str, version))}, {mode.upper()}"
    if sound != "ok":
        yield Finding("database", "wrong", f"{words}: damaged ({sound})", "alcance office restore FILE --replace")
    elif version[:2] < OLDEST_SQLITE:
        yield Finding("database", "wrong", words, "needs SQLite 3.37 or later")
    else:
        yield Finding("database", "well", words)


def _postgres(now: dt.datetime) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0]) // 10_000
        cursor.execute("SELECT clock_timestamp()")
        [theirs] = cursor.fetchone()
    state = "well" if version >= OLDEST_POSTGRES else "wrong"
    mend = "" if state == "well" else f"needs PostgreSQL {OLDEST_POSTGRES} or later"
    yield Finding("database", state, f"PostgreSQL {version}", mend)
    apart = abs((theirs - now).total_seconds())
    if apart > _APART_S:
        yield Finding("clock", "wrong", f"the database's clock is {apart:.0f} s from ours", "set both by NTP")
    for program in ("pg_dump", "pg_restore", "psql"):
        if shutil.which(program) is None:
            yield Finding("backup", "know", f"{program} is not installed", "install PostgreSQL's client programs")


def _migrations() -> Iterator[Finding]:
    waiting = unapplied_migrations()
    if waiting:
        words = f"{len(waiting)} not applied, first {waiting[0]}"
        yield Finding("migrations", "wrong", words, "alcance office migrate")
    else:
        yield Finding("migrations", "well", "all applied")


def _people() -> Iterator[Finding]:
    ministry = Person.objects.filter(is_active=True, organisation__role=Role.MINISTRY, organisation__retired_on=None)
    people = list(ministry.select_related("organisation"))
    if not people:
        mend = "alcance office init --email EMAIL --organisation NAME"
        yield Finding("people", "wrong", "nobody of the ministry can log in", mend)
        return
    yield Finding("people", "well", f"{len(people)} of the ministry can log in")
    seen = Person.objects.filter(is_active=True, organisation__role__in=settings.SECOND_FACTOR_ROLES)
    lacking = sum(lacks_second_factor(person) for person in seen.select_related("organisation"))
    if lacking:
        yield Finding("second factor", "know", f"{lacking} who need one have none yet", "they set it up at their login")
    if not settings.SECOND_FACTOR_ROLES:
        mend = "unset ALCANCE_SECOND_FACTOR and ALCANCE_DEBUG where others can reach the office"
        yield Finding("second factor", "know", "no role needs one here", mend)


def _queue(now: dt.datetime) -> Iterator[Finding]:
    workers = present("worker")
    waiting = DBTaskResult.objects.ready().filter(enqueued_at__lt=now - WAITS_TOO_LONG).count()
    interrupted = Job.objects.filter(state=Job.State.INTERRUPTED, asked_at__gt=now - dt.timedelta(days=7)).count()
    if waiting:
        words = f"{waiting} waiting for more than 10 minutes, {len(workers)} workers"
        yield Finding("background work", "wrong", words, "start alcance office worker, or see its log")
    elif not workers:
        yield Finding("background work", "know", "no worker is running", "start alcance office worker")
    else:
        yield Finding("background work", "well", f"{len(workers)} working, none waiting for long")
    if interrupted:
        yield Finding("interrupted work", "know", f"{interrupted} in the last week", "run again from /jobs/")


def _static() -> Iterator[Finding]:
    if (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        yield Finding("static files", "well", "collected")
    else:
        yield Finding("static files", "wrong", "not collected: pages have no styles", "alcance office migrate")


def _settings() -> Iterator[Finding]:
    """What Django has to say of the settings; how they are for others is asked only where others can reach us."""
    messages = django_checks.run_checks(include_deployment_checks=bool(settings.HOSTS))
    for message in messages:
        state = "wrong" if message.level >= django_checks.WARNING else "know"
        yield Finding(f"settings {message.id}", state, str(message.msg).split("\n", maxsplit=1)[0], message.hint or "")
    if settings.DEBUG and settings.HOSTS:
        yield Finding("settings", "wrong", "faults are shown in the browser", "unset ALCANCE_DEBUG")
    if not settings.HOSTS:
        yield Finding("names", "know", "answers on this machine only", "set ALCANCE_HOSTS before others reach it")
    elif not messages:
        yield Finding("settings", "well", "safe for others to reach")
    if not settings.MAIL_IS_SENT:
        mend = "set ALCANCE_EMAIL_URL; until then links are handed over by who invites"
        yield Finding("mail", "know", "none is sent", mend)


def _time_zone(now: dt.datetime) -> Iterator[Finding]:
    here = timezone.localtime(now, timezone.get_default_timezone())
    yield Finding("time zone", "well", f"{settings.TIME_ZONE}, where it is {here:%Y-%m-%d %H:%M}")


def _tiles(now: dt.datetime) -> Iterator[Finding]:
    tiles = current()
    if is_current(tiles):
        yield Finding("tiles", "well", "show the register as it is")
        return
    yield from _age(now, "tiles", tiles.made if tiles else None, "alcance office tiles")


def _open_data(now: dt.datetime) -> Iterator[Finding]:
    # What somebody asked for by its filters is no news of the whole register.
    exports = Export.objects.filter(filters="").exclude(made_at=None).order_by("-made_at", "-pk")
    there = next((export.made_at for export in exports.iterator() if path_of(export).is_file()), None)
    yield from _age(now, "open data", there, "alcance office exports")


def _age(now: dt.datetime, what: str, made: dt.datetime | None, mend: str) -> Iterator[Finding]:
    if made is None:
        yield Finding(what, "know", "not made yet", mend)
        return
    age = now - made
    hours = age.total_seconds() / 3600
    state = "know" if age > TILES_OLD else "well"
    yield Finding(what, state, f"made {hours:.0f} hours ago", mend if state == "know" else "")
