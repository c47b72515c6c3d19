"""The commands of the office as a newcomer gives them: what they make, what they refuse, and in which words."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from tests.office.real import COMMAND, ROOT, RealOffice, free_port, wait_until

from alcance.errors import AlcanceError, InputError
from alcance.office.accounts.models import Organisation, Person
from alcance.office.environment import currency
from alcance.office.running.port import free_address
from alcance.office.running.start import add_person

AWAY = "postgresql://u:hunter2@127.0.0.1:1/x"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """One that nothing is done to."""
    made = RealOffice(tmp_path_factory.mktemp("commands") / "office")
    made.run("init", "--email", "a@example.org", "--organisation", "Ministry")
    return made


def others_may(folder: Path) -> list[Path]:
    """What of it others on this machine may look into."""
    return [path for path in (folder, *folder.rglob("*")) if path.stat().st_mode & 0o077]


def test_whatever_makes_an_office_makes_it_for_its_owner_only(office, tmp_path):
    archive = tmp_path / "backup.zip"
    office.run("backup", str(archive), "--quiet")
    restored = RealOffice(tmp_path / "restored")
    restored.run("restore", str(archive), "--quiet")
    restored.run("migrate")
    assert others_may(office.folder) == []
    assert others_may(restored.folder) == []
    assert (restored.folder / "secret_key").read_text() != (office.folder / "secret_key").read_text()


def test_a_restore_that_fails_leaves_nothing_that_it_made(tmp_path):
    damaged = tmp_path / "damaged.zip"
    damaged.write_text("no archive")
    new = RealOffice(tmp_path / "new")
    (tmp_path / "empty").mkdir()
    empty = RealOffice(tmp_path / "empty")
    for one in (new, empty):
        assert "is damaged or no backup" in one.run("restore", str(damaged), code=1)
    assert not new.folder.exists()
    assert list(empty.folder.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    ["migrate", "serve", "worker", "areas packs/oaxaca", "tiles", "backup b.zip", "person link a@example.org"],
)
def test_where_no_office_is_no_command_makes_one(tmp_path, command):
    """As where the disk that it lies on has not been mounted."""
    (tmp_path / "mount").mkdir()
    for folder in (tmp_path / "mount", tmp_path / "nowhere"):
        lost = RealOffice(folder)
        assert "there is no office; alcance office init makes one" in lost.run(*command.split(), code=1)
    assert [path.name for path in tmp_path.rglob("*")] == ["mount"]


def test_a_port_belongs_to_one_server_and_an_office_has_one(office, tmp_path):
    other = RealOffice(tmp_path / "other")
    other.run("init")
    with office.served() as (address, _process):
        port = address.rpartition(":")[2]
        assert f"port {port} is in use" in other.run("serve", "--port", port, "--worker", code=1)
        assert f"port {port} is in use" in other.run("demo", "--out", "x", "--port", port, code=1)
        assert "is served already" in office.run("serve", "--port", str(free_port()), code=1)
    assert list((other.folder / "running").glob("worker-*")) == [], "a worker was begun before the server could"
    assert "no address of this machine" in other.run("serve", "--host", "192.0.2.9", code=1)


@pytest.mark.parametrize("host", ["192.0.2.9", "no such host"])
def test_an_address_that_is_not_of_this_machine_is_refused(host):
    with pytest.raises(AlcanceError, match=r"--host names one"):
        free_address(host, free_port())


def test_a_database_that_is_away_is_said_in_a_sentence(office, tmp_path):
    away = RealOffice(tmp_path / "away", AWAY)
    said = [away.run("init", "--email", "a@example.org", code=1)]
    shutil.copytree(office.folder, tmp_path / "there")
    there = RealOffice(tmp_path / "there", AWAY)
    said += [there.run(*command, code=1) for command in (["serve"], ["migrate"], ["person", "link", "a@example.org"])]
    for one in said:
        assert one.startswith("alcance: the database does not answer (")
        assert one.count("\n") == 1
        assert "hunter2" not in one


def test_a_key_that_cannot_be_read_is_said_in_a_sentence(office, tmp_path):
    shutil.copytree(office.folder, tmp_path / "there")
    there = RealOffice(tmp_path / "there")
    (there.folder / "secret_key").unlink()
    (there.folder / "secret_key").mkdir()
    for command in ("check", "serve"):
        said = there.run(command, code=1)
        assert "secret_key: cannot be read" in said
        assert said.count("\n") == 1


def test_a_file_that_cannot_be_read_is_said_in_a_sentence(office, tmp_path):
    for path in (tmp_path / "missing.csv", tmp_path):
        said = office.run("import", str(path), "--by", "a@example.org", code=1)
        assert said.startswith(f"alcance: {path}: cannot be read (")
        assert said.count("\n") == 1
    empty = tmp_path / "empty.csv"
    empty.touch()
    assert office.run("import", str(empty), "--by", "a@example.org", code=1).startswith(f"alcance: {empty}: ")


def test_the_first_person_can_log_in_or_it_is_said_that_nobody_can(tmp_path):
    office = RealOffice(tmp_path / "office")
    assert "no email address" in office.run("init", "--email", "x", code=1)
    assert "Nobody can log in yet" in office.run("init")
    assert "/reset/key/" in office.run("init", "--email", "a@example.org", "--organisation", "Ministry")
    assert "Ministry (ministry)" in office.run("init", "--email", "b@example.org", "--organisation", "Minstry", code=1)


def test_a_slip_of_the_pen_makes_no_organisation(people, in_english):
    before = Organisation.objects.count()
    there = people["ministry"].organisation
    with pytest.raises(AlcanceError, match=r"--new-organisation makes it") as refused:
        add_person("new@example.org", "", "ministry", "Ministrry")
    assert there.name in str(refused.value)
    assert Organisation.objects.count() == before
    assert add_person("new@example.org", "", "ministry", there.name.upper()).organisation == there
    with pytest.raises(AlcanceError, match="here already"):
        add_person("NEW@example.org", "", "provider", "Red", new_organisation=True)
    assert Organisation.objects.count() == before
    for wrong in ("x", "x@", "a b@example.org", ""):
        with pytest.raises(AlcanceError, match="no email address"):
            add_person(wrong, "", "ministry", there.name)
    there.retired_on = "2026-01-01"
    there.save()
    with pytest.raises(AlcanceError, match="has retired"):
        add_person("late@example.org", "", "ministry", there.name)


def test_a_committee_is_of_a_state_that_is_there(areas, db):
    for wrong in ("ZZ", "", "20001"):
        with pytest.raises(AlcanceError, match="20 Oaxaca, 21 Puebla"):
            add_person("c@example.org", "", "committee", "Comité", wrong, new_organisation=True)
    with pytest.raises(AlcanceError, match="only a state committee"):
        add_person("c@example.org", "", "provider", "Red", "20", new_organisation=True)
    assert not Person.objects.exists()
    assert add_person("c@example.org", "", "committee", "Comité", "21", new_organisation=True)
    with pytest.raises(AlcanceError, match="of the state 21, not 20"):
        add_person("d@example.org", "", "committee", "Comité", "20")


def test_without_areas_a_committee_is_told_to_load_them(db):
    with pytest.raises(AlcanceError, match="alcance office areas"):
        add_person("c@example.org", "", "committee", "Comité", "20", new_organisation=True)


@pytest.mark.parametrize("wrong", ["pesos", "mxn", "MX", "MXN2"])
def test_a_currency_is_three_capital_letters(monkeypatch, wrong):
    monkeypatch.setenv("ALCANCE_CURRENCY", wrong)
    with pytest.raises(InputError, match="ALCANCE_CURRENCY"):
        currency("ALCANCE_CURRENCY", "MXN")


def test_the_help_says_in_which_order(tmp_path):
    said = RealOffice(tmp_path).run("--help")
    assert [said.find(f"office {verb}") for verb in ("init", "areas", "serve")] == sorted(
        said.find(f"office {verb}") for verb in ("init", "areas", "serve")
    )
    assert "office init" in said


def test_an_example_that_is_stopped_while_it_is_made_leaves_nothing(tmp_path):
    """Ctrl-C says that nothing was written."""
    out = tmp_path / "example"
    command = [*COMMAND, "office", "demo", "--out", str(out), "--no-serve", "--pack", str(ROOT / "packs" / "oaxaca")]
    plan = tmp_path / "plan"
    plan.mkdir()
    (plan / "summary.json").write_text("{}")
    making = subprocess.Popen(
        [*command, "--plan", str(plan)], env=RealOffice(out).env, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_until(lambda: list(tmp_path.glob(".example.*/office.sqlite3")), 60)
    time.sleep(1)
    making.send_signal(signal.SIGINT)
    said = making.communicate(timeout=60)[1]
    assert (making.returncode, "nothing was written" in said) == (130, True), said
    assert list(tmp_path.iterdir()) == [plan]


def test_of_a_file_the_command_shows_what_its_page_shows(office, tmp_path):
    file = tmp_path / "sites.csv"
    file.write_text("key,key_scheme,name,kind,lon,lat\n20DPR0001A,cct,Escuela,school,-96.5,17\n", encoding="utf-8")
    said = office.run("import", str(file), "--by", "a@example.org", "--quiet", "--approve", code=1)
    lines = [line.split() for line in said.splitlines()]
    assert "would change nothing" in said, "there are no areas: the row is refused"
    assert ["Refused", "1"] in lines
    assert ["New", "0"] in lines
    assert any(line[:1] == ["refused:"] and line[-1] == "1" for line in lines)
    assert not {"[", "_", "'"} & set(said.replace(str(tmp_path), ""))


def test_work_whose_output_goes_to_a_file_tells_its_stages(tmp_path):
    command = [*COMMAND, "plan", str(ROOT / "tests" / "data" / "tiny_pack"), "--out", str(tmp_path / "plan")]
    env = {**RealOffice(tmp_path).env}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=300)
    stages = done.stderr.splitlines()
    assert len(stages) == len(set(stages)) > 3
    assert all(stage.startswith("… ") for stage in stages)


def test_a_common_word_written_twice_is_no_password(people):
    for common in ("passwordpassword", "qwertyqwertyqwerty", "123456123456"):
        with pytest.raises(ValidationError, match=r"común|common"):
            validate_password(common, people["ministry"])
    validate_password("una palabra muy larga", people["ministry"])
