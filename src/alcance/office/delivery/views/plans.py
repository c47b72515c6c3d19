"""Pages of plans."""

from __future__ import annotations

import shutil
import stat
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.db.models import Count
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_tasks import task

from alcance.office.accounts.models import Person
from alcance.office.accounts.refusals import Refused
from alcance.office.delivery.deeds.plans import import_plan, plans_folder
from alcance.office.delivery.forms import PlanForm
from alcance.office.delivery.models import Plan
from alcance.office.register.models import Technology
from alcance.office.running.jobs import start, working
from alcance.office.web.errors import acting, require
from alcance.office.web.paging import BadToken, keyset_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

MOST_FILES = 200
MOST_BYTES = 4_000_000_000
SITES_PER_PAGE = 100


@require_http_methods(["GET", "POST"])
def plans(request: HttpRequest) -> HttpResponse:
    """The plans that were taken in, and the form to bring another."""
    require(request, "plan", "view")
    form = PlanForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        require(request, "plan", "import")
        if form.is_valid():
            folder = unpack(form.cleaned_data["file"])
            title = form.cleaned_data["title"]
            job = start(
                take_in, _("Plan"), acting(request), reverse("plans"), folder=str(folder), plan_title=title,
                person_id=acting(request).pk,
            )  # fmt: skip
            return HttpResponseRedirect(f"/jobs/{job.pk}/")
    return render(request, "delivery/plans.html", {"plans": Plan.objects.all(), "form": form})


def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """A plan: what it costs, what is proven about it, its technologies and its sites."""
    require(request, "plan", "view")
    shown = get_object_or_404(Plan, pk=pk)
    by_technology = dict(shown.sites.values_list("technology").annotate(n=Count("pk")).order_by("-n", "technology"))
    try:
        page = keyset_page(
            shown.sites.select_related("site", "site__municipality"), "pk", request.GET.get("after"), SITES_PER_PAGE
        )
    except BadToken as error:
        raise Refused(_("the address is wrong; begin again")) from error
    # A plan of one state replaces none of another's.
    same = Plan.objects.filter(summary__pack__name=shown.summary.get("pack", {}).get("name"))
    before = same.filter(imported_at__lt=shown.imported_at).first()
    context = {
        "plan": shown,
        "technologies": [(Technology(name).label, n) for name, n in by_technology.items()],
        "page": page,
        "before": before,
        "cheaper": shown.cost - before.cost if before else None,
    }
    return render(request, "delivery/plan.html", context)


@task()
def take_in(job_id: int, folder: str, plan_title: str, person_id: int) -> None:
    """Take an unpacked plan folder in, and put it away afterwards."""
    with working(job_id) as progress:
        try:
            person = Person.objects.get(pk=person_id)
            import_plan(Path(folder), person, at=timezone.now(), title=plan_title, tell=progress.tell)
        finally:
            shutil.rmtree(Path(folder).parent if Path(folder).name == "plan" else folder, ignore_errors=True)


def unpack(upload: IO[bytes]) -> Path:
    """Unpack a plan folder, wherever in the archive it lies; returns the folder.

    Raises
    ------
    Refused
        Where it is no ZIP file, holds no plan, too many or too large files, or names that lead elsewhere.
    """
    plans_folder().mkdir(parents=True, exist_ok=True)
    target = Path(tempfile.mkdtemp(prefix="upload-", dir=plans_folder()))
    folder = target / "plan"
    try:
        with zipfile.ZipFile(upload) as archive:
            _unpack(archive, folder)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, zlib.error) as error:
        shutil.rmtree(target, ignore_errors=True)
        raise Refused(_("this is no ZIP file that can be read")) from error
    except Refused:
        shutil.rmtree(target, ignore_errors=True)
        raise
    return folder


def _unpack(archive: zipfile.ZipFile, folder: Path) -> None:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    summaries = [entry.filename for entry in entries if Path(entry.filename).name == "summary.json"]
    if len(summaries) != 1:
        raise Refused(_("the archive must hold one plan folder, with its summary.json"))
    root = summaries[0].removesuffix("summary.json")
    inside = [entry for entry in entries if entry.filename.startswith(root)]
    if len(inside) > MOST_FILES or sum(entry.file_size for entry in inside) > MOST_BYTES:
        raise Refused(_("the archive holds too many files, or too large ones"))
    folder.mkdir()
    for entry in inside:
        name = entry.filename.removeprefix(root)
        target = (folder / name).resolve()
        if folder.resolve() not in target.parents or stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused(_("a name in the archive leads out of it"))
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, target.open("wb") as copy:
            left = entry.file_size
            # An archive may say less than it holds.
            while block := source.read(1 << 20):
                left -= len(block)
                if left < 0:
                    raise Refused(_("a file in the archive is larger than it says"))
                copy.write(block)
