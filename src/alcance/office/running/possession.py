"""Who has the office: a restore has it alone, every other command shares it for as long as it lives.

The lock is on the office's folder, and the system lets go of it however a process ends.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from alcance.errors import AlcanceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Open for as long as the process lives.
_shared: dict[Path, int] = {}


class Taken(AlcanceError):
    """The office is in other hands just now."""


@contextmanager
def alone(office: Path) -> Iterator[None]:
    """Have the office alone while this lasts.

    Raises
    ------
    Taken
        Where any other process is at work on it.
    """
    handle = os.open(office, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"{office} is being restored, or another command is at work on it; wait until that has ended"
            raise Taken(message) from error
        yield
    finally:
        os.close(handle)


def share(office: Path, *, unless: Path) -> bool:
    """Share the office from now until this process ends; not where a file or folder is there, then return False.

    Raises
    ------
    Taken
        Where another process has it alone.
    """
    if office in _shared:
        return True
    handle = os.open(office, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise Taken(f"{office} is being restored; wait until that has ended") from error
    if unless.exists():
        os.close(handle)
        return False
    _shared[office] = handle
    return True
