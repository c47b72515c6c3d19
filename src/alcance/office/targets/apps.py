"""The application's place in Django."""

from django.apps import AppConfig


class TargetsConfig(AppConfig):
    """See the room's own words."""

    name = "alcance.office.targets"
    label = "targets"
