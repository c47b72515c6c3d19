"""Found by `rules` at start: brings the table's permissions in."""

from alcance.office.accounts import permissions

__all__ = ["permissions"]
