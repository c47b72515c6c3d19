"""A plan folder as verification reads it: from its files alone."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.errors import InputError, Problem
from alcance.proof import Certificate

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True)
class PlanFiles:
    """The files of a plan folder, read."""

    summary: dict[str, Any]
    problem: dict[str, NDArray[Any]]
    certificate: Certificate
    certificate_arrays: dict[str, NDArray[Any]]
    sites: pd.DataFrame
    edges: pd.DataFrame
    nodes: pd.DataFrame


def read_files(folder: Path) -> PlanFiles:
    """Read the files, or say which cannot be."""
    import pandas as pd
    import pyarrow as pa

    problems: list[Problem] = []
    found: dict[str, Any] = {}
    if not folder.is_dir():
        raise InputError([Problem(str(folder), None, "", "", "is no folder; give a plan folder")])
    readers = {
        "summary.json": lambda path: json.loads(path.read_text(encoding="utf-8")),
        "problem.npz": _arrays,
        "certificate.npz": _arrays,
        "sites.parquet": pd.read_parquet,
        "edges.parquet": pd.read_parquet,
        "nodes.parquet": pd.read_parquet,
    }
    for name, reader in readers.items():
        path = folder / name
        try:
            found[name] = reader(path)
        except FileNotFoundError:
            problems.append(Problem(str(path), None, "", "", "is missing; plan again, or restore the folder"))
        except (OSError, ValueError, KeyError, zipfile.BadZipFile, pa.ArrowException) as error:
            problems.append(Problem(str(path), None, "", "", f"cannot be read ({error}); plan again"))
    if problems:
        raise InputError(problems)
    return PlanFiles(
        found["summary.json"],
        found["problem.npz"],
        Certificate.of_arrays(found["certificate.npz"], str(folder / "certificate.npz")),
        found["certificate.npz"],
        found["sites.parquet"],
        found["edges.parquet"],
        found["nodes.parquet"],
    )


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Read an NPZ whole."""
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}
