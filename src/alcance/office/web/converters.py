"""Parts of addresses that several rooms have."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter


class Id(IntConverter):
    """The number of a row; none has more digits than every database can be asked for."""

    regex = "[0-9]{1,18}"


def register() -> None:
    """Let addresses say `<id:pk>`."""
    register_converter(Id, "id")
