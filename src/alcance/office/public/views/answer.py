"""How a page of this room is answered: its content inside the frame, the same for whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import translation

from alcance.office.public.reader import revalidated
from alcance.office.public.rendering import content, framed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from django.http import HttpRequest, HttpResponse


def answer(request: HttpRequest, title: str, name: str, context: Mapping[str, Any], section: str) -> HttpResponse:
    """Render a page.

    Parameters
    ----------
    request
        Who asks; whoever is logged in, or has a message waiting, gets the frame made for them.
    title
        Title of the page.
    name, context
        Template of its content, and what that needs.
    section
        Address of the section that the page lies in.
    """
    return inside_frame(request, title, content(name, context), section)


def inside_frame(request: HttpRequest, title: str, inside: str, section: str) -> HttpResponse:
    """Put content that has been rendered into its frame."""
    if request.user.is_authenticated or request.COOKIES.get("messages"):
        return render(request, "public/content.html", {"title": title, "content": inside})
    page = framed(title, inside, request.get_full_path(), section).encode()
    return revalidated(request, page, translation.get_language() or "")
