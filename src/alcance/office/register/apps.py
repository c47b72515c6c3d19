"""The application's place in Django."""

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    """Sites, areas and imports."""

    name = "alcance.office.register"
    label = "register"
