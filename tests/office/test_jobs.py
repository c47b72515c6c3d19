"""Background work: how it is followed, and what becomes of it when its process is killed."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from django.utils import timezone
from tests.office.real import ROOT, RealOffice, answers, wait_until
from tests.office.slow_task import slow

from alcance.errors import AlcanceError
from alcance.office.running import presence
from alcance.office.running.jobs import find_interrupted, run_again, start, working
from alcance.office.running.models import Job
from alcance.office.running.presence import be_present, is_present


@pytest.fixture
def started(people, django_capture_on_commit_callbacks):
    def ask(role="ministry", **arguments):
        with django_capture_on_commit_callbacks(execute=True):
            job = start(slow, "Slow work", people[role], "/organisations/", **{"seconds": 0, **arguments})
        return Job.objects.get(pk=job.pk)

    return ask


def test_work_that_ends_well_is_done(started):
    job = started()
    assert (job.state, job.done, job.total, job.share) == ("done", 10, 10, 1.0)
    assert job.ended_at is not None


def test_what_we_refuse_is_said_and_what_is_our_fault_is_not(started, caplog):
    assert started(fail="ours").error == "The file is not there."
    assert started(fail="fault").error == "fault"
    assert "a secret detail" in caplog.text


def test_only_what_failed_is_run_again(started, people, django_capture_on_commit_callbacks):
    with pytest.raises(AlcanceError, match=r"again|nuevo"):
        run_again(started(), people["ministry"])
    failed = started(fail="ours")
    with django_capture_on_commit_callbacks(execute=True):
        again = run_again(failed, people["ministry"])
    assert again.pk != failed.pk
    assert (again.task, again.arguments, again.link) == (failed.task, failed.arguments, failed.link)
    failed.refresh_from_db()
    assert failed.state == "run_again"


def test_of_two_who_run_a_job_again_one_is_let_through(started, people):
    """Both have the page of the failed job before them."""
    failed = started(fail="ours")
    also = Job.objects.get(pk=failed.pk)
    run_again(failed, people["ministry"])
    with pytest.raises(AlcanceError, match=r"again|nuevo"):
        run_again(also, people["ministry"])
    assert Job.objects.count() == 2


def test_who_runs_a_job_again_is_who_does_it(started, people):
    failed = started("provider", fail="ours", person_id=people["provider"].pk)
    again = run_again(failed, people["ministry"])
    assert again.arguments == {**failed.arguments, "person_id": people["ministry"].pk}


def test_work_that_does_not_tell_its_last_step_is_whole_once_it_has_ended(people, as_role):
    job = Job.objects.create(title="Tiles", asked_by=people["ministry"], task="x")
    with working(job.pk) as progress:
        progress.tell(1, 2, "sites")
        page = as_role("ministry").get(f"/jobs/{job.pk}/?still", headers={"Accept-Language": "es"}).content.decode()
        assert "sitios" in page
        assert "sites" not in page.partition("<main")[2].partition("</main>")[0]
    job.refresh_from_db()
    assert (job.done, job.total, job.words, job.share) == (2, 2, "", 1.0)
    untold = Job.objects.create(title="Rules", asked_by=people["ministry"], task="x")
    with working(untold.pk):
        pass
    untold.refresh_from_db()
    assert untold.share == 1.0


def test_who_sees_a_job(started, as_role, people):
    job = started("provider")
    seen = {role: as_role(role).get(f"/jobs/{job.pk}/").status_code for role in people}
    assert seen == {role: 200 if role in {"provider", "ministry", "auditor"} else 404 for role in people}
    listed = {role: "Slow work" in as_role(role).get("/jobs/").content.decode() for role in people}
    assert listed == {role: role in {"provider", "ministry", "auditor"} for role in people}


def test_who_runs_a_job_again(started, as_role, people):
    jobs = {role: started("provider", fail="ours") for role in people}
    answers = {role: as_role(role).post(f"/jobs/{jobs[role].pk}/again").status_code for role in people}
    expected = {role: 302 if role in {"provider", "ministry"} else 404 for role in people} | {"auditor": 403}
    assert answers == expected


def test_a_job_that_goes_on_is_asked_for_anew_and_may_be_kept_still(started, as_role):
    job = started()
    client = as_role("ministry")
    assert "Refresh" not in client.get(f"/jobs/{job.pk}/").headers
    Job.objects.filter(pk=job.pk).update(state="running", done=3, worker=be_present())
    assert client.get(f"/jobs/{job.pk}/").headers["Refresh"] == "3"
    page = client.get(f"/jobs/{job.pk}/?still")
    assert "Refresh" not in page.headers
    assert b'value="3" max="10"' in page.content


def test_a_long_list_of_jobs_has_pages(started, as_role, people):
    Job.objects.bulk_create(Job(title=f"Work {number}", asked_by=people["ministry"]) for number in range(120))
    client, path, seen = as_role("ministry"), "/jobs/", 0
    while path:
        page = client.get(path)
        seen += len(page.context["jobs"])
        path = f"/jobs/?before={page.context['next']}" if page.context["next"] else ""
    assert seen == 120
    assert client.get("/jobs/?before=x").status_code == 404
    assert client.get("/jobs/?before=99999999999999999999999").status_code == 404


def test_a_job_that_was_never_queued_is_not_waited_for(started, people):
    job = Job.objects.create(title="x", asked_by=people["ministry"], task="x")
    assert find_interrupted(timezone.now()) == 0
    assert find_interrupted(timezone.now() + dt.timedelta(minutes=2)) == 1
    job.refresh_from_db()
    assert job.state == "interrupted"


def test_a_process_is_present_until_it_is_killed(tmp_path, settings):
    settings.OFFICE_DIR = tmp_path
    lines = (
        "import time; from django.conf import settings; from pathlib import Path\n"
        f"settings.configure(OFFICE_DIR=Path({str(tmp_path)!r}))\n"
        "from alcance.office.running.presence import be_present\n"
        "print(be_present('worker'), flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", lines], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        name = process.stdout.readline().strip()
        assert is_present(name)
        process.kill()
        process.wait()
        assert not is_present(name)
    assert not (tmp_path / "running" / name).exists()
    assert not is_present("../../etc/passwd")
    assert not is_present("")


def test_who_looks_at_a_process_that_just_comes_up_does_not_take_it_for_dead(tmp_path, settings, monkeypatch):
    """Between the making of its file and the lock on it a look takes the file away."""
    settings.OFFICE_DIR = tmp_path
    opened, looks = os.open, []

    def open_and_look(path, *arguments):
        handle = opened(path, *arguments)
        if not looks:
            looks.append(is_present(path.name))
        return handle

    monkeypatch.setattr(presence.os, "open", open_and_look)
    name = be_present("worker")
    monkeypatch.undo()
    assert looks == [False]
    assert presence.present("worker") == [name]


def test_two_who_look_do_not_take_each_other_for_the_process(tmp_path, settings):
    settings.OFFICE_DIR = tmp_path
    file = tmp_path / "running" / "worker-1-00000000"
    file.parent.mkdir()
    file.touch()
    with file.open() as other:
        fcntl.flock(other, fcntl.LOCK_SH)
        assert not is_present(file.name)


def state_of(office, pk):
    """What job and queue say of a job, read from the file: a process that asked would take longer than the job."""
    query = (
        "SELECT job.state, result.status FROM running_job job JOIN django_tasks_database_dbtaskresult result"
        " ON result.id = replace(job.queued_as, '-', '') WHERE job.id = ?"
    )
    with closing(sqlite3.connect(f"file:{office.folder / 'office.sqlite3'}?mode=ro", uri=True)) as database:
        return " ".join(database.execute(query, [pk]).fetchone() or ())


ASK = """
from alcance.office.accounts.models import Person
from alcance.office.running.jobs import start
from tests.office.slow_task import slow
print(start(slow, "Slow work", Person.objects.get(), seconds={seconds}).pk)
"""
FIND = """
from django.utils import timezone
from alcance.office.running.jobs import find_interrupted
print(find_interrupted(timezone.now()))
"""
AGAIN = """
from alcance.office.accounts.models import Person
from alcance.office.running.jobs import run_again
from alcance.office.running.models import Job
Job.objects.filter(pk={pk}).update(arguments={{"seconds": 0}})
print(run_again(Job.objects.get(pk={pk}), Person.objects.get()).pk)
"""


def test_work_whose_worker_is_killed_is_interrupted_and_runs_again(tmp_path):
    office = RealOffice(tmp_path / "office")
    office.run("init", "--email", "a@example.org", "--name", "A")
    pk = office.python(ASK.format(seconds=60))
    with office.process("worker") as worker:
        wait_until(lambda: state_of(office, pk) == "running RUNNING", 40)
        assert office.python(FIND) == "0"
        worker.kill()
        worker.wait()
    assert state_of(office, pk) == "running RUNNING"
    assert office.python(FIND) == "1"
    assert state_of(office, pk) == "interrupted FAILED"
    assert "interrupted work" in office.run("check")
    again = office.python(AGAIN.format(pk=pk))
    with office.process("worker"):
        wait_until(lambda: state_of(office, again) == "done SUCCESSFUL", 40)
    assert state_of(office, pk) == "run_again FAILED"


def test_a_server_that_is_killed_leaves_nobody_behind_and_its_work_comes_to_its_end(tmp_path):
    office = RealOffice(tmp_path / "office")
    office.run("init", "--email", "a@example.org", "--name", "A")
    pk = office.python(ASK.format(seconds=6))
    with office.served("--worker") as (address, server):
        wait_until(lambda: state_of(office, pk) == "running RUNNING", 40)
        server.kill()
        server.wait()
        wait_until(lambda: not answers(f"{address}/health/live"), 20)
    wait_until(lambda: state_of(office, pk) == "done SUCCESSFUL", 40)
    wait_until(lambda: office.python(PRESENT) == "[]", 20)


PRESENT = "from alcance.office.running.presence import present; print(present('server') + present('worker'))"
