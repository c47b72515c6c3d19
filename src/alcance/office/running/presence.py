"""Which processes of the office are alive: each holds a lock on a file of its own for as long as it lives.

The system lets go of the lock however a process ends, so that one that was killed is seen at once. Server and worker
share the office's folder, which must lie on a disk of that machine: locks over a network are not to be relied on.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import signal
import threading
import time
from pathlib import Path

from django.conf import settings

#: The process that started this one and with which it ends, by its number.
PARENT = "ALCANCE_PARENT"
_LOOK_EVERY_S = 0.5

_NAME = re.compile(r"[a-z]+-\d+-[0-9a-f]{8}")
# Open for as long as the process lives; one that was forked shares its parent's file and needs one of its own, and so
# does one that is told of another folder.
_held: dict[tuple[int, Path], tuple[str, int]] = {}


def folder() -> Path:
    """Where the files of living processes lie."""
    return Path(settings.OFFICE_DIR) / "running"


def be_present(kind: str = "process") -> str:
    """Show that this process lives, as a "server" or "worker" or what it is; return the name it is known by."""
    pid = os.getpid()
    if (pid, folder()) in _held:
        return _held[pid, folder()][0]
    folder().mkdir(parents=True, exist_ok=True)
    name, handle = _new_file(kind)
    _held[pid, folder()] = (name, handle)
    return name


def _new_file(kind: str) -> tuple[str, int]:
    """A file of a new name, locked. Who looks before it is locked takes it away, as of one dead: then it is another."""
    while True:
        name = f"{kind}-{os.getpid()}-{secrets.token_hex(4)}"
        handle = os.open(folder() / name, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        # Whoever looks holds it for a moment only.
        fcntl.flock(handle, fcntl.LOCK_EX)
        if (folder() / name).exists():
            return name, handle
        os.close(handle)


def is_present(name: str) -> bool:
    """Whether the process of that name lives; the file of one that does not is taken away."""
    if not _NAME.fullmatch(name):
        return False
    file = folder() / name
    try:
        with file.open("r") as handle:
            # Shared, so that two who look do not take each other for the living process.
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            # While it is locked: who is about to lock it must see that it is gone.
            file.unlink(missing_ok=True)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def present(kind: str) -> list[str]:
    """The living processes of a kind, by name."""
    names = sorted(file.name for file in folder().glob(f"{kind}-*")) if folder().is_dir() else []
    return [name for name in names if is_present(name)]


def end_with_parent(patience_s: float | None = None) -> None:
    """End this process when the one that started it has ended, however that was: nothing serves on unseen.

    Parameters
    ----------
    patience_s
        It is asked to end, and made to after so long; None leaves it all the time that its work takes.
    """
    if os.environ.get(PARENT) == str(os.getppid()):
        threading.Thread(target=_watch, args=(os.getppid(), patience_s), daemon=True).start()


def _watch(parent: int, patience_s: float | None) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)
    if patience_s is not None:
        time.sleep(patience_s)
        os._exit(1)
