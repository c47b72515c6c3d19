"""Values of an object's fields as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def title_of(model: type[models.Model], name: str) -> str:
    """A field, as the database names it, by the name that people know it by."""
    return str(_fields(model)[name].verbose_name)


def values_shown(model: type[models.Model], values: Mapping[str, Iterable[Any]]) -> Callable[[str, Any], Any]:
    """How values are shown: another row by its name, a choice by its label, yes and no in words, nothing as None.

    Parameters
    ----------
    model
        Whose fields they are of.
    values
        For each field, as the database names it, all its values that will be shown.
    """
    fields = _fields(model)
    labels: dict[str, dict[Any, str]] = {}
    for name, some in values.items():
        one = fields[name]
        if one.remote_field is not None:
            others = one.related_model.objects.in_bulk(sorted({value for value in some if value is not None}))
            labels[name] = {key: str(other) for key, other in others.items()}
        elif one.choices:
            labels[name] = {key: str(label) for key, label in one.flatchoices}
        elif isinstance(one, models.BooleanField):
            labels[name] = {True: _("yes"), False: _("no")}

    def shown(name: str, value: Any) -> Any:
        return None if value is None or value == "" else labels.get(name, {}).get(value, value)

    return shown


def _fields(model: type[models.Model]) -> dict[str, Any]:
    return {one.attname: one for one in model._meta.concrete_fields}
