"""What the five phases leave behind."""

from alcance.office.delivery.models.connection import Connection
from alcance.office.delivery.models.contract import Contract, Payment
from alcance.office.delivery.models.evidence import Inspection, Photo
from alcance.office.delivery.models.lot import Bid, BidLine, Lot, LotSite, LotState, Question
from alcance.office.delivery.models.nomination import Nomination
from alcance.office.delivery.models.plan import Plan, PlannedSite
from alcance.office.delivery.models.transition import Transition

__all__ = [
    "Bid",
    "BidLine",
    "Connection",
    "Contract",
    "Inspection",
    "Lot",
    "LotSite",
    "LotState",
    "Nomination",
    "Payment",
    "Photo",
    "Plan",
    "PlannedSite",
    "Question",
    "Transition",
]
