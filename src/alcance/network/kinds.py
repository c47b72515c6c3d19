"""The kinds of node and arc of the network: one list each, shared by the problem, the plan and its checks."""

from __future__ import annotations

from enum import IntEnum


class NodeKind(IntEnum):
    """What a node of the problem stands for."""

    ROOT = 0  # the super-root: everything that already has traffic
    FIBRE = 1  # a place where fibre can be reached: locality, road junction, substation yard, PoP
    LINE = 2  # fibre on a high-voltage line where it passes, not yet spliced
    HUB = 3  # traffic has arrived by fibre: hop 0
    MAST = 4  # a relay's mast at a height class, reached after some hops
    TOP = 5  # the same mast whatever its hop: what it serves directly never relays
    SECTOR = 6  # its sector antennas at a height class
    FEED = 7  # traffic has arrived at the site
    LEAF = 8  # the site is served: the terminal
    RACK = 9  # the dishes on a mast whose links end at a site: so many find room


class ArcKind(IntEnum):
    """What an arc of the problem builds."""

    POP = 0
    FIBRE_LIT = 1
    FIBRE_DARK = 2
    FIBRE_NEW = 3
    FIBRE_DISTRIBUTION = 4
    FIBRE_ROAD = 5
    FIBRE_SPLICE = 6
    FIBRE_DROP = 7
    GATEWAY = 8
    MAST = 9
    MAST_UP = 10
    MAST_DOWN = 11
    PTP = 12
    TOP = 13
    SECTOR = 14
    SECTOR_DOWN = 15
    CLIENT = 16
    PTP_END = 17
    ARRIVE = 18
    SITE_EQUIPMENT = 19
    SATELLITE = 20
    RACK = 21

    @property
    def label(self) -> str:
        """Name used in files."""
        return self.name.lower()


FIBRE_SPANS = (
    ArcKind.FIBRE_LIT,
    ArcKind.FIBRE_DARK,
    ArcKind.FIBRE_NEW,
    ArcKind.FIBRE_DISTRIBUTION,
    ArcKind.FIBRE_ROAD,
    ArcKind.FIBRE_DROP,
)
RADIO_HOPS = (ArcKind.PTP, ArcKind.PTP_END, ArcKind.CLIENT)
