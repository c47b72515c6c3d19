"""The plan folder: written whole or not at all, the same bytes for the same plan."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import shutil
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd
    from numpy.typing import NDArray

_MARK = "summary.json"  # what tells a plan folder from a folder of somebody's own
_TABLES = ("sites", "edges", "nodes", "profiles", "context")
_CONTENTS = {
    _MARK,
    *(f"{table}.parquet" for table in _TABLES),
    *("problem.npz", "certificate.npz", "plan.gpkg", "plan.kmz", "plan.ofds.json", "report.html", "csv"),
}


@dataclass(frozen=True)
class FolderKind:
    """A kind of folder that is written whole.

    Parameters
    ----------
    word
        What it is called in a message.
    contents
        Names of the files and folders that it may hold, `summary.json` among them.
    """

    word: str
    contents: frozenset[str]


PLAN = FolderKind("plan", frozenset(_CONTENTS))


@contextmanager
def whole_folder(folder: Path, kind: FolderKind = PLAN) -> Iterator[Path]:
    """Give a temporary folder beside the wanted one, and put it in its place when all went well.

    A folder of the same kind that stood there before is replaced; any other is left alone.

    Raises
    ------
    OutputError
        If the place cannot be written, or holds something of another kind.
    """
    check_place(folder, kind)
    folder = folder.resolve()
    making, old = (folder.parent / f".{folder.name}.{os.getpid()}.{state}" for state in ("part", "old"))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _tidy(folder)
        making.mkdir()
        yield making
        if folder.exists():
            folder.rename(old)
        making.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise OutputError(f"cannot write {folder}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)
        if old.exists() and not folder.exists():
            old.rename(folder)


def check_place(folder: Path, kind: FolderKind = PLAN) -> None:
    """Tell before the work, not after it, that a folder cannot be written somewhere.

    Raises
    ------
    OutputError
        If the place cannot be written, or holds something of another kind.
    """
    try:
        folder = folder.resolve()
        if folder.exists() and not (folder.is_dir() and (not any(folder.iterdir()) or (folder / _MARK).exists())):
            message = f"{folder} exists and is not a {kind.word} folder: give another --out, or remove it"
            raise OutputError(message)
        own = (
            sorted(item.name for item in folder.iterdir() if item.name not in kind.contents) if folder.exists() else []
        )
        if own:
            raise OutputError(
                f"{folder} holds {own[0]}, which no {kind.word} writes: move it away, or give another --out"
            )
        above = next(parent for parent in folder.parents if parent.exists())
    except OSError as error:
        raise OutputError(f"cannot write {folder}: {error.strerror or error}") from error
    if not above.is_dir():
        raise OutputError(f"cannot write {folder}: {above} is a file; give another --out")
    if not os.access(above, os.W_OK | os.X_OK):
        raise OutputError(f"cannot write {folder}: {above} does not allow it; give another --out")


def _tidy(folder: Path) -> None:
    """Clear what killed runs left behind; a plan that one had set aside and not yet replaced goes back."""
    for left in sorted(folder.parent.glob(f".{glob.escape(folder.name)}.*.*")):
        if left.suffix not in {".part", ".old"} or _writing(left):
            continue
        if left.suffix == ".old" and not folder.exists():
            left.rename(folder)
        else:
            shutil.rmtree(left)


def _writing(left: Path) -> bool:
    """Tell whether another process that is writing a temporary folder still runs."""
    try:
        process = int(left.name.split(".")[-2])
        if process == os.getpid():  # the number of a killed run, given out again
            return False
        os.kill(process, 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write JSON with sorted keys; ValueError where a number is not finite, for that would be no JSON."""
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def write_arrays(path: Path, arrays: dict[str, NDArray[Any]], progress: Callable[[float], None] | None = None) -> None:
    """Write arrays to a compressed NPZ.

    At the fastest level: the better ones take five times as long for a few per cent, and a country has a gigabyte.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for done, (name, array) in enumerate(arrays.items(), start=1):
            # An entry opened by its name is dated 1980: the bytes depend on the arrays alone.
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.asanyarray(array), allow_pickle=False)
            if progress is not None:
                progress(done / len(arrays))


def arrays_digest(arrays: dict[str, NDArray[Any]]) -> str:
    """SHA-256 over names, types, shapes and values of arrays, in the order of their names.

    Compression does not enter it, so it can be computed again from a problem that was rebuilt.
    """
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name}:{array.dtype.str}:{array.shape};".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def summary_digest(summary: dict[str, Any]) -> str:
    """SHA-256 of what a summary says, but for the digests themselves and the seconds, which differ from run to run."""
    said = {name: value for name, value in summary.items() if name not in {"digests", "seconds"}}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def write_table(table: pd.DataFrame, path: Path, summary: dict[str, Any]) -> None:
    """Write a table as Parquet, GeoParquet where it has shapes, with what the whole plan must say of itself inside it.

    The key `alcance` of the file's metadata holds pack, version and whether the plan is for screening only, as JSON: a
    table that is passed on alone still says so.
    """
    import pyarrow.parquet as pq

    table.to_parquet(path, compression="zstd")
    columns = pq.read_table(path)
    note = {
        "pack": summary["pack"]["name"],
        "screening_only": summary["terrain"]["screening_only"],
        "version": summary["version"],
    }
    told = {**(columns.schema.metadata or {}), b"alcance": json.dumps(note, sort_keys=True).encode()}
    pq.write_table(columns.replace_schema_metadata(told), path, compression="zstd")
