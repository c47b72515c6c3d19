"""The folder of areas of influence: GeoPackage, CSV, summary and pages, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alcance.pack.files import digest
from alcance.plan.folder import FolderKind, check_place, whole_folder, write_json
from alcance.publish.language import Language, language, pack_language
from alcance.publish.reach_geopackage import write_reach_geopackage
from alcance.publish.reach_pages import index_html, page_name, provider_html
from alcance.publish.reach_summary import reach_summary, warnings
from alcance.publish.reach_tables import reach_tables, write_reach_csv

if TYPE_CHECKING:
    from alcance.network.reach import Reach
    from alcance.pack import Pack

REACH: Final = FolderKind("reach", frozenset({"summary.json", "index.html", "reach.gpkg", "csv", "providers"}))


def check_reach_place(folder: Path) -> None:
    """Tell before the work that a folder cannot be written; see `alcance.plan.folder.check_place`."""
    check_place(folder, REACH)


def reach_language(pack: Pack, lang: str | None) -> Language:
    """Words of the language asked for, or of the pack's first language that has some."""
    if lang is not None:
        return language(lang)
    return pack_language({"pack": {"language": pack.meta.language, "languages": list(pack.meta.languages)}})


def write_reach(
    reach: Reach, folder: Path, lang: str | None = None, progress: Callable[[str, float], None] | None = None
) -> dict[str, Any]:
    """Write areas of influence into a folder.

    Parameters
    ----------
    reach
        The areas of influence.
    folder
        Folder to write; one that stood there before is replaced.
    lang
        "es" or "en"; the pack's if None.
    progress
        Told the stage "pages" and the share done.

    Returns
    -------
    What `summary.json` holds.

    Raises
    ------
    InputError
        There are no words for the language.
    OutputError
        The folder cannot be written, or holds something else.
    """
    t, currency = reach_language(reach.pack, lang), reach.pack.meta.currency
    tables = reach_tables(reach)
    with whole_folder(folder, REACH) as making:
        write_reach_csv(tables, making / "csv", currency)
        said = " ".join(warnings(reach, t))
        write_reach_geopackage(tables, making / "reach.gpkg", t, currency, said)
        (making / "index.html").write_text(index_html(reach, t), encoding="utf-8")
        (making / "providers").mkdir()
        for done, provider in enumerate(reach.providers, start=1):
            page = making / "providers" / page_name(provider.provider_id)
            page.write_text(provider_html(reach, provider, t), encoding="utf-8")
            if progress is not None:
                progress("pages", done / len(reach.providers))
        files = sorted(path for path in making.rglob("*") if path.is_file())
        summary = reach_summary(reach, {path.relative_to(making).as_posix(): digest(path) for path in files})
        write_json(making / "summary.json", summary)
    return summary
