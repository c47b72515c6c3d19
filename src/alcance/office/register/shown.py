"""Values of a site's fields as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _

from alcance.office.register.models import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

FIELDS = {one.attname: one for one in Site._meta.concrete_fields}


def title_of(name: str) -> str:
    """A field by the name that people know it by."""
    return str(FIELDS[name].verbose_name)


def values_shown(values: Mapping[str, Iterable[Any]]) -> Callable[[str, Any], Any]:
    """How values are shown: another row by its name, a choice by its label, yes and no in words, nothing as None.

    Parameters
    ----------
    values
        For each field, as the database names it, all its values that will be shown.
    """
    labels: dict[str, dict[Any, str]] = {}
    for name, some in values.items():
        one: Any = FIELDS[name]
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
