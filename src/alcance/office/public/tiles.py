"""The map's tiles, made by command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from alcance.office.public.map.current import current, is_current, make

if TYPE_CHECKING:
    from collections.abc import Callable

    from alcance.office.public.map.current import Tileset


def build_tiles(
    *, always: bool = False, tell: Callable[[int, int, str], None] = lambda *_: None
) -> tuple[Tileset, bool]:
    """Make the tiles of the register as it is now, unless those that there are show it; say whether they were made."""
    tiles = current()
    if tiles is not None and is_current(tiles) and not always:
        return tiles, False
    return make(timezone.now(), tell), True
