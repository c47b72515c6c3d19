"""The page of the register's quality."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_tasks import task

from alcance.office.accounts.permissions import sees_all
from alcance.office.register.imports.fields import BY_NAME as FIELDS
from alcance.office.register.quality import BY_NAME, RULES, Rule
from alcance.office.register.views.sites import of_who_looks
from alcance.office.register.whole import check_register, checked_at, faults_of, kept_faults
from alcance.office.running.jobs import start, working
from alcance.office.web.errors import acting, require

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpRequest, HttpResponse

SHOWN = 200


@require_http_methods(["GET", "POST"])
def quality(request: HttpRequest) -> HttpResponse:
    """For each rule the number of sites for which it does not hold, and the sites of one that is chosen."""
    require(request, "site", "view_history")
    if request.method == "POST":
        require(request, "import", "approve")
        job = start(check_in_background, _("Quality of the register"), acting(request), "/register/quality/")
        return HttpResponseRedirect(f"/jobs/{job.pk}/")
    kept = kept_faults()
    rule = BY_NAME.get(request.GET.get("rule", ""))
    context: dict[str, object] = {"checked": False}
    if kept.exists():
        mine = of_who_looks(request)
        every = sees_all(request.user, "site", "view_private")
        counts, ids = _counted(kept, rule, None if every else set(mine.values_list("pk", flat=True)))
        context = {
            "checked": checked_at(kept),
            # Those that do not hold somewhere come first.
            "rules": sorted(
                ((one, FIELDS[one.field].title, counts[one.name]) for one in RULES if one.find is not None),
                key=lambda line: -line[2],
            ),
            "rule": rule,
        }
        if rule is not None:
            context["sites"] = mine.filter(pk__in=ids).select_related("municipality").order_by("pk")
    return render(request, "register/quality.html", context)


def _counted(kept: Path, rule: Rule | None, mine: set[int] | None) -> tuple[Counter[str], list[int]]:
    """For each rule the number of sites for which it does not hold, and the first sites of one; read in pieces."""
    counts: Counter[str] = Counter()
    ids: list[int] = []
    for site_id, name in faults_of(kept):
        if mine is None or site_id in mine:
            counts[name] += 1
            if rule is not None and name == rule.name and len(ids) < SHOWN:
                ids.append(site_id)
    return counts, ids


@task()
def check_in_background(job_id: int) -> None:
    """Try the rules on the whole register."""
    with working(job_id):
        check_register(timezone.now())
