"""The application's place in Django."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """See the room's own words."""

    name = "alcance.office.public"
    label = "public"
