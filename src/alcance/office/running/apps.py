"""The application's place in Django."""

from django.apps import AppConfig


class RunningConfig(AppConfig):
    """See the room's own words."""

    name = "alcance.office.running"
    label = "running"
