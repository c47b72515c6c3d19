"""A PostgreSQL of its own for a test: an ordinary user's, in a temporary folder, on loopback and a socket beside it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "only-for-tests"


def programs() -> Path | None:
    """Where PostgreSQL's server programs lie; None where there are none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    return folders[-1].parent if folders else None


def _user() -> str | None:
    """The user who runs it: PostgreSQL refuses to run as root, so that root lends it to another."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def postgres():
    """Yield the DATABASE_URL of an empty database; the server is stopped and its folder taken away afterwards."""
    bin_folder = programs()
    if bin_folder is None:
        raise RuntimeError("PostgreSQL is not installed")
    user = _user()
    # A socket's path may be no longer than about a hundred characters, so not in pytest's own folder.
    folder = Path(tempfile.mkdtemp(prefix="alcance-pg-"))
    if user is not None:
        shutil.chown(folder, user)
    data, secret, port = folder / "data", folder / "secret", _free_port()
    secret.write_text(PASSWORD)
    secret.chmod(0o644)

    def run(*arguments: str) -> None:
        subprocess.run(
            arguments,
            user=user,
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=60,
            env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]},
        )

    run(
        f"{bin_folder}/initdb",
        "-D",
        f"{data}",
        "-U",
        "alcance",
        "-A",
        "scram-sha-256",
        "--pwfile",
        f"{secret}",
        "-E",
        "UTF8",
        "--no-sync",
    )
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
    control = (f"{bin_folder}/pg_ctl", "-D", f"{data}", "-l", f"{folder}/log", "-w")
    run(*control, "-o", options, "start")
    try:
        yield f"postgresql://alcance:{PASSWORD}@127.0.0.1:{port}/postgres"
    finally:
        run(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
