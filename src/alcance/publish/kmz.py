"""The plan as KMZ for crews: folders by technology, every site with its way up to the network; no remote picture."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from alcance.files import whole_file
from alcance.publish import layers
from alcance.publish.folder import PlanFolder
from alcance.publish.icons import disc_png
from alcance.publish.language import Language
from alcance.publish.link_words import link_facts
from alcance.publish.palette import (
    FIBRE_COLOURS,
    FIBRE_KINDS,
    RADIO_COLOURS,
    RADIO_KINDS,
    TECHNOLOGIES,
    TECHNOLOGY_COLOURS,
)
from alcance.publish.screening import screened_title, screening_words
from alcance.publish.ways import edges_by_id, way_steps

_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no XML 1.0 holds these
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first date a zip archive can hold; the bytes must not tell the time
_LINE_WIDTHS: Final = {"fibre_drop": 2.0, "client": 1.2, "ptp": 2.0, "ptp_end": 2.0}


def write_kmz(plan: PlanFolder, path: Path, lang: Language) -> Path:
    """Write the plan as KMZ.

    Parameters
    ----------
    plan
        The plan.
    path
        File to write; replaced whole.
    lang
        Language of folders and descriptions.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    files = {"doc.kml": _document(plan, lang).encode("utf-8")}
    for name in TECHNOLOGIES:
        files[f"icons/{name}.png"] = disc_png(TECHNOLOGY_COLOURS[name])
    files["icons/mast.png"] = disc_png("#8a4b12", square=True)
    files["icons/network.png"] = disc_png("#17282d", square=True)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(entry, data)
    with whole_file(path) as temporary:
        temporary.write_bytes(packed.getvalue())
    return path


def _document(plan: PlanFolder, lang: Language) -> str:
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>',
        f"<name>{_text(screened_title(lang('report.title', title=plan.title), plan.summary, lang))}</name>",
        "<open>1</open>",
        *_described(screening_words(plan.summary, lang)),
        *_styles(),
    ]
    edges = edges_by_id(plan)
    groups: dict[str, list[str]] = {name: [] for name in TECHNOLOGIES}
    for site in plan.sites.drop(columns="geometry").to_dict("records"):
        groups.setdefault(str(site["technology"]), []).append(_site(site, edges, plan.currency, lang))
    sites = [
        _folder(f"{lang.name('technology', name)} ({lang.number(len(group))})", group)
        for name, group in groups.items()
        if group
    ]
    parts.append(_folder(lang("layer.sites"), sites, shown=True))
    parts.append(
        _folder(
            lang("layer.network"), [_point(row, "network", lang) for row in layers.network_layer(plan).itertuples()]
        )
    )
    parts.append(_folder(lang("layer.masts"), [_mast(row, lang) for row in layers.mast_layer(plan).itertuples()]))
    for key, kinds in (("fibre", FIBRE_KINDS), ("radio_links", RADIO_KINDS)):
        frame = layers.edge_layer(plan, kinds, lines=True)
        rows: dict[str, list[str]] = {kind: [] for kind in kinds}
        for row in frame.itertuples():
            rows[row.kind].append(_line(row, lang))
        parts.append(
            _folder(
                lang(f"layer.{key}"), [_folder(lang.name("kind", kind), marks) for kind, marks in rows.items() if marks]
            )
        )
    parts.append("</Document>\n</kml>\n")
    return "\n".join(parts)


def _text(value: Any) -> str:
    """Escaped text without the control characters that XML cannot hold."""
    return escape(_FORBIDDEN.sub("", str(value)))


def _described(words: str) -> list[str]:
    """What a document or a folder says of itself; nothing where there is nothing to say."""
    # The snippet is what stands beside the name in the list of places, before anything is opened.
    return [f'<Snippet maxLines="3">{_text(words)}</Snippet><description>{_text(words)}</description>'] if words else []


def _folder(name: str, contents: Iterable[str], *, shown: bool = False) -> str:
    return "\n".join([f"<Folder><name>{_text(name)}</name><open>{int(shown)}</open>", *contents, "</Folder>"])


def _styles() -> list[str]:
    label = "<LabelStyle><scale>0.7</scale></LabelStyle>"
    styles = []
    for name in (*TECHNOLOGIES, "mast", "network"):
        scale = 0.6 if name in TECHNOLOGY_COLOURS else 0.9
        icon = f"<IconStyle><scale>{scale}</scale><Icon><href>icons/{name}.png</href></Icon></IconStyle>"
        styles.append(f'<Style id="{name}">{icon}{label}</Style>')
    for kind, colour in {**FIBRE_COLOURS, **RADIO_COLOURS}.items():
        bgr = colour[5:7] + colour[3:5] + colour[1:3]  # KML orders a colour as alpha, blue, green, red
        width = _LINE_WIDTHS.get(kind, 3.0)
        styles.append(f'<Style id="{kind}"><LineStyle><color>ff{bgr}</color><width>{width}</width></LineStyle></Style>')
    return styles


def _placemark(name: str, style: str, description: str, geometry: str) -> str:
    html = f"<description><![CDATA[{description.replace(']]>', ']]&gt;')}]]></description>" if description else ""
    return f"<Placemark><name>{_text(name)}</name>{html}<styleUrl>#{style}</styleUrl>{geometry}</Placemark>"


def _place(lon: float, lat: float) -> str:
    return f"<Point><coordinates>{lon:.6f},{lat:.6f}</coordinates></Point>"


def _list(rows: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<b>{_text(label)}:</b> {_text(value)}<br/>" for label, value in rows if value)


def _site(site: Mapping[str, Any], edges: Mapping[str, Mapping[str, Any]], currency: str, lang: Language) -> str:
    way = () if site["upstream"] is None else list(site["upstream"])
    facts = [
        (lang("site.key"), str(site["key"] or site["site_id"])),
        (lang("site.kind"), lang.name("site_kind", site["kind"])),
        (lang("site.area"), str(site["admin_name"] or "")),
        (lang("site.technology"), lang.name("technology", site["technology"])),
        (lang("site.people"), lang.number(site["people"])),
        (lang("site.cost"), lang.money(site["cost_share"], currency) if way else ""),
        (lang("site.reason"), lang.name("reason", site["reason"])),
    ]
    steps = "".join(f"<li>{_text(step)}</li>" for step in way_steps(way, edges, lang))
    told = f"<b>{_text(lang('site.way'))}</b><ol>{steps}</ol>" if steps else ""
    return _placemark(
        str(site["name"] or site["site_id"]),
        str(site["technology"]),
        _list(facts) + told,
        _place(site["lon"], site["lat"]),
    )


def _mast(row: Any, lang: Language) -> str:
    facts = [
        (lang("mast.height"), f"{lang.number(row.height_m)} m"),
        (lang("mast.ground"), f"{lang.number(row.ground_m)} m"),
        (lang("mast.sites"), lang.number(row.sites_below)),
    ]
    return _placemark(str(row.name or row.place_id), "mast", _list(facts), _place(row.lon, row.lat))


def _point(row: Any, style: str, lang: Language) -> str:
    facts = [(lang("edge.kind"), lang.name("kind", row.kind)), (lang("mast.sites"), lang.number(row.sites_below))]
    return _placemark(str(row.to_name or row.to_place), style, _list(facts), _place(row.geometry.x, row.geometry.y))


def _line(row: Any, lang: Language) -> str:
    facts = [
        (lang("edge.length"), f"{lang.number(row.length_m / 1000, 2)} km"),
        (
            lang("edge.heights"),
            f"{lang.number(row.height_from_m)} m → {lang.number(row.height_to_m)} m" if row.kind in RADIO_KINDS else "",
        ),
        *(link_facts(row._asdict(), lang) if row.kind in RADIO_KINDS else ()),
        (lang("edge.inferred"), lang("word.yes") if row.inferred else ""),
    ]
    points = " ".join(f"{x:.6f},{y:.6f}" for x, y in row.geometry.coords)
    name = f"{row.from_name or row.from_place} – {row.to_name or row.to_place}"
    return _placemark(
        name,
        row.kind,
        _list(facts),
        f"<LineString><tessellate>1</tessellate><coordinates>{points}</coordinates></LineString>",
    )
