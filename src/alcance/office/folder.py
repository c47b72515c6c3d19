"""The office's folder and the key in it, before there are any settings."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from alcance.errors import AlcanceError

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "secret_key"
DATABASE = "office.sqlite3"
UPLOADS = "uploads"
#: What an example that is whole has beside it.
EXAMPLE = "example.json"
#: Where a restore that was decided has written what it does.
RESTORE_DECIDED = Path("restoring", "checked")


def office_folder() -> Path:
    """The folder that the environment names."""
    return Path(os.environ.get("ALCANCE_OFFICE_DIR", "office-data")).resolve()


def owners_only() -> None:
    """Let whatever this process makes be read by its owner only: password hashes and evidence lie in an office."""
    os.umask(0o077)


@contextmanager
def made(folder: Path) -> Iterator[None]:
    """Make the folder where it is not there, readable by its owner only; what stays empty goes again with a failure.

    Raises
    ------
    AlcanceError
        Where it cannot be made.
    """
    is_new = not folder.exists()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise AlcanceError(f"{folder}: cannot be made ({error.strerror})") from None
    try:
        yield
    except BaseException:
        if is_new:
            # One that something was put into, as by a restore that is decided, is not empty and stays.
            with suppress(OSError):
                folder.rmdir()
        raise


def require_office(folder: Path) -> None:
    """Refuse to go to work where no office is, as where a disk has not been mounted.

    Raises
    ------
    AlcanceError
        With the command that makes one.
    """
    has_database = bool(os.environ.get("DATABASE_URL")) or (folder / DATABASE).exists()
    if not (folder / RESTORE_DECIDED).exists() and not ((folder / UPLOADS).is_dir() and has_database):
        raise AlcanceError(f"{folder}: there is no office; alcance office init makes one, --dir names another folder")


def secret_key(folder: Path) -> str:
    """The key that signs sessions: given, or kept in the folder; one for this process alone where there is none.

    Raises
    ------
    AlcanceError
        Where it cannot be read.
    """
    given = os.environ.get("ALCANCE_SECRET_KEY")
    if given:
        return given
    file = folder / KEY
    try:
        return file.read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return secrets.token_urlsafe(48)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "is no text"
        raise AlcanceError(f"{file}: cannot be read ({why}); run this as the user whose office it is") from None


def keep_key(folder: Path) -> None:
    """Make the key and keep it, where none is kept or given.

    Raises
    ------
    AlcanceError
        Where it cannot be written.
    """
    if os.environ.get("ALCANCE_SECRET_KEY"):
        return
    file = folder / KEY
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as error:
        raise AlcanceError(f"{file}: cannot be written ({error.strerror})") from None
