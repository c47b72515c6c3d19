"""How a radio link is told: its radio, how sure it is to be clear, how much of the year it works, over what ground."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from alcance.publish.language import Language

#: The most that is ever said of a chance and of an availability: neither is ever certain.
MOST_CONFIDENCE: Final = 0.99
MOST_AVAILABILITY: Final = 0.9999


def radio_name(equipment_id: str, freq_ghz: float | None, t: Language) -> str:
    """Call a radio by its band and by its row in the pack's catalogue.

    >>> from alcance.publish.language import language
    >>> radio_name("ptp_5ghz_long", 5.8, language("en"))
    '5.8 GHz (ptp_5ghz_long)'
    """
    if freq_ghz is None or not math.isfinite(freq_ghz):
        return equipment_id
    return f"{frequency(freq_ghz, t)} GHz ({equipment_id})"


def frequency(freq_ghz: float, t: Language) -> str:
    """Write a frequency [GHz] with the decimals it has, two at most."""
    return t.number(freq_ghz, next(n for n in (0, 1, 2) if n == 2 or math.isclose(round(freq_ghz, n), freq_ghz)))


def rate(rate_mbps: float, t: Language) -> str:
    """Write a rate [Mbit/s] without its unit, with a decimal below ten where it has one."""
    return t.number(rate_mbps, 0 if rate_mbps >= 10 or float(rate_mbps).is_integer() else 1)


def sureness(confidence: float | None, t: Language) -> str:
    """Write a chance of being clear, rounded down so that "at least" stays true; no chance is ever called 100 %.

    >>> from alcance.publish.language import language
    >>> [sureness(chance, language("en")) for chance in (0.7, 0.7139, 0.999, 1.0)]
    ['70%', '71%', '99%', '99%']
    """
    if confidence is None or not math.isfinite(confidence):
        return t.number(None)
    return t.percent(min(_down(confidence, 2), MOST_CONFIDENCE), 0)


def availability(pct: float | None, t: Language) -> str:
    """Write a share of the year [%], rounded down to two decimals; no link is ever said to work all of it.

    >>> from alcance.publish.language import language
    >>> [availability(pct, language("en")) for pct in (99.9, 99.987, 100.0)]
    ['99.9%', '99.98%', '99.99%']
    """
    if pct is None or not math.isfinite(pct):
        return t.number(None)
    share = min(_down(pct / 100, 4), MOST_AVAILABILITY)
    return t.percent(share, 1 if math.isclose(round(share, 3), share) else 2)


def _down(share: float, decimals: int) -> float:
    # What is stored has four decimals at most, so what is left beyond the sixth is dust of the arithmetic.
    scale = 10.0**decimals
    return float(math.floor(round(share * scale, 6)) / scale)


def link_facts(edge: Mapping[str, Any], t: Language) -> list[tuple[str, str]]:
    """Return what a radio link is made of and gives, as labels with values; what is unknown is left out."""
    facts: list[tuple[str, str]] = []
    if _known(edge["equipment_id"]):
        facts.append((t("edge.radio"), radio_name(str(edge["equipment_id"]), edge["freq_ghz"], t)))
    if _known(edge["rate_mbps"]):
        facts.append((t("edge.rate"), t("way.rate", rate=rate(edge["rate_mbps"], t))))
    if _known(edge["margin_db"]):
        facts.append((t("edge.margin"), f"{t.number(edge['margin_db'], 1)} dB"))
    if _known(edge["availability_pct"]):
        facts.append((t("edge.availability"), t("edge.of_year", share=availability(edge["availability_pct"], t))))
    if _known(edge["confidence"]):
        facts.append((t("edge.confidence"), sureness(edge["confidence"], t)))
    return facts


def cover_words(summary: Mapping[str, Any], t: Language) -> str:
    """Say in a few words what the links are checked over: bare ground, or the ground with its cover."""
    cover = summary["terrain"].get("cover")
    return t("cover.over", kind=t.name("cover", cover["kind"])) if cover else t("cover.bare")


def _known(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, (int, float)) and math.isfinite(value))
