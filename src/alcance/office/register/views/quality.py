"""The page of the register's quality."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_tasks import task

from alcance.office.accounts.roles import Role, role_of
from alcance.office.register.imports.fields import BY_NAME as FIELDS
from alcance.office.register.quality import BY_NAME, RULES
from alcance.office.register.views.sites import of_who_looks
from alcance.office.register.whole import check_register, kept_faults
from alcance.office.running.jobs import start, working
from alcance.office.web.errors import acting, require

if TYPE_CHECKING:
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
    found = pd.read_parquet(kept) if kept.exists() else None
    rule = BY_NAME.get(request.GET.get("rule", ""))
    context: dict[str, object] = {"checked": False}
    if found is not None:
        mine = of_who_looks(request)
        if len(found) and role_of(request.user) in (Role.COMMITTEE, Role.INSTITUTION):
            found = found[found["site_id"].isin(set(mine.values_list("pk", flat=True)))]
        counts = found["rule"].value_counts()
        context = {
            "checked": dt.datetime.fromisoformat(found.attrs["checked_at"]),
            # Those that do not hold somewhere come first.
            "rules": sorted(
                ((one, FIELDS[one.field].title, int(counts.get(one.name, 0))) for one in RULES if one.find is not None),
                key=lambda line: -line[2],
            ),
            "rule": rule,
        }
        if rule is not None:
            ids = found.loc[found["rule"] == rule.name, "site_id"].head(SHOWN).tolist()
            context["sites"] = mine.filter(pk__in=ids).select_related("municipality").order_by("pk")
    return render(request, "register/quality.html", context)


@task()
def check_in_background(job_id: int) -> None:
    """Try the rules on the whole register."""
    with working(job_id):
        check_register(timezone.now())
