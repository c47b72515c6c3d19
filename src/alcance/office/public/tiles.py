"""The map's tiles, made by command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from alcance.office.public.map.current import folder, make

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def build_tiles(*, tell: Callable[[int, int, str], None] = lambda *_: None) -> list[Path]:
    """Make the tiles of the register as it is now, and return their files."""
    made = make(timezone.now(), tell)
    return [folder() / name for name in (made.areas_file, made.sites_file)]
