"""Read a collection of OGC API Features with QGIS; for a Python that has QGIS, and need not have Alcance.

QT_QPA_PLATFORM=offscreen HOME=FOLDER PYTHON bench/peer_qgis.py ADDRESS COLLECTION KEY [--where EXPRESSION]
    [--box WEST SOUTH EAST NORTH] > ANSWER.json

KEY is the property whose values are handed back, in the order in which QGIS gives the features. Settings and what QGIS
keeps of answers go to FOLDER.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from typing import Any

from qgis.core import Qgis, QgsApplication, QgsFeatureRequest, QgsRectangle, QgsSettings, QgsVectorLayer, QgsWkbTypes

#: QGIS crashes where Python lets go of these.
KEPT: list[Any] = []


def listed(address: str) -> list[str]:
    """The layers that QGIS offers under a connection to that address."""
    settings = QgsSettings()
    settings.setValue("qgis/connections-wfs/office/url", address)
    settings.setValue("qgis/WFS/office/version", "OGC_API_FEATURES")
    [provider] = [one for one in QgsApplication.dataItemProviderRegistry().providers() if one.name() == "WFS"]
    root = provider.createDataItem("", None)
    root.populate(True)
    [office] = root.children()
    office.populate(True)
    layers = office.children()
    KEPT.extend((root, office, *layers))
    return [layer.name() for layer in layers]


def read(asked: argparse.Namespace) -> dict[str, Any]:
    """Every feature that is asked for, and what QGIS makes of the collection."""
    began = time.perf_counter()
    layer = QgsVectorLayer(f"url='{asked.address}' typename='{asked.collection}'", asked.collection, "OAPIF")
    if not layer.isValid():
        raise LookupError(f"QGIS cannot open {asked.collection} of {asked.address}")
    if asked.where and not layer.setSubsetString(asked.where):
        raise LookupError(f"QGIS cannot filter by {asked.where}")
    request = QgsFeatureRequest()
    if asked.box:
        request.setFilterRect(QgsRectangle(*asked.box))
    field = layer.fields().indexOf(asked.key)
    keys, points, numbers, types = [], [], set(), set()
    for feature in layer.getFeatures(request):
        keys.append(feature.attribute(field))
        middle = feature.geometry().boundingBox().center()
        points.append([round(middle.x(), 9), round(middle.y(), 9)])
        types.add(QgsWkbTypes.displayString(feature.geometry().wkbType()))
        numbers.add(feature.id())
    return {
        "qgis": Qgis.version(),
        "seconds": round(time.perf_counter() - began, 1),
        "count": layer.featureCount(),
        "type": QgsWkbTypes.displayString(layer.wkbType()),
        "types": sorted(types),
        "crs": layer.crs().authid(),
        "fields": {one.name(): one.typeName() for one in layer.fields()},
        "editable": layer.startEditing(),
        "numbers": len(numbers),
        "keys": keys,
        "points": points,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("collection")
    parser.add_argument("key")
    parser.add_argument("--where")
    parser.add_argument("--box", type=float, nargs=4)
    asked = parser.parse_args()
    application = QgsApplication([], False)
    application.initQgis()
    try:
        json.dump({"layers": listed(asked.address), **read(asked)}, sys.stdout)
        sys.stdout.flush()
        status = 0
    except LookupError as error:
        print(error, file=sys.stderr, flush=True)
        status = 1
    # QGIS may crash where it is taken down in the order that Python happens on.
    os._exit(status)


if __name__ == "__main__":
    main()
