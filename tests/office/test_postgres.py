"""Every test of the office once more on PostgreSQL, which the test starts itself, as an ordinary user, on loopback."""

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
# They serve an office or a browser of their own, on a database that they choose themselves.
APART = (
    "test_postgres.py",
    "test_api_server.py",
    "test_backup.py",
    "test_backup_postgres.py",
    "test_map_browser.py",
    "test_public_browser.py",
)
LONGEST_S = 1800


@pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed: initdb was found nowhere")
@pytest.mark.skipif(WITHIN in os.environ, reason="runs within itself already")
@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="the tests run on a database that DATABASE_URL names already")
def test_the_office_holds_on_postgresql():
    with postgres() as url:
        words = [sys.executable, "-m", "pytest", "tests/office", "-x", "-q", "-p", "no:cacheprovider"]
        done = subprocess.run(
            [*words, *(f"--ignore=tests/office/{name}" for name in APART)],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url, WITHIN: "1"},
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
