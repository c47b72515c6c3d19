"""The application's place in Django."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """See the room's own words."""

    name = "alcance.office.api"
    label = "api"
