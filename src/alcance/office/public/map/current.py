"""Which tiles the map shows: made whole under their own name, then told; the old ones stay until then."""

from __future__ import annotations

import datetime as dt
import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from alcance.office.public.map.archive import build_areas, build_land, build_sites
from alcance.office.public.map.register_rows import Fingerprint
from alcance.pack.files import digest

# Changes with what the tiles hold, so that those of an older program are made again.
FORM = 2
#: What is in which file. What is seen first, the land and the sites, waits for no outline of a municipality; and the
#: outlines are enlarged from a lower zoom than the sites are drawn to.
BUILDERS: dict[str, Callable[[BinaryIO], dict[str, Any]]] = {
    "land": build_land, "areas": build_areas, "sites": build_sites,
}  # fmt: skip
# A page that was opened before the change still asks for the file that it was told of.
_KEEP = 2
_ABANDONED_S = 3600


@dataclass(frozen=True)
class Tileset:
    """Tiles that were made: their files by what is in them, what they show, when they were made, of which register."""

    files: dict[str, str]
    bytes: int
    sites: int
    lines: bool
    tiles: int
    bounds: list[float]
    made_at: str
    seconds: float
    fingerprint: dict[str, Any]
    form: int

    @property
    def made(self) -> dt.datetime:
        """When they were made."""
        return dt.datetime.fromisoformat(self.made_at)


def folder() -> Path:
    """Where the tiles lie."""
    return Path(settings.OFFICE_DIR) / "tiles"


def current() -> Tileset | None:
    """The tiles that the map shows; None before any were made."""
    try:
        found = Tileset(**json.loads((folder() / "current.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return found if all((folder() / name).is_file() for name in found.files.values()) else None


def is_current(tiles: Tileset | None) -> bool:
    """Whether tiles show the register as it is now."""
    return tiles is not None and tiles.form == FORM and tiles.fingerprint == asdict(Fingerprint.now())


def make(now: dt.datetime, tell: Callable[[int, int, str], None] = lambda *_: None) -> Tileset:
    """Make the tiles of the register as it is, show them, and remove those that nobody can be looking at."""
    folder().mkdir(parents=True, exist_ok=True)
    # Taken before the reading: a change in between makes the tiles old, never wrongly new.
    fingerprint = asdict(Fingerprint.now())
    began = time.monotonic()
    files: dict[str, str] = {}
    facts: dict[str, dict[str, Any]] = {}
    for done, (kind, build) in enumerate(BUILDERS.items()):
        tell(done, len(BUILDERS), kind)
        files[kind], facts[kind] = _write(kind, build)
    land, sites = facts["land"], facts["sites"]
    made = Tileset(
        files=files, sites=sites["sites"], lines=sites["lines"], tiles=sum(one["tiles"] for one in facts.values()),
        bytes=sum((folder() / name).stat().st_size for name in files.values()),
        bounds=land["bounds"] if land["tiles"] else sites["bounds"], made_at=now.isoformat(),
        seconds=round(time.monotonic() - began, 1), fingerprint=fingerprint, form=FORM,
    )  # fmt: skip
    _tell_readers(made)
    _remove_old(made)
    tell(len(BUILDERS), len(BUILDERS), "")
    return made


def _write(kind: str, build: Callable[[BinaryIO], dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """Write a file whole under the name that its content gives it; return the name and what it shows."""
    descriptor, name = tempfile.mkstemp(prefix="making-", suffix=".tmp", dir=folder())
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            facts = build(handle)
            handle.flush()
            os.fsync(handle.fileno())
        final = f"{kind}-{digest(temporary)[:16]}.pmtiles"
        temporary.chmod(0o644)
        temporary.replace(folder() / final)
    finally:
        temporary.unlink(missing_ok=True)
    return final, facts


def _tell_readers(made: Tileset) -> None:
    notice = folder() / f"current-{os.getpid()}.tmp"
    notice.write_text(json.dumps(asdict(made), indent=1), encoding="utf-8")
    notice.replace(folder() / "current.json")


def _remove_old(made: Tileset) -> None:
    for kind in BUILDERS:
        others = [path for path in folder().glob(f"{kind}-*.pmtiles") if path.name != made.files[kind]]
        others.sort(key=lambda path: (-path.stat().st_mtime_ns, path.name))
        for path in others[_KEEP - 1 :]:
            path.unlink(missing_ok=True)
    # What a maker that was killed has left.
    for path in folder().glob("making-*.tmp"):
        if path.stat().st_mtime < time.time() - _ABANDONED_S:
            path.unlink(missing_ok=True)
