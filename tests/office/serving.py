"""An office of its own folder, served in a process of its own, for what a test client cannot show."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Of processes that work on an office in a folder, on the database that the environment names, or SQLite."""
    return {
        **os.environ, "ALCANCE_OFFICE_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "alcance.office.settings",
        "ALCANCE_SECRET_KEY": "x" * 50, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}", **more,
    }  # fmt: skip


def run(env: dict[str, str], script: str) -> str:
    """Run a few lines on that office; returns what they print."""
    words = [sys.executable, "-c", "import django; django.setup()\n" + script]
    return subprocess.run(words, env=env, check=True, capture_output=True, text=True, timeout=120).stdout


def migrated(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a new office in a folder, with its tables made."""
    folder.mkdir(parents=True, exist_ok=True)
    env = environment(folder, **more)
    run(env, "from django.core.management import call_command; call_command('migrate', verbosity=0)")
    return env


class Served(str):
    """The address of a server, and the processes that serve it."""

    __slots__ = ("pid",)

    def __new__(cls, base: str, pid: int):
        made = super().__new__(cls, base)
        made.pid = pid
        return made

    def kill(self) -> None:
        """End it and its workers at once, as a power cut does."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        for pid in (*map(int, children), self.pid):
            os.kill(pid, signal.SIGKILL)


@contextmanager
def served(env: dict[str, str], path: str = "/api/"):
    """Serve it on one worker of granian; gives its address. It may be killed meanwhile."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "4",
        "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "alcance.office.wsgi:application",
    ]  # fmt: skip
    process = subprocess.Popen(words, env=env)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{base}{path}", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, "the server did not start"
                time.sleep(0.1)
        yield Served(base, process.pid)
    finally:
        process.terminate()
        process.wait(20)
