"""An office in processes of its own, as people run it: for what cannot be seen from inside one."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
# A run started in the background ignores Ctrl-C; these do not.
_HEARS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
COMMAND = [sys.executable, "-c", f"{_HEARS}; from alcance.command import main; main()"]


class RealOffice:
    """A folder, perhaps a database elsewhere, and the commands run on it."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.folder = folder
        ours = ("ALCANCE_", "DJANGO_", "DATABASE_URL")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self.env = {**clean, "ALCANCE_OFFICE_DIR": str(folder), "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
        self.env |= {"COLUMNS": "200", "ALCANCE_SECOND_FACTOR": "0"}
        if database_url:
            self.env["DATABASE_URL"] = database_url

    def run(self, *arguments: str, code: int = 0, **env: str) -> str:
        """Run a command of `alcance office` to its end and return what it said."""
        done = subprocess.run(
            [*COMMAND, "office", *arguments],
            env={**self.env, **env},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def python(self, script: str, **env: str) -> str:
        """Run some lines with the office's models at hand and return what they print."""
        lines = "import django; django.setup()\n" + script
        done = subprocess.run(
            [sys.executable, "-c", lines],
            env={**self.env, "DJANGO_SETTINGS_MODULE": "alcance.office.settings", **env},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @contextmanager
    def process(self, *arguments: str, log: Path | None = None, **env: str):
        """A command that runs until this ends."""
        with (log or self.folder.with_suffix(".log")).open("ab") as out:
            # A session of its own, as in a terminal of its own: there Ctrl-C is told to all that run in it.
            started = subprocess.Popen(
                [*COMMAND, "office", *arguments],
                env={**self.env, **env},
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
            try:
                yield started
            finally:
                if started.poll() is None:
                    started.terminate()
                    started.wait(20)

    @contextmanager
    def served(self, *arguments: str, log: Path | None = None, **env: str):
        """The office being served; yields its address and the process."""
        port = free_port()
        with self.process("serve", "--port", str(port), *arguments, log=log, **env) as process:
            address = f"http://127.0.0.1:{port}"
            wait_until(lambda: answers(f"{address}/health/live"), 40)
            yield address, process


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


def get_json(address: str) -> tuple[int, dict]:
    try:
        with urllib.request.urlopen(address, timeout=10) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def wait_until(holds, seconds: float = 20.0) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
