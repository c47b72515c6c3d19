"""Backups of an office on PostgreSQL."""

from __future__ import annotations

import hashlib
import json
import zipfile

import pytest
from tests.office.postgres import postgres, programs
from tests.office.real import RealOffice
from tests.office.test_backup import ROWS, files_of, made


@pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed")
def test_on_postgresql_a_restored_office_is_the_office(tmp_path):
    with postgres() as one, postgres() as two:
        office = made(tmp_path / "office", one)
        said = office.run("backup", str(tmp_path / "b.zip"), "--with-key")
        assert "only-for-tests" not in said
        rows, files = office.python(ROWS), files_of(office)
        other = RealOffice(tmp_path / "other", two)
        other.run("restore", str(tmp_path / "b.zip"))
        assert other.python(ROWS) == rows
        assert files_of(other) == files
        other.run("migrate")
        assert "0 to mend" in other.run("check")
        # Once more over what is there, with something more in it than the backup has.
        other.python("from django.db import connection as c; c.cursor().execute('CREATE TABLE more (n int)')")
        other.python("from alcance.office.accounts.models import Person; Person.objects.update(name='Other')")
        assert "not empty" in other.run("restore", str(tmp_path / "b.zip"), code=1)
        assert other.python(ROWS) != rows
        other.run("restore", str(tmp_path / "b.zip"), "--replace")
        assert other.python(ROWS) == rows
        # New rows get new keys.
        other.python(
            "from alcance.office.accounts.models import Organisation\n"
            "Organisation.objects.create(code='n', name='N', role='provider')"
        )
        # A dump that cannot be read leaves the database as it is.
        rows = other.python(ROWS)
        broken = tmp_path / "broken.zip"
        with zipfile.ZipFile(tmp_path / "b.zip") as source, zipfile.ZipFile(broken, "w") as target:
            manifest = json.loads(source.read("manifest.json"))
            dump = source.read("database.dump")[:20_000]
            manifest["files"]["database.dump"] = {"bytes": len(dump), "sha256": hashlib.sha256(dump).hexdigest()}
            target.writestr("manifest.json", json.dumps(manifest))
            for name in manifest["files"]:
                target.writestr(name, dump if name == "database.dump" else source.read(name))
        assert "could not be" in other.run("restore", str(broken), "--replace", code=1)
        assert other.python(ROWS) == rows
        assert any((other.folder / "uploads").iterdir())
