"""The application's place in Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Organisations and people."""

    name = "alcance.office.accounts"
    label = "accounts"
