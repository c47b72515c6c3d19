"""Load the example programme, México Conectado."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from alcance.office.targets.examples import load_mexico_conectado


class Command(BaseCommand):
    """Load it, once."""

    help = "Load the example programme: México Conectado, 2011 to 2016."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """Load it, and say where it is shown."""
        programme = load_mexico_conectado(timezone.now())
        self.stdout.write(f"{programme.name}: /progress/{programme.code}/")
