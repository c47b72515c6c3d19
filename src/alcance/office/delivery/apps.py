"""The application's place in Django."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """Nominations, plans, lots, connections and their evidence."""

    name = "alcance.office.delivery"
    label = "delivery"
