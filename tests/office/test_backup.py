"""Backups: what is restored is what was there, whole or not at all."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import threading
import zipfile
from pathlib import Path

import pytest
from tests.office.real import RealOffice, wait_until

from alcance.errors import AlcanceError, OutputError
from alcance.office.running import backup as backing_up
from alcance.office.running import restore as restoring
from alcance.office.running.backup import NotReached
from alcance.office.running.possession import Taken
from alcance.office.running.presence import be_present
from alcance.office.running.restore import NotRestored

FILL = """
import datetime as dt
from django.conf import settings
from alcance.office.accounts.models import Organisation, Person
from alcance.office.delivery.life import move
from alcance.office.register.models import Area, Level, Site
ministry = Person.objects.get()
state = Area.objects.create(code="20", level=Level.STATE, name="Oaxaca", boundary=bytes(range(256)))
town = Area.objects.create(code="20001", level=Level.MUNICIPALITY, name="Ñandú", parent=state)
for number in range(300):
    Site.objects.create(key=f"20DPR{number:04d}A", key_scheme="cct", name=f"Escuela «{number}» 🏫", kind="school",
                        lon=-96.5, lat=17.0, municipality=town, state_code="20", cell=2**60 + number)
committee = Organisation.objects.create(code="c", name="C", role="committee", state_code="20")
person = Person.objects.create_user("c@example.org", "una palabra muy larga", name="C", organisation=committee)
at = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)
move(Site.objects.all()[:50], "nominate", person, at=at, reason="sí")
for folder, name in (("uploads", "a/photo.jpg"), ("uploads", "empty"), ("measurements", "day=2026-03-02/1.parquet"),
                     ("plans", "1/summary.json"), ("tiles", "sites.pmtiles")):
    file = settings.OFFICE_DIR / folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes((name * 1000).encode() if name != "empty" else b"")
"""
ROWS = """
import hashlib, json
from django.apps import apps
rows = {}
for model in sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.label):
    if model._meta.app_label not in {"sessions"}:
        values = model.objects.order_by("pk").values_list()
        rows[model._meta.label] = [len(values), hashlib.sha256(repr([[bytes(v) if isinstance(v, memoryview) else v
                                   for v in row] for row in values]).encode()).hexdigest()]
print(json.dumps(rows))
"""
FOLDERS = ("uploads", "measurements", "plans")


def files_of(office):
    return {
        path.relative_to(office.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in FOLDERS
        for path in (office.folder / folder).rglob("*")
        if path.is_file()
    }


def made(folder, database_url=""):
    office = RealOffice(folder, database_url)
    office.run("init", "--email", "a@example.org", "--name", "A")
    office.python(FILL)
    return office


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """An office with something in it, and its backup; tests restore it elsewhere."""
    folder = tmp_path_factory.mktemp("offices")
    office = made(folder / "office")
    office.archive = folder / "backup.zip"
    office.run("backup", str(office.archive), "--with-key")
    office.rows = office.python(ROWS)
    return office


def test_a_restored_office_is_the_office(office, tmp_path):
    other = RealOffice(tmp_path / "other")
    assert "restored" in other.run("restore", str(office.archive))
    assert other.python(ROWS) == office.rows
    assert json.loads(office.rows)["register.Site"][0] == 300
    assert files_of(other) == files_of(office)
    assert len(files_of(other)) == 4
    assert not (other.folder / "tiles").exists()
    assert (other.folder / "secret_key").read_text() == (office.folder / "secret_key").read_text()
    assert (other.folder / "secret_key").stat().st_mode & 0o777 == 0o600
    assert office.archive.stat().st_mode & 0o777 == 0o600
    other.run("migrate")
    assert "0 to mend" in other.run("check")


def test_without_being_told_the_key_stays(office, tmp_path):
    office.run("backup", str(tmp_path / "b.zip"))
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert "secret_key" not in archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))
        assert set(manifest["files"]) == set(archive.namelist()) - {"manifest.json"}


def test_nothing_is_overwritten_unless_told(office, tmp_path):
    other = made(tmp_path / "other")
    other.python("from alcance.office.accounts.models import Person; Person.objects.update(name='Other')")
    before = other.python(ROWS)
    assert "--replace" in other.run("restore", str(office.archive), code=1)
    assert other.python(ROWS) == before
    assert "is there already" in office.run("backup", str(office.archive), code=1)
    unmounted = office.archive.parent / "unmounted"
    assert "there is no such folder" in office.run("backup", str(unmounted / "b.zip"), code=1)
    assert not unmounted.exists()
    other.run("restore", str(office.archive), "--replace")
    assert other.python(ROWS) == office.rows
    [kept] = other.folder.glob("replaced-*")
    assert {path.name for path in kept.iterdir()} >= {"office.sqlite3", "uploads", "secret_key"}


def tampered(office, to, change):
    """The backup with some parts changed: `change` takes name and content, and gives the content or None."""
    with zipfile.ZipFile(office.archive) as source, zipfile.ZipFile(to, "w") as target:
        for name in source.namelist():
            content = change(name, source.read(name))
            if content is not None:
                target.writestr(name, content)
    return to


def manifest_with(**changes):
    def change(name, content):
        if name != "manifest.json":
            return content
        return json.dumps(json.loads(content) | changes)

    return change


def renamed(content, to):
    manifest = json.loads(content)
    manifest["files"][to] = manifest["files"].pop("uploads/a/photo.jpg")
    return json.dumps(manifest)


DAMAGE = {
    "a byte of the database": lambda name, content: (
        content[:5000] + b"?" + content[5001:] if name.startswith("database") else content
    ),
    "a photo": lambda name, content: b"other" if name == "uploads/a/photo.jpg" else content,
    "a missing photo": lambda name, content: None if name == "uploads/a/photo.jpg" else content,
    "no manifest": lambda name, content: None if name == "manifest.json" else content,
    "a manifest that is none": lambda name, content: b"[1, 2]" if name == "manifest.json" else content,
    "a format to come": manifest_with(format=99),
    "a later version": manifest_with(migrations=["register.0999_later"]),
    "of PostgreSQL": manifest_with(database={"engine": "postgresql", "version": "15", "file": "database.dump"}),
    "a name that leads out": lambda name, content: (
        renamed(content, "uploads/../../out") if name == "manifest.json" else content
    ),
    "a name at the root": lambda name, content: renamed(content, "/etc/out") if name == "manifest.json" else content,
    "a name of ours": lambda name, content: renamed(content, "static/evil.js") if name == "manifest.json" else content,
}


@pytest.mark.parametrize("name", sorted(DAMAGE))
def test_a_damaged_backup_changes_nothing(office, tmp_path, name, restored_here):
    damaged = tampered(office, tmp_path / "damaged.zip", DAMAGE[name])
    before = snapshot(restored_here)
    with pytest.raises(NotRestored):
        restored_here.restore(damaged)
    assert snapshot(restored_here) == before


def test_a_torn_backup_changes_nothing(office, tmp_path, restored_here):
    whole = office.archive.read_bytes()
    before = snapshot(restored_here)
    for size in (0, 10, len(whole) // 2, len(whole) - 1):
        torn = tmp_path / f"torn{size}.zip"
        torn.write_bytes(whole[:size])
        with pytest.raises(NotRestored):
            restored_here.restore(torn)
    assert snapshot(restored_here) == before


class Killed(BaseException):
    """Stands for a kill: nothing of ours runs after it."""


def test_a_restore_that_is_killed_is_all_or_nothing(office, restored_here, monkeypatch):
    """Killed at each step, the next command finds the old office or the new one, never a mixture."""
    before, after = contents(restored_here.folder), contents(office.folder)
    outcomes, step, finished = [], 0, False
    while not finished:
        finished = killed_at(step, restored_here, office.archive, monkeypatch)
        restoring.finish()
        outcomes.append(contents(restored_here.folder))
        assert outcomes[-1] in (before, after)
        assert not (restored_here.folder / "restoring").exists()
        restored_here.reset()
        step += 1
    assert outcomes[0] == before
    assert outcomes[-1] == after
    assert step > 5


def killed_at(step, here, archive, monkeypatch):
    """Restore until the so-manieth move of a file, where the process is killed; return whether it came to its end."""
    moves = [0]
    real_rename, real_rmtree = Path.rename, shutil.rmtree

    def rename(self, target):
        if moves[0] == step:
            moves[0] += 1
            raise Killed
        moves[0] += 1
        return real_rename(self, target)

    def rmtree(*arguments, **options):
        # Who is killed clears nothing away.
        if moves[0] <= step:
            real_rmtree(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", rename)
        patched.setattr(restoring.shutil, "rmtree", rmtree)
        try:
            here.restore(archive)
        except Killed:
            return False
    return True


def contents(folder):
    """What an office holds: files by digest, and the people of its database."""
    with sqlite3.connect(f"file:{folder / 'office.sqlite3'}?mode=ro", uri=True) as database:
        people = database.execute("SELECT email FROM accounts_person ORDER BY email").fetchall()
        sites = database.execute("SELECT count(*) FROM register_site").fetchone()
    database.close()
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()[:50]
        for name in (*FOLDERS, "secret_key")
        for path in sorted([folder / name, *(folder / name).rglob("*")])
        if path.is_file()
    }
    return people, sites, files


def snapshot(here):
    return {
        path.relative_to(here.folder).as_posix(): path.read_bytes() for path in here.folder.rglob("*") if path.is_file()
    }


class Here:
    """An office in this process's settings, restored in place."""

    def __init__(self, folder, office):
        self.folder, self._office = folder, office
        self.reset()

    def reset(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "uploads").mkdir(parents=True)
        (self.folder / "uploads" / "mine.jpg").write_bytes(b"mine")
        (self.folder / "secret_key").write_text("mine")
        with zipfile.ZipFile(self._office.archive) as archive:
            (self.folder / "office.sqlite3").write_bytes(archive.read("database.sqlite3"))
        with sqlite3.connect(self.folder / "office.sqlite3") as database:
            database.execute("UPDATE accounts_person SET email = 'mine-' || email")
        database.close()

    def restore(self, file, *, replace=True, **options):
        return restoring.restore(file, replace=replace, now=dt.datetime(2026, 3, 2, tzinfo=dt.UTC), **options)


@pytest.fixture
def restored_here(office, tmp_path, settings, monkeypatch):
    here = Here(tmp_path / "here", office)
    settings.OFFICE_DIR = here.folder
    settings.MEDIA_ROOT = here.folder / "uploads"
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", here.folder / "office.sqlite3")
    return here


def test_while_one_restores_no_other_command_touches_the_office(office, restored_here):
    """A backup at night or a check neither clears away what is being read nor goes to work on it."""
    refused = []

    def another(*_told):
        for command in (restoring.finish, lambda: restored_here.restore(office.archive)):
            with pytest.raises(Taken, match="being restored"):
                command()
            refused.append(command)

    restored_here.restore(office.archive, tell=another)
    assert len(refused) >= 8
    assert contents(restored_here.folder) == contents(office.folder)
    assert not restoring.finish()


def test_a_restore_waits_for_a_backup_that_has_begun(office, tmp_path):
    """It would else hold the database of one office and the files of another."""
    busy = RealOffice(tmp_path / "busy")
    busy.run("restore", str(office.archive))
    before = contents(busy.folder)
    (busy.folder / "uploads" / "zz").write_bytes(os.urandom(80_000_000))
    with busy.process("backup", str(tmp_path / "busy.zip"), "--quiet") as backup:
        wait_until(lambda: list(tmp_path.glob(".busy.zip.*")), 30)
        backup.send_signal(signal.SIGSTOP)
        said = busy.run("restore", str(office.archive), "--replace", code=1)
        backup.send_signal(signal.SIGCONT)
        assert backup.wait(60) == 0
    assert "another command is at work" in said
    (busy.folder / "uploads" / "zz").unlink()
    assert contents(busy.folder) == before
    busy.run("restore", str(tmp_path / "busy.zip"), "--replace")
    (busy.folder / "uploads" / "zz").unlink()
    assert contents(busy.folder) == before


def test_an_office_that_starts_while_the_backup_is_read_is_left_alone(office, restored_here):
    before = contents(restored_here.folder)
    with pytest.raises(NotRestored, match="running"):
        restored_here.restore(office.archive, tell=lambda *_: be_present("server"))
    assert contents(restored_here.folder) == before
    assert not (restored_here.folder / "restoring").exists()


def test_what_was_read_and_is_gone_is_not_said_to_be_restored(office, restored_here, monkeypatch):
    write = restoring._write

    def written_and_gone(file, text):
        write(file, text)
        shutil.rmtree(file.parent)

    monkeypatch.setattr(restoring, "_write", written_and_gone)
    with pytest.raises(NotRestored, match="nothing was restored"):
        restored_here.restore(office.archive)


def test_tiles_and_downloads_of_the_office_before_are_not_shown_as_the_restored_ones(office, restored_here):
    for name in ("tiles", "downloads"):
        (restored_here.folder / name).mkdir()
        (restored_here.folder / name / "7.csv").write_text("theirs")
    restored_here.restore(office.archive)
    [kept] = restored_here.folder.glob("replaced-*")
    for name in ("tiles", "downloads"):
        assert not (restored_here.folder / name).exists()
        assert (kept / name / "7.csv").read_text() == "theirs"


def test_a_decided_restore_waits_for_its_database_and_is_given_up_where_that_refuses(restored_here, monkeypatch):
    scratch = restored_here.folder / "restoring"

    def decided():
        scratch.mkdir()
        (scratch / "database.dump").write_bytes(b"dump")
        (scratch / "checked").write_text(json.dumps({"replaced": "replaced-1", "database": "database.dump"}))

    def failing(error):
        def fill(_scratch):
            raise error("no")

        monkeypatch.setattr(restoring, "_fill_postgres", fill)

    decided()
    failing(NotReached)
    with pytest.raises(NotReached, match="goes on"):
        restoring.finish()
    assert (scratch / "database.dump").exists()
    failing(OutputError)
    with pytest.raises(AlcanceError):
        restoring.finish()
    assert not scratch.exists()


def backed_up(to):
    return backing_up.back_up(to, with_key=False, now=dt.datetime(2026, 3, 2, tzinfo=dt.UTC))


def going(monkeypatch, times):
    """So many times a file that was found is gone under its name, and there under another, before it is read."""
    add, count = backing_up._Written.add, [0]

    def moved(self, path, name):
        if path.suffix == ".jpg" and count[0] < times:
            count[0] += 1
            path.rename(path.with_name(f"moved{count[0]}.jpg"))
        add(self, path, name)

    monkeypatch.setattr(backing_up._Written, "add", moved)


def test_files_that_give_way_to_others_are_followed_and_never_left_out_unsaid(restored_here, tmp_path, monkeypatch):
    monkeypatch.setattr(backing_up, "_migrations", list)
    with monkeypatch.context() as patched:
        going(patched, 2)
        assert "uploads/moved2.jpg" in backed_up(tmp_path / "a.zip")["files"]
    going(monkeypatch, 99)
    with pytest.raises(OutputError, match="went while it was read"):
        backed_up(tmp_path / "b.zip")
    assert not list(tmp_path.glob("*b.zip*"))


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP])
def test_a_disk_that_knows_no_links_takes_a_backup(tmp_path, monkeypatch, number):
    def link(*_arguments):
        raise OSError(number, "no links here")

    monkeypatch.setattr(backing_up.os, "link", link)
    file = tmp_path / "b.zip"
    with backing_up._written_whole(file) as handle:
        handle.write(b"whole")
    assert file.read_bytes() == b"whole"
    with pytest.raises(OutputError, match="there already"), backing_up._written_whole(file) as handle:
        handle.write(b"another")
    assert file.read_bytes() == b"whole"
    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]


def test_a_backup_of_an_office_that_is_written_to_is_of_one_moment(office, tmp_path):
    """A writer moves people in pairs; a copy that saw half a transaction would hold an odd number."""
    busy = RealOffice(tmp_path / "busy")
    busy.run("restore", str(office.archive))
    script = (
        "import time\nfrom django.db import transaction\nfrom alcance.office.accounts.models import Organisation\n"
        "end = time.time() + 12; n = 0\n"
        "while time.time() < end:\n"
        "    with transaction.atomic():\n"
        "        for half in 'ab':\n"
        "            Organisation.objects.create(code=f'pair-{n}-{half}', name='P', role='provider')\n"
        "            time.sleep(.002)\n"
        "    n += 1\n"
        "print(n)"
    )
    writer = threading.Thread(target=busy.python, args=(script,))
    writer.start()
    counts = []
    for number in range(3):
        busy.run("backup", str(tmp_path / f"{number}.zip"))
        restored = RealOffice(tmp_path / f"restored{number}")
        restored.run("restore", str(tmp_path / f"{number}.zip"))
        query = (
            "from alcance.office.accounts.models import Organisation as O; print(O.objects.filter(name='P').count())"
        )
        counts.append(int(restored.python(query)))
    writer.join()
    assert all(count % 2 == 0 for count in counts)
    assert counts[0] < counts[-1]
