"""What could be built: fibre along lines and roads, radio hops, satellite, as one problem."""

from alcance.network.build import build_network, pack_grid
from alcance.network.items import NO_LIMIT
from alcance.network.kinds import FIBRE_SPANS, RADIO_HOPS, ArcKind, NodeKind
from alcance.network.network import Network
from alcance.network.places import PLACE_KINDS
from alcance.radio.heights import HEIGHT_CLASSES_M

__all__ = [
    "FIBRE_SPANS",
    "HEIGHT_CLASSES_M",
    "NO_LIMIT",
    "PLACE_KINDS",
    "RADIO_HOPS",
    "ArcKind",
    "Network",
    "NodeKind",
    "build_network",
    "pack_grid",
]
