"""Layer styles in QGIS's own form (QML), to be stored in a GeoPackage's `layer_styles` table.

QGIS reads the default style of a layer from that table when the GeoPackage is opened, field aliases included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

VERSION = "3.22.0"


@dataclass(frozen=True)
class Symbol:
    """How one category is drawn.

    Parameters
    ----------
    value
        Value of the classified column.
    label
        Label in the legend.
    colour
        "#rrggbb".
    size_mm
        Width of a line or diameter of a marker [mm].
    dashed
        Draw the line dashed.
    shape
        Marker shape of QGIS ("circle", "square", "triangle", "diamond", "cross2").
    filled
        Fill an area and not its outline alone.
    """

    value: str
    label: str
    colour: str
    size_mm: float
    dashed: bool = False
    shape: str = "circle"
    filled: bool = False


@dataclass(frozen=True)
class Style:
    """Style of one layer: the column that classifies it (empty: one symbol for all), its symbols and field aliases."""

    geometry: str
    column: str
    symbols: Sequence[Symbol]
    aliases: Sequence[tuple[str, str]] = field(default_factory=tuple)
    label_column: str = ""
    label_scale: int = 250_000


def qml(style: Style) -> str:
    """Write the style as the text of a QML document."""
    root = ET.Element("qgis", version=VERSION, styleCategories="Symbology|Labeling|Fields")
    kind = {"type": "categorizedSymbol", "attr": style.column} if style.column else {"type": "singleSymbol"}
    renderer = ET.SubElement(root, "renderer-v2", kind, symbollevels="0", enableorderby="0", forceraster="0")
    categories = ET.SubElement(renderer, "categories") if style.column else None
    symbols = ET.SubElement(renderer, "symbols")
    for number, symbol in enumerate(style.symbols):
        if categories is not None:
            ET.SubElement(
                categories, "category", symbol=str(number), value=symbol.value, label=symbol.label, render="true"
            )
        _add_symbol(symbols, number, symbol, style.geometry)
    if style.label_column:
        _add_labels(root, style)
    configuration = ET.SubElement(root, "fieldConfiguration")
    aliases = ET.SubElement(root, "aliases")
    for index, (column, alias) in enumerate(style.aliases):
        ET.SubElement(configuration, "field", name=column)
        ET.SubElement(aliases, "alias", index=str(index), field=column, name=alias)
    ET.SubElement(root, "layerGeometryType").text = {"Point": "0", "LineString": "1", "Polygon": "2"}[style.geometry]
    ET.indent(root, space=" ")
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(root, encoding="unicode") + "\n"


def _rgba(colour: str, opacity: int = 255) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"{red},{green},{blue},{opacity}"


def _add_symbol(parent: ET.Element, number: int, symbol: Symbol, geometry: str) -> None:
    kind, layer_class, options = {
        "Point": ("marker", "SimpleMarker", _marker_options(symbol)),
        "LineString": ("line", "SimpleLine", _line_options(symbol)),
        "Polygon": ("fill", "SimpleFill", _fill_options(symbol)),
    }[geometry]
    element = ET.SubElement(parent, "symbol", type=kind, name=str(number), alpha="1", clip_to_extent="1", force_rhr="0")
    layer = ET.SubElement(element, "layer", {"class": layer_class, "enabled": "1", "locked": "0", "pass": "0"})
    option_map = ET.SubElement(layer, "Option", type="Map")
    for name, value in options.items():
        ET.SubElement(option_map, "Option", name=name, type="QString", value=value)
        ET.SubElement(layer, "prop", k=name, v=value)  # QGIS before 3.18 reads these instead


def _marker_options(symbol: Symbol) -> dict[str, str]:
    return {
        "name": symbol.shape,
        "color": _rgba(symbol.colour),
        "outline_color": _rgba("#ffffff"),
        "outline_style": "solid",
        "outline_width": "0.2",
        "outline_width_unit": "MM",
        "size": f"{symbol.size_mm:g}",
        "size_unit": "MM",
        "scale_method": "diameter",
    }


def _line_options(symbol: Symbol) -> dict[str, str]:
    return {
        "line_color": _rgba(symbol.colour),
        "line_style": "dash" if symbol.dashed else "solid",
        "line_width": f"{symbol.size_mm:g}",
        "line_width_unit": "MM",
        "capstyle": "round",
        "joinstyle": "round",
    }


def _fill_options(symbol: Symbol) -> dict[str, str]:
    return {
        "color": _rgba(symbol.colour, 150 if symbol.filled else 255),
        "style": "solid" if symbol.filled else "no",
        "outline_color": _rgba(symbol.colour),
        "outline_style": "solid",
        "outline_width": f"{symbol.size_mm:g}",
        "outline_width_unit": "MM",
    }


def _add_labels(root: ET.Element, style: Style) -> None:
    labeling = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    text = ET.SubElement(
        settings,
        "text-style",
        fieldName=style.label_column,
        isExpression="0",
        fontSize="8",
        fontSizeUnit="Point",
        fontFamily="Sans Serif",
        textColor="31,41,55,255",
        textOpacity="1",
    )
    ET.SubElement(
        text,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor="255,255,255,255",
        bufferOpacity="1",
    )
    ET.SubElement(settings, "placement", placement="6", dist="1.2", distUnits="MM")
    ET.SubElement(
        settings,
        "rendering",
        scaleVisibility="1",
        scaleMin="1",
        scaleMax=str(style.label_scale),
        drawLabels="1",
        obstacle="1",
    )
