"""The application's place in Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Organisations and people."""

    name = "alcance.office.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Listen for second factors that are taken away."""
        from allauth.mfa.signals import authenticator_removed

        from alcance.office.accounts.second_factor import forget

        authenticator_removed.connect(forget, dispatch_uid="forget_second_factor")
