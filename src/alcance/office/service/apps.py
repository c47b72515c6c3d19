"""The application's place in Django."""

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    """Probes and measurements."""

    name = "alcance.office.service"
    label = "service"
