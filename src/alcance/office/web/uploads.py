"""What may be sent to a page, judged before any of it is read: whoever reads a form stores its files first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from alcance.office.accounts.permissions import may
from alcance.office.web.errors import refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

# A photo with its form, or a bid with its table.
MOST_OF_SOMEBODY = 15_000_000
# Where whole catalogues and plans are brought, and the permission that it takes.
WHOLE_FILES = {"/imports/": ("import", "add"), "/plans/": ("plan", "import")}


class UploadLimit:
    """Refuses a body that is larger than who sends it may send there, or that does not say how large it is.

    The API, which takes no files, has limits of its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or refuse."""
        told = request.META.get("CONTENT_LENGTH") or "0"
        if not told.isdecimal() or "HTTP_TRANSFER_ENCODING" in request.META:
            return refusal(request, [_("Say how large it is.")], 411)
        size = int(told)
        if size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and not request.path.startswith("/api/"):
            most = _most(request)
            if size > most:
                words = _("At most %(limit)s MB may be sent here; split it.") % {"limit": most // 1_000_000}
                return refusal(request, [words], 413)
        return self._get_response(request)


def _most(request: HttpRequest) -> int:
    """How many bytes who asks may send to an address."""
    person = request.user
    if not person.is_authenticated or not person.is_active:
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    permission = WHOLE_FILES.get(request.path)
    if permission is not None and may(person, *permission):
        return settings.IMPORT_MOST_BYTES + MOST_OF_SOMEBODY
    return MOST_OF_SOMEBODY
