"""Numbers of STP files, exact: decimals as whole numbers and a count of places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_DECIMALS = 12
# More digits than any number that can be used; Python itself refuses to read thousands.
MOST_DIGITS = 40
# As wide as a word may be to be read at once with many others.
PLAIN_WIDTH = 18


class LineError(Exception):
    """What is wrong with the line being read."""


def whole_number(word: str) -> int:
    """A whole number from 0."""
    if not (word.isascii() and word.isdigit()) or len(word) > MOST_DIGITS:
        raise LineError(f"a whole number from 0 was expected, not {word[:MOST_DIGITS]!r}")
    return int(word)


def decimal(word: str, what: str, *, signed: bool = False) -> tuple[int, int]:
    """A decimal as (value, decimals) without rounding; trailing zeros are dropped.

    >>> decimal("1.250", "cost")
    (125, 2)
    """
    negative = word.startswith("-") and word.strip("-0.") != ""
    if negative and not signed:
        raise LineError(f"a {what} must be 0 or more, not {word[:MOST_DIGITS]}")
    mantissa, _, exponent = word.lower().removeprefix("-").removeprefix("+").partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    if not (digits.isascii() and digits.isdigit()) or len(digits) > MOST_DIGITS:
        raise LineError(f"a {what} must be a decimal number, not {word[:MOST_DIGITS]!r}")
    shift = 0
    if exponent or "e" in word.lower():
        bare = exponent.removeprefix("-").removeprefix("+")
        if not (bare.isascii() and bare.isdigit()) or len(bare) > 3:
            raise LineError(f"a {what} must be a decimal number, not {word[:MOST_DIGITS]!r}")
        shift = int(exponent)
    fraction = fraction.rstrip("0")
    value, decimals = int(whole + fraction or "0"), len(fraction) - shift
    if decimals < 0:
        value, decimals = value * 10**-decimals, 0
    while decimals > 0 and value % 10 == 0:
        value, decimals = value // 10, decimals - 1
    if decimals > MOST_DECIMALS:
        raise LineError(f"a {what} may have at most {MOST_DECIMALS} decimals: {word[:MOST_DIGITS]}")
    return -value if negative else value, decimals


def plain_decimals(words: list[str]) -> list[tuple[int, int]] | None:
    """Many decimals at once, as `decimal` would read each; None where one is not plainly digits and a point."""
    joined = "".join(words)
    if not joined.isascii() or max(map(len, words), default=0) > PLAIN_WIDTH:
        return None
    if joined.isdigit():
        return [(int(word), 0) for word in words]
    amounts = []
    for word in words:
        whole, point, fraction = word.partition(".")
        if point:
            fraction = fraction.rstrip("0")
        if not (whole + fraction).isdigit() or len(fraction) > MOST_DECIMALS:
            return None
        amounts.append((int(whole + fraction), len(fraction)))
    return amounts


def plain_nodes(words: list[str], node_count: int) -> NDArray[np.int64] | None:
    """Many node numbers at once; None where one is not plainly a number from 1 to the count."""
    joined = "".join(words)
    if not (joined.isascii() and joined.isdigit()) or max(map(len, words)) > PLAIN_WIDTH:
        return None
    nodes = np.array(list(map(int, words)), dtype=np.int64)
    return nodes if 1 <= int(nodes.min()) <= int(nodes.max()) <= node_count else None


def as_decimal(value: int, decimals: int) -> str:
    """A scaled integer as the decimal it stands for, with every digit.

    >>> as_decimal(1250, 3)
    '1.250'
    """
    if decimals == 0:
        return str(value)
    sign, digits = ("-" if value < 0 else ""), str(abs(value)).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"
