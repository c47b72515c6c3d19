"""Addresses of the five phases."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from alcance.office.delivery.views import bids, connections, contracts, lots, nominations, ocds, plans


class Digest(StringConverter):
    """A SHA-256 digest in hexadecimal."""

    regex = "[0-9a-f]{64}"


register_converter(Digest, "digest")

urlpatterns = [
    path("nominations/", nominations.nominations, name="nominations"),
    path("nominations/new/", nominations.new_nominations, name="nominations_new"),
    path("plans/", plans.plans, name="plans"),
    path("plans/<id:pk>/", plans.plan, name="plan"),
    path("lots/", lots.lots, name="lots"),
    path("lots/new/", lots.new_lot, name="lot_new"),
    path("lots/ocds.json", ocds.package, name="ocds"),
    path("lots/<slug:code>/", lots.lot, name="lot"),
    path("lots/<slug:code>/ocds.json", ocds.lot, name="lot_ocds"),
    path("lots/<slug:code>/bid/", bids.bid, name="bid"),
    path("lots/<slug:code>/bid/lines.csv", bids.bid_lines, name="bid_lines"),
    path("lots/<slug:code>/<slug:deed>/", lots.lot_deed, name="lot_deed"),
    path("contracts/<slug:code>/", contracts.contract, name="contract"),
    path("contracts/<slug:code>/payments/<id:pk>/", contracts.correct_payment, name="payment_correct"),
    path("connections/", connections.connections, name="connections"),
    path("connections/order/", connections.order_connections, name="connections_order"),
    path("connections/<id:pk>/", connections.connection, name="connection"),
    path("connections/<id:pk>/<slug:deed>/", connections.connection_deed, name="connection_deed"),
    path("photos/<digest:digest>.jpg", connections.photo, name="photo"),
]
