"""Identifier schemes: official keys taken apart and checked.

This is the one file of the program that knows the keys of a particular country; a pack names the scheme that each of
its columns follows. A parser checks what can be checked from the key alone and says what that leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

# Two-letter state codes of health keys, in the order of the states' numbers 1 to 32.
STATE_LETTERS = (
    "AS", "BC", "BS", "CC", "CL", "CM", "CS", "CH", "DF", "DG", "GT", "GR", "HG", "JC", "MC", "MN", "MS", "NT", "NL",
    "OC", "PL", "QT", "QR", "SP", "SL", "SR", "TC", "TS", "TL", "VZ", "YN", "ZS",
)  # fmt: skip
CVEGEO_LEVELS = {2: "state", 5: "municipality", 9: "locality", 13: "ageb", 16: "block"}


class KeyFormatError(ValueError):
    """A key that does not follow its scheme; the message says what would be right."""


@dataclass(frozen=True)
class Cvegeo:
    """A key of INEGI's geostatistical framework: state 2, municipality 3, locality 4, AGEB 4, block 3 characters.

    Parameters
    ----------
    key
        The key as text, zero-padded.
    level
        "state", "municipality", "locality", "ageb" or "block".
    """

    key: str
    level: str

    @property
    def state(self) -> str:
        """Key of the state, 2 digits."""
        return self.key[:2]

    @property
    def municipality(self) -> str | None:
        """Key of the municipality, 5 digits, or None above that level."""
        return self.key[:5] if len(self.key) >= 5 else None

    @property
    def locality(self) -> str | None:
        """Key of the locality, 9 digits, or None above that level."""
        return self.key[:9] if len(self.key) >= 9 else None

    @property
    def parent(self) -> str | None:
        """Key of the unit of the level above, or None for a state."""
        lengths = [length for length in CVEGEO_LEVELS if length < len(self.key)]
        return self.key[: lengths[-1]] if lengths else None


@dataclass(frozen=True)
class Cct:
    """A school's workplace key (CCT): state 2 digits, control and kind 3 letters, number 4 digits, check letter.

    The check letter is kept and not verified: we know no published rule for it.
    """

    key: str

    @property
    def state(self) -> str:
        """Key of the state, 2 digits."""
        return self.key[:2]

    @property
    def control(self) -> str:
        """Letter of who runs it and how (D and E public, P private, K and N by agreement ...)."""
        return self.key[2]

    @property
    def level(self) -> str:
        """Two letters of the level (PR primary, JN preschool, ES secondary ...)."""
        return self.key[3:5]

    @property
    def number(self) -> int:
        """Running number, 1 to 9999."""
        return int(self.key[5:9])

    @property
    def check_letter(self) -> str:
        """The last letter."""
        return self.key[9]


@dataclass(frozen=True)
class Clues:
    """A health establishment's key (CLUES): state 2 letters, institution 3 letters, number 6 digits.

    Whether the last digit checks the others is not known to us; it is not verified.
    """

    key: str

    @property
    def state(self) -> str:
        """Key of the state, 2 digits, as the geostatistical framework counts it."""
        return f"{STATE_LETTERS.index(self.key[:2]) + 1:02d}"

    @property
    def institution(self) -> str:
        """Three letters of the institution."""
        return self.key[2:5]

    @property
    def number(self) -> int:
        """Running number."""
        return int(self.key[5:])


def parse_cvegeo(key: str) -> Cvegeo:
    """Take a CVEGEO apart; KeyFormatError says what is wrong with it."""
    _text(key)
    if len(key) not in CVEGEO_LEVELS:
        if f"0{key}".isascii() and key.isdecimal() and len(key) + 1 in CVEGEO_LEVELS:
            raise KeyFormatError(f"has {len(key)} digits; a leading zero seems lost: 0{key}")
        raise KeyFormatError(f"has {len(key)} characters; a CVEGEO has 2, 5, 9, 13 or 16")
    # The last character of an AGEB may be a letter; everything else is a digit.
    if not re.fullmatch(r"[0-9]{1,9}|[0-9]{12}[0-9A-Z]([0-9]{3})?", key):
        raise KeyFormatError("has characters that are not digits; a CVEGEO is digits (an AGEB may end in a letter)")
    if not 1 <= int(key[:2]) <= 32:
        raise KeyFormatError(f"begins with state {key[:2]}; states are 01 to 32")
    for start, stop, what in ((2, 5, "municipality"), (5, 9, "locality")):
        if len(key) >= stop and int(key[start:stop]) == 0:
            raise KeyFormatError(f"has {what} {key[start:stop]}; numbers begin at 1")
    return Cvegeo(key, CVEGEO_LEVELS[len(key)])


def parse_cct(key: str) -> Cct:
    """Take a CCT apart; KeyFormatError says what is wrong with it."""
    _text(key)
    if not re.fullmatch(r"[0-9]{2}[A-Z]{3}[0-9]{4}[A-Z]", key):
        if re.fullmatch(r"[0-9][A-Z]{3}[0-9]{4}[A-Z]", key):
            raise KeyFormatError(f"has 9 characters; a leading zero seems lost: 0{key}")
        raise KeyFormatError("is not 2 digits, 3 letters, 4 digits and a check letter, like 01DPR0001X")
    if not 1 <= int(key[:2]) <= 32:
        raise KeyFormatError(f"begins with state {key[:2]}; states are 01 to 32")
    if key[5:9] == "0000":
        raise KeyFormatError("has number 0000; numbers begin at 0001")
    return Cct(key)


def parse_clues(key: str) -> Clues:
    """Take a CLUES apart; KeyFormatError says what is wrong with it."""
    _text(key)
    if not re.fullmatch(r"[A-Z]{5}[0-9]{6}", key):
        raise KeyFormatError("is not 5 letters and 6 digits, like OCSSA000013")
    if key[:2] not in STATE_LETTERS:
        raise KeyFormatError(f"begins with {key[:2]}; states are {', '.join(STATE_LETTERS)}")
    if key[5:] == "000000":
        raise KeyFormatError("has number 000000; numbers begin at 000001")
    return Clues(key)


def _text(key: object) -> None:
    if not isinstance(key, str):
        raise KeyFormatError("is not text; keys are text so that leading zeros stay")


def _level(level: str) -> Callable[[str], object]:
    """A parser that accepts a CVEGEO of one level only."""

    def parse(key: str) -> Cvegeo:
        parsed = parse_cvegeo(key)
        if parsed.level != level:
            raise KeyFormatError(f"is the key of a {parsed.level}, not of a {level}")
        return parsed

    return parse


SCHEMES: dict[str, Callable[[str], object]] = {
    "cvegeo": parse_cvegeo,
    "cvegeo_state": _level("state"),
    "cvegeo_municipality": _level("municipality"),
    "cvegeo_locality": _level("locality"),
    "cct": parse_cct,
    "clues": parse_clues,
}
# The schemes of keys that a site itself has; the others are of areas.
SITE_SCHEMES = ("cct", "clues")
# What columns of such keys are called in files of the country.
SITE_KEY_COLUMNS = ("clave", "cct", "clues", "clave_cct")
MUNICIPALITY_KEY_COLUMNS = ("municipio", "cve_mun")
LOCALITY_KEY_COLUMNS = ("cvegeo", "localidad", "cve_loc")


def state_of(scheme: str, key: str) -> str | None:
    """The state that a site's key names, or None where its scheme names none or the key does not follow it."""
    try:
        return getattr(SCHEMES[scheme](key), "state", None) if scheme in SITE_SCHEMES else None
    except KeyFormatError:
        return None


def check_key(scheme: str, key: str) -> str | None:
    """What is wrong with a key under a scheme, or None where nothing is.

    Raises
    ------
    KeyError
        No such scheme; the known ones are in `SCHEMES`.
    """
    try:
        SCHEMES[scheme](key)
    except KeyFormatError as error:
        return str(error)
    return None
