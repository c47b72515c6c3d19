"""Settings as the environment gives them: read, and refused by name where they are none."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alcance.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence


def whole(name: str, default: int, least: int = 1) -> int:
    """A whole number, `default` where it is unset or empty.

    Raises
    ------
    InputError
        Where it is no whole number, or less than `least`.
    """
    given = os.environ.get(name, "").strip()
    if not given:
        return default
    if not (given.isascii() and given.isdecimal()) or int(given) < least:
        raise _refused(name, given, f"must be a whole number of at least {least}")
    return int(given)


def one_of(name: str, default: str, known: Sequence[str]) -> str:
    """One of the values that are known, `default` where it is unset or empty.

    Raises
    ------
    InputError
        Where it is another.
    """
    given = os.environ.get(name, "").strip() or default
    if given not in known:
        raise _refused(name, given, f"must be one of {', '.join(known)}")
    return given


def time_zone(name: str, default: str) -> str:
    """The name of a time zone, `default` where it is unset or empty.

    Raises
    ------
    InputError
        Where this machine knows none of that name.
    """
    given = os.environ.get(name, "").strip() or default
    try:
        return ZoneInfo(given).key
    except (KeyError, ValueError, OSError):
        raise _refused(name, given, "must be a time zone, as UTC") from None


def currency(name: str, default: str) -> str:
    """The code of a currency, `default` where it is unset or empty.

    Raises
    ------
    InputError
        Where it is not three capital letters.
    """
    given = os.environ.get(name, "").strip() or default
    if not re.fullmatch("[A-Z]{3}", given):
        raise _refused(name, given, "must be three capital letters, as MXN")
    return given


def _refused(name: str, given: str, message: str) -> InputError:
    return InputError([Problem("environment", None, name, given, message)])
