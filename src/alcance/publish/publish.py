"""Everything that leaves a plan folder, written beside the plan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alcance.publish.csv_tables import write_csv
from alcance.publish.folder import PlanFolder, read_plan_folder
from alcance.publish.geopackage import write_geopackage
from alcance.publish.kmz import write_kmz
from alcance.publish.language import Language, language, pack_language
from alcance.publish.ofds import write_ofds
from alcance.publish.report import report

Progress = Callable[[str, float], None]

_Writer = Callable[[PlanFolder, Path, Language], object]

_WRITERS: tuple[tuple[str, _Writer], ...] = (
    ("csv", write_csv),
    ("plan.kmz", write_kmz),
    ("plan.ofds.json", write_ofds),
    ("plan.gpkg", write_geopackage),
    ("report.html", report),
)


def publish_folder(folder: Path, *, lang: str | None = None, progress: Progress | None = None) -> None:
    """Write every output of a plan into its folder: `csv/`, `plan.kmz`, `plan.ofds.json`, `plan.gpkg`, `report.html`.

    The GeoParquet tables are the plan itself.

    Parameters
    ----------
    folder
        A plan folder.
    lang
        Language of words and titles ("en", "es"); that of the pack if None.
    progress
        Told the stage "publish" and the fraction done.

    Raises
    ------
    InputError
        If the folder is missing or damaged, or there are no words for the language.
    OutputError
        If a file cannot be written.
    """
    plan = read_plan_folder(folder)
    words = language(lang) if lang is not None else pack_language(plan.summary)
    for number, (name, write) in enumerate(_WRITERS, start=1):
        write(plan, plan.path / name, words)
        if progress is not None:
            progress("publish", number / len(_WRITERS))
