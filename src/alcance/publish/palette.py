"""The colours and the order in which technologies and works are shown, the same in every output.

The colours are those of the map (after Okabe and Ito): they stay apart for the common kinds of colour blindness. No
output tells anything by colour alone.
"""

from __future__ import annotations

from typing import Final

#: Technologies of a site in the order of every legend and table.
TECHNOLOGIES: Final = ("existing", "fibre", "ptp", "ptmp", "shared_satellite", "satellite", "none")

#: On a map what there is most of is drawn first, so that the few stay visible.
DRAW_ORDER: Final = ("none", "satellite", "ptmp", "shared_satellite", "ptp", "fibre", "existing")

TECHNOLOGY_COLOURS: Final = {
    "existing": "#17282d",
    "fibre": "#0072b2",
    "ptp": "#d55e00",
    "ptmp": "#e69f00",
    "shared_satellite": "#009e73",
    "satellite": "#aa3f8f",
    "none": "#6b7478",
}

#: Kinds of edge that are a stretch of fibre, from what stands to what is built for one site.
FIBRE_KINDS: Final = ("fibre_lit", "fibre_dark", "fibre_new", "fibre_distribution", "fibre_road", "fibre_drop")

FIBRE_COLOURS: Final = {
    "fibre_lit": "#0b3c6f",
    "fibre_dark": "#0b3c6f",
    "fibre_new": "#0072b2",
    "fibre_distribution": "#1f7fc0",
    "fibre_road": "#00705a",
    "fibre_drop": "#4a90c2",
}

#: Kinds of edge that are a radio link between two places.
RADIO_KINDS: Final = ("ptp", "ptp_end", "client")

RADIO_COLOURS: Final = {"ptp": "#d55e00", "ptp_end": "#d55e00", "client": "#b97a00"}

#: Every kind of work, gathered under the heading it has in the breakdown of the cost.
COST_GROUPS: Final = {
    "backbone": ("pop", "fibre_lit", "fibre_dark", "fibre_splice"),
    "fibre": ("fibre_new", "fibre_distribution", "fibre_road", "fibre_drop", "fibre_termination"),
    "masts": ("mast", "mast_up", "mast_down", "top", "rack"),
    "radio": ("ptp", "ptp_end", "sector", "sector_down", "client", "arrive"),
    "gateways": ("gateway",),
    "satellite": ("satellite",),
    "site_equipment": ("site_equipment",),
}

COST_GROUP_COLOURS: Final = {
    "backbone": "#0b3c6f",
    "fibre": "#0072b2",
    "masts": "#8a4b12",
    "radio": "#e69f00",
    "gateways": "#009e73",
    "satellite": "#aa3f8f",
    "site_equipment": "#59666b",
    "other": "#94a3a8",
}


def cost_group(kind: str) -> str:
    """Heading of the cost breakdown under which a kind of edge is counted; "other" for a kind not known here."""
    for group, kinds in COST_GROUPS.items():
        if kind in kinds:
            return group
    return "other"


#: Service classes of an area of influence, from the slowest to the fastest: light to dark, apart for the colour-blind.
REACH_CLASS_COLOURS: Final = ("#ffe08a", "#f9a852", "#d9577a", "#7a3b9a")

#: Providers on a common map, in their order; they are named on it, too.
PROVIDER_COLOURS: Final = (
    "#0072b2", "#d55e00", "#009e73", "#aa3f8f", "#e69f00", "#2f4858", "#8a4b12", "#56b4e9",
)  # fmt: skip
