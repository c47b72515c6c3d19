"""The example programme: México Conectado, 2011 to 2016, whose break the plan's running costs explain."""

from __future__ import annotations

import csv
import datetime as dt
from importlib.resources import files
from typing import TYPE_CHECKING

from django.db import transaction

from alcance.office.targets.models import Definition, Figure, Programme, Target

if TYPE_CHECKING:
    from collections.abc import Mapping

CODE = "mexico-conectado"
_NOTE_ES = (
    "Ejemplo histórico: 101 mil sitios públicos de 250 mil prometidos. En 2016 la meta bajó a 150 mil y el programa se "
    "detuvo: operar los sitios costaba 200 millones de pesos al mes, y el plan no los había contado."
)
_NOTE_EN = (
    "An example from history: 101,000 public sites of 250,000 that were promised. In 2016 the target was cut to "
    "150,000 and the programme stopped: running the sites cost 200 million pesos a month, which its plan had not "
    "reckoned with."
)


@transaction.atomic
def load_example(at: dt.datetime) -> Programme:
    """Make the example programme, or return it where it is there already."""
    known = Programme.objects.filter(code=CODE).first()
    if known is not None:
        return known
    definition, _made = Definition.objects.get_or_create(
        code="claimed",
        version=1,
        defaults={
            "words_es": "instalado, según el proveedor",
            "words_en": "installed, as the provider claims",
            "least": Definition.Least.INSTALLED,
            "made_at": at,
        },
    )
    programme = Programme.objects.create(
        code=CODE, name="México Conectado", is_example=True, note_es=_NOTE_ES, note_en=_NOTE_EN,
        begins_on=dt.date(2010, 12, 31),
    )  # fmt: skip
    text = files("alcance.office.targets.data").joinpath("mexico_conectado.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        _add(programme, definition, row)
    return programme


def _add(programme: Programme, definition: Definition, row: Mapping[str, str]) -> None:
    on, value = dt.date.fromisoformat(row["on"]), int(row["value"])
    if row["what"] == "figure":
        Figure.objects.create(programme=programme, on=on, value=value, source=row["source"])
        return
    due = dt.date.fromisoformat(row["due"])
    if row["what"] == "cut":
        Target.objects.filter(programme=programme, due_on=due, replaced_on=None).update(replaced_on=on)
    Target.objects.create(
        programme=programme, definition=definition, measure=Target.Measure.SITES, value=value, due_on=due, set_on=on
    )
