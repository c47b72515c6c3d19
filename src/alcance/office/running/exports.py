"""The open data of the whole register, made anew in every format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from alcance.office.public.downloads.making import prune, write
from alcance.office.public.models import Export, ExportFormat

if TYPE_CHECKING:
    from collections.abc import Callable


def make_exports(tell: Callable[[int, int, str], None] = lambda *_: None) -> list[Export]:
    """Write every format, remove what newer files have replaced, and return the new ones."""
    made = []
    for number, form in enumerate(ExportFormat.values):
        tell(number, len(ExportFormat.values), f"sites.{form}")
        made.append(write(Export.objects.create(format=form, asked_at=timezone.now())))
    tell(len(made), len(made), "")
    prune()
    return made
