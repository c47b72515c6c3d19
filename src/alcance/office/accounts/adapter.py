"""Nobody signs up: the ministry and each organisation invite their people."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings

if TYPE_CHECKING:
    from typing import Any

    from django.core.mail import EmailMessage
    from django.http import HttpRequest

_log = logging.getLogger(__name__)


class ByInvitation(DefaultAccountAdapter):  # type: ignore[misc]
    """An account exists because somebody made it."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Never."""
        return False

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Ask for password or code once more, unless who asks has just logged in with them."""
        known = get_authentication_records(self.request, self.request.user)
        if known and time.time() - known[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **more))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send mail where a server is set up.

        It goes out beside the answer: how long it takes must not tell who has an account.
        """
        if settings.MAIL_IS_SENT:
            message = self.render_mail(template_prefix, email, context)
            threading.Thread(target=_send, args=(message,)).start()


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except OSError:
        _log.exception("mail was not sent")
