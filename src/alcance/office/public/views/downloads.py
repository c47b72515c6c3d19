"""Open data: files with their count and checksum, and the list of sites as CSV as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alcance.office.public.downloads.csv_stream import csv_pieces
from alcance.office.public.downloads.making import ask_for, manifest, path_of
from alcance.office.public.downloads.serving import file_answer
from alcance.office.public.downloads.table import columns, table_rows
from alcance.office.public.filters import SiteFilter, UnknownFilter
from alcance.office.public.limits import slow
from alcance.office.public.models import Export, ExportFormat
from alcance.office.public.totals import list_count
from alcance.office.running.jobs import find_interrupted
from alcance.office.web.errors import require

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


def downloads(request: HttpRequest) -> HttpResponse:
    """What can be taken away, and the form that has a file made; a list is asked for by its filters."""
    require(request, "site", "view")
    chosen = SiteFilter.of(request.POST if request.method == "POST" else request.GET)
    if request.method == "POST":
        form = request.POST.get("format", "")
        if form not in ExportFormat.values:
            raise UnknownFilter(_("There is no such format of a file."))
        now = timezone.now()
        if not request.user.is_authenticated:
            slow(request, "export", settings.EXPORTS_PER_HOUR, now=now)
        person = request.user if request.user.is_authenticated else None
        return redirect("download", pk=ask_for(form, chosen, at=now, asked_by=person).pk)
    newest = {form: _newest(form, chosen) for form in ExportFormat.values}
    context = {
        "chosen": chosen,
        "count": list_count(chosen, timezone.localdate()),
        "fields": [pair for pair in _pairs(chosen) if pair[1]],
        "rows": [
            {"format": form, "name": ExportFormat(form).label, "export": export} for form, export in newest.items()
        ],
        "columns": columns(),
    }
    return render(request, "public/downloads.html", context)


def download(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: how far its making is, then where it lies, its count and checksum."""
    require(request, "site", "view")
    export = get_object_or_404(Export.objects.select_related("job"), pk=pk)
    if export.job is not None and export.job.is_open and find_interrupted(timezone.now()):
        export.job.refresh_from_db()
    there = export.made_at is not None and path_of(export).is_file()
    return render(request, "public/download.html", {"export": export, "there": there, "job": export.job})


@require_safe
def download_file(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """The file itself, whole or the range that is asked for."""
    require(request, "site", "view")
    export = _made(pk)
    if name != export.file_name or not path_of(export).is_file():
        raise Http404
    response = file_answer(request, path_of(export), name, export.sha256)
    response["Alcance-Rows"] = str(export.rows)
    return response


@require_safe
def download_manifest(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands beside a file: rows, bytes, checksum, list, time."""
    require(request, "site", "view")
    return JsonResponse(manifest(_made(pk)))


@require_safe
def latest(request: HttpRequest, form: str) -> HttpResponse:
    """The newest file of every site in a format, at an address that stays."""
    require(request, "site", "view")
    export = _newest(form, SiteFilter())
    if export is None:
        raise Http404
    return redirect("download_file", pk=export.pk, name=export.file_name)


@require_safe
def sites_csv(request: HttpRequest) -> HttpResponseBase:
    """A list of sites as it is now, streamed whole; `Alcance-Rows` says how many rows must arrive.

    With `bom=1` it begins with a byte order mark, by which Excel knows UTF-8.
    """
    require(request, "site", "view")
    count, rows = table_rows(SiteFilter.of(request.GET).sites(timezone.localdate()))
    response = StreamingHttpResponse(
        csv_pieces(rows, mark=request.GET.get("bom") == "1"), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="sites.csv"'
    response["Alcance-Rows"] = str(count)
    return response


def _made(pk: int) -> Export:
    return get_object_or_404(Export.objects.exclude(made_at=None), pk=pk)


def _newest(form: str, chosen: SiteFilter) -> Export | None:
    made = Export.objects.filter(format=form, filters=chosen.query).exclude(made_at=None).order_by("-pk")
    return next((export for export in made[:5] if path_of(export).is_file()), None)


def _pairs(chosen: SiteFilter) -> list[tuple[str, str]]:
    return [(name, getattr(chosen, name)) for name in chosen.__dataclass_fields__]
