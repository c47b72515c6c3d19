"""Pages of imports: bring a file, map its columns, see what it would do, let it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_tasks import task

from alcance.errors import InputError
from alcance.office.accounts.models import Person
from alcance.office.accounts.permissions import may, visible
from alcance.office.accounts.refusals import Refused
from alcance.office.register import imports
from alcance.office.register.forms import UploadForm
from alcance.office.register.imports.fields import FIELDS
from alcance.office.register.imports.mapping import Source, guess
from alcance.office.register.imports.outcome import changes_csv, changes_of, new_rows, report_csv, report_lines
from alcance.office.register.imports.reading import read
from alcance.office.register.models import OPEN, BatchState, ImportBatch
from alcance.office.register.quality import BY_NAME
from alcance.office.running.jobs import start, working
from alcance.office.web.errors import acting, require
from alcance.office.web.problems import error_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

ROWS_SHOWN = 50
# Rows of a file that are shown with its columns.
PREVIEW = 5


@require_http_methods(["GET", "POST"])
def batches(request: HttpRequest) -> HttpResponse:
    """The imports so far, and the form to bring a file."""
    require(request, "import", "view")
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        require(request, "import", "add")
        if form.is_valid():
            upload = form.cleaned_data["file"]
            batch = imports.receive(upload, upload.name, acting(request), at=timezone.now())
            return HttpResponseRedirect(reverse("import_map", args=[batch.pk]))
    person = acting(request)
    every = ImportBatch.objects.select_related("organisation", "uploaded_by")
    shown = visible(every, person, "import", "view", own=Q(organisation=person.acting_for))
    return render(request, "register/imports.html", {"batches": shown[:200], "form": form})


@require_http_methods(["GET", "POST"])
def map_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which column fills which field; guessed, or by a layout that is known."""
    batch = _batch(request, pk)
    require(request, "import", "add")
    if batch.state not in OPEN:
        raise Refused(_("this import has been decided already"))
    try:
        table = read(batch.source, batch.file_name, PREVIEW)
    except InputError as error:
        ImportBatch.objects.filter(pk=pk, state=batch.state).update(
            state=BatchState.FAILED, reason=error_words(error)[:500]
        )
        return render(request, "register/import_failed.html", {"batch": batch, "problems": error.problems}, status=400)
    columns = [str(name) for name in table.frame.columns]
    layout, guessed = guess(columns)
    if request.method == "POST":
        mapping = _mapping(request, columns)
        with transaction.atomic():
            taken = ImportBatch.objects.filter(pk=pk, state__in=OPEN).update(
                mapping=mapping, layout=layout, state=BatchState.CHECKING
            )
            if not taken:
                raise Refused(_("this import has been decided already"))
            job = start(
                check_in_background, _("Dry run of %(file)s") % {"file": batch.file_name}, acting(request),
                reverse("import", args=[pk]), batch_id=pk,
            )  # fmt: skip
        return HttpResponseRedirect(f"/jobs/{job.pk}/")
    context = {
        "batch": batch,
        "layout": layout,
        "fields": [(field, guessed.get(field.name)) for field in FIELDS],
        "skip": guessed.get("skip"),
        "columns": columns,
        "preview": table.frame.fillna("").astype(str).to_numpy().tolist(),
        "notes": table.problems,
    }
    return render(request, "register/import_map.html", context)


def _mapping(request: HttpRequest, columns: list[str]) -> dict[str, dict[str, str]]:
    made = {}
    for name in (*(field.name for field in FIELDS), "skip"):
        column = request.POST.get(f"column-{name}", "")
        value = request.POST.get(f"value-{name}", "")[:500].strip().replace("\0", "")
        if column in columns or value:
            source = Source(column if column in columns else "", value)
            if source.column and name != "skip":
                source.renamed()
            made[name] = source.as_json()
    return made


@task()
def check_in_background(job_id: int, batch_id: int) -> None:
    """The dry run of an import."""
    with working(job_id) as progress:
        imports.check(ImportBatch.objects.get(pk=batch_id), progress.tell)


@task()
def apply_in_background(job_id: int, batch_id: int, person_id: int, outcome: str) -> None:
    """Write an approved import to the register; where that fails it waits for approval again."""
    with working(job_id) as progress:
        batch, person = ImportBatch.objects.get(pk=batch_id), Person.objects.get(pk=person_id)
        batch.outcome = outcome
        try:
            imports.apply(batch, person, at=timezone.now(), tell=progress.tell)
        except Exception:
            applying = ImportBatch.objects.filter(pk=batch_id, outcome=outcome, state=BatchState.APPLYING)
            applying.update(state=BatchState.CHECKED)
            raise


def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """What an import would change or has changed, and what is wrong with its rows."""
    shown = _batch(request, pk)
    context: dict[str, Any] = {
        "batch": shown,
        "can_approve": may(request.user, "import", "approve", shown) and shown.state == BatchState.CHECKED,
        "can_map": shown.state in OPEN and may(request.user, "import", "add"),
    }
    if shown.report.exists() and shown.staged.exists():
        rules = shown.counts["rules"]
        context |= {
            "faults": [(severity, BY_NAME[rule].message, n) for severity, rule, n in rules],
            "lines": list(islice(report_lines(shown.report), ROWS_SHOWN)),
            "more": max(sum(n for _severity, _rule, n in rules) - ROWS_SHOWN, 0),
            "changes": changes_of(shown.staged, ROWS_SHOWN),
            "new": new_rows(shown.staged, ROWS_SHOWN) if shown.counts["new"] else None,
            "more_new": max(shown.counts["new"] - ROWS_SHOWN, 0),
            "would_change": shown.counts["new"] + shown.counts["changed"],
        }
    return render(request, "register/import.html", context)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an import in, or refuse it: the dry run that who decides has seen, and none that was made since."""
    shown = _batch(request, pk)
    require(request, "import", "approve", shown)
    waiting = ImportBatch.objects.filter(pk=pk, state=BatchState.CHECKED, outcome=_seen(request))
    if request.POST.get("deed") == "refuse":
        reason = request.POST.get("reason", "").strip()[:500]
        if not reason:
            raise Refused(_("say why it is refused"))
        changed = waiting.update(
            state=BatchState.REFUSED, reason=reason, decided_by=acting(request), decided_at=timezone.now()
        )
        if not changed:
            raise Refused(_("this import does not wait for approval; look again"))
        messages.success(request, _("Refused."))
        return HttpResponseRedirect(reverse("import", args=[pk]))
    with transaction.atomic():
        if not waiting.update(state=BatchState.APPLYING):
            raise Refused(_("this import does not wait for approval; look again"))
        job = start(
            apply_in_background, _("Import of %(file)s") % {"file": shown.file_name}, acting(request),
            reverse("import", args=[pk]), batch_id=pk, person_id=acting(request).pk, outcome=_seen(request),
        )  # fmt: skip
    return HttpResponseRedirect(f"/jobs/{job.pk}/")


def _seen(request: HttpRequest) -> str:
    """The dry run that who decides has seen."""
    return request.POST.get("outcome", "")[:32].replace("\0", "")


def report(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The whole report by row as CSV, safe to open in a spreadsheet."""
    shown = _batch(request, pk)
    if not shown.report.exists():
        raise Refused(_("this import has not been checked yet"))
    return _as_csv(report_csv(shown.report), f"import-{pk}.csv")


def changes(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Everything that an import would change or has changed, as CSV that is safe to open in a spreadsheet."""
    shown = _batch(request, pk)
    if not shown.staged.exists():
        raise Refused(_("this import has not been checked yet"))
    return _as_csv(changes_csv(shown.staged), f"import-{pk}-changes.csv")


def _as_csv(parts: Iterator[str], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _batch(request: HttpRequest, pk: int) -> ImportBatch:
    shown = get_object_or_404(ImportBatch.objects.select_related("organisation", "uploaded_by", "decided_by"), pk=pk)
    require(request, "import", "view", shown)
    return shown
