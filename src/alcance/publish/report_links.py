"""What the report says of the radio links: with which radios, how sure, for how much of the year, over what ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from alcance.publish.charts_links import Column, columns
from alcance.publish.folder import PlanFolder
from alcance.publish.language import Language
from alcance.publish.link_words import availability, frequency, rate, sureness
from alcance.publish.palette import RADIO_KINDS

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Section = dict[str, Any]

#: Width of a column of the histogram, a share of one.
BIN: float = 0.05

#: A chance that is rounded to four places may stand this much below what was asked of it.
ROUNDING: float = 5e-5


def links_section(plan: PlanFolder, t: Language) -> Section:
    """Return what is asked of the radio links, what they give, and the radios they are made of."""
    s = plan.summary
    links = plan.edges[plan.edges["kind"].isin(RADIO_KINDS)]
    cover = s["terrain"].get("cover")
    ground = (
        t("links.cover", kind=t.name("cover", cover["kind"]), source=str(cover["source"]).rstrip("."))
        if cover
        else t("links.bare")
    )
    section: Section = {"ground": ground, "words": t("links.none"), "least": "", "short": "", "svg": ""}
    chance = links["confidence"].dropna().to_numpy(dtype=np.float64)
    if len(chance) == 0:
        return section
    asked = float(s["link_confidence"])
    bins = _bins(chance, asked)
    short = int((chance < asked - ROUNDING).sum())
    # The words round down as the table does: "at least" must stay true.
    return section | {
        "words": t(
            "links.words",
            links=t.count("n.links", len(links)),
            asked=sureness(asked, t),
            available=availability(s["availability_pct"], t),
        ),
        "least": t("links.least", least=sureness(float(chance.min()), t), median=sureness(float(np.median(chance)), t)),
        "short": t.count("links.short", short) if short else "",
        "svg": Markup(
            columns(
                "link-columns",
                t("links.alt"),
                [Column(low, high, count, t.number(count)) for low, high, count in bins],
                lambda share: t.percent(share, 0),
                (asked, t("links.mark", value=sureness(asked, t))),
                t("links.x"),
            )
        ),
        "bins": [
            [f"{t.percent(low, 0)} – {t.percent(high, 0)}", t.number(count), t.percent(count / len(chance), 0)]
            for low, high, count in bins
        ],
        "quality": _quality(links, s, t),
        "radios": _radios(links, t),
    }


def _bins(chance: NDArray[np.float64], asked: float) -> list[tuple[float, float, int]]:
    """Count chances in columns from the lowest that holds one, or what is asked, up to 1; the last includes its end."""
    whole = round(1 / BIN)
    places = np.minimum(np.floor(np.round(chance / BIN, 6)).astype(int), whole - 1)
    first = min(int(places.min()), int(asked / BIN + 1e-9), whole - 1)
    counts = np.bincount(places, minlength=whole)
    return [(number * BIN, (number + 1) * BIN, int(counts[number])) for number in range(first, whole)]


def _quality(links: pd.DataFrame, s: dict[str, Any], t: Language) -> list[list[str]]:
    """Rows of the table: what is measured, what is asked, the least, the lower quarter, the median."""

    def row(label: str, asked: str, column: str, told: Any) -> list[str]:
        values = links[column].dropna()
        return [label, asked, *(told(float(values.quantile(part)), t) for part in (0.0, 0.25, 0.5))]

    margin = s["policy"].get("fade_margin_db")
    return [
        row(t("links.row_confidence"), sureness(s["link_confidence"], t), "confidence", sureness),
        row(t("links.row_availability"), availability(s["availability_pct"], t), "availability_pct", availability),
        row(t("links.row_margin"), t.number(margin, 1), "margin_db", lambda value, t: t.number(value, 1)),
        row(t("links.row_rate"), t.number(None), "rate_mbps", rate),
    ]


def _radios(links: pd.DataFrame, t: Language) -> list[list[str]]:
    """One row per radio, by its name in the catalogue: band, links, lengths, rates, how sure."""
    rows = []
    for name, own in sorted(links.groupby("equipment_id", observed=True), key=lambda item: str(item[0])):
        rows.append(
            [
                str(name),
                frequency(float(own["freq_ghz"].iloc[0]), t),
                t.number(len(own)),
                t.number(float(own["length_m"].median()) / 1000, 1),
                t.number(float(own["length_m"].max()) / 1000, 1),
                rate(float(own["rate_mbps"].median()), t),
                sureness(float(own["confidence"].min()), t),
                sureness(float(own["confidence"].median()), t),
            ]
        )
    return rows
