"""What depends on the database, on PostgreSQL: the test starts it itself, as an ordinary user, on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.office.postgres import postgres, programs

ROOT = Path(__file__).parents[2]
# Set in the run within: it must not begin another.
WITHIN = "ALCANCE_TESTS_WITHIN_POSTGRES"
# What asks the database in its own words, locks rows, or tells who may what; the whole life of a site in a browser and
# backup and restore on PostgreSQL are tests of their own.
FILES = (
    "test_life.py",
    "test_register.py",
    "test_imports.py",
    "test_areas.py",
    "test_tender.py",
    "test_connections.py",
    "test_measurements.py",
    "test_targets.py",
    "test_map.py",
    "test_placing.py",
    "test_at_once.py",
    "test_forms_once.py",
    "test_jobs.py",
    "test_permissions.py",
    "test_public_pages.py",
    "test_public_downloads.py",
    "test_api_reading.py",
    "test_api_writing.py",
    "test_ogc.py",
)
LONGEST_S = 900


@pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed: initdb was found nowhere")
@pytest.mark.skipif(WITHIN in os.environ, reason="runs within itself already")
@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="the tests run on a database that DATABASE_URL names already")
def test_the_office_holds_on_postgresql():
    with postgres() as url:
        words = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
        done = subprocess.run(
            [*words, *(f"tests/office/{name}" for name in FILES)],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url, WITHIN: "1"},
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
