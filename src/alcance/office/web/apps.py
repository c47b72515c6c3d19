"""The application's place in Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, styles and what every page shares."""

    name = "alcance.office.web"
    label = "web"
