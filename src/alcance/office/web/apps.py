"""The application's place in Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, styles and what every page shares."""

    name = "alcance.office.web"
    label = "web"

    def ready(self) -> None:
        """Make the parts of addresses known before any room tells its own."""
        from alcance.office.web import converters

        converters.register()
