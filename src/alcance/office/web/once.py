"""A form is done once, however often its button is pressed: who sends it again is led to where the first time led."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from typing import TYPE_CHECKING

from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from alcance.office.web.errors import refusal
from alcance.office.web.models import SentForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

# Who presses twice does so within seconds; who goes back to the page, within the day.
KEPT = dt.timedelta(days=1)
WAIT_S, LOOK_S = 10.0, 0.05


class FormsOnce:
    """Does the same form of the same page once, where it leads on; one that is refused may be sent again.

    Each page's forms bear a token against forgery, which is another each time that the page is made: the same token
    with the same values is the same form. The API has a way of its own (`Idempotency-Key`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to where the first time led."""
        if request.method != "POST" or "csrfmiddlewaretoken" not in request.POST:
            return self._get_response(request)
        now, digest = timezone.now(), _digest(request)
        SentForm.objects.filter(sent_at__lt=now - KEPT).delete()
        until = time.monotonic() + WAIT_S
        while True:
            sent, first = SentForm.objects.get_or_create(digest=digest, defaults={"sent_at": now})
            if first:
                return self._do(request, sent)
            if sent.led_to:
                return HttpResponseRedirect(sent.led_to)
            if time.monotonic() > until:
                words = _("This form has been sent already and is still being done; look again in a moment.")
                return refusal(request, [words], 503)
            time.sleep(LOOK_S)

    def _do(self, request: HttpRequest, sent: SentForm) -> HttpResponse:
        led_to = ""
        try:
            response = self._get_response(request)
            led_to = response.get("Location", "")
        finally:
            if led_to:
                SentForm.objects.filter(pk=sent.pk).update(led_to=led_to)
            else:
                SentForm.objects.filter(pk=sent.pk).delete()
        return response


def _digest(request: HttpRequest) -> str:
    """What was sent where, files by their name and size."""
    parts = [request.get_full_path()]
    parts += [f"{name}={value}" for name, values in sorted(request.POST.lists()) for value in values]
    parts += [
        f"{name}={file.name}:{file.size}" for name, files in sorted(request.FILES.lists()) for file in files
    ]  # fmt: skip
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
