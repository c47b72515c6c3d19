"""Make the tiles of the map where the register has changed, as a timer does every few minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from alcance.office.public.map.current import current, is_current, make

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Makes them, unless they show the register as it is."""

    help = "make the tiles of the map where the register has changed"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """They may be made in any case."""
        parser.add_argument("--always", action="store_true", help="make them even where nothing has changed")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Make them."""
        tiles = current()
        if tiles is not None and is_current(tiles) and not options["always"]:
            self.stdout.write(f"{tiles.sites_file} shows the register as it is")
            return
        made = make(timezone.now())
        names = ", ".join(made.files)
        self.stdout.write(f"{names}: {made.sites} sites, {made.tiles} tiles, {made.bytes} bytes, {made.seconds} s")
