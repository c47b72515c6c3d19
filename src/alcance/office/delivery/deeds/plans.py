"""Planning: a plan folder is checked, kept, and its sites become planned."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from alcance.office.accounts.refusals import Refused, allow
from alcance.office.delivery.deeds.leaving import leave
from alcance.office.delivery.life import move
from alcance.office.delivery.models import Plan, PlannedSite
from alcance.office.register.models import Site, SiteState, Technology

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    import pandas as pd

    from alcance.office.accounts.models import Person

_AT_ONCE = 500


@dataclass(frozen=True)
class Matching:
    """Which row of a plan is which site of the register; `missing` are the plan's sites that the register lacks."""

    site_ids: dict[str, int]
    missing: tuple[str, ...]


def plans_folder() -> Path:
    """Where the plans that were taken in are kept."""
    return Path(settings.OFFICE_DIR) / "plans"


def import_plan(
    folder: Path,
    person: Person,
    *,
    at: dt.datetime,
    title: str = "",
    tell: Callable[[int, int, str], None] = lambda _done, _total, _words: None,
) -> Plan:
    """Take a plan folder in: check it, keep a copy, and lead its approved sites to planned.

    A later plan of the same pack replaces the one before: what that planned and this leaves out goes back to approved.

    Raises
    ------
    Refused
        Where a check of the plan fails, or the same plan is here already.
    InputError
        Where the folder is none, or its files cannot be read.
    """
    from alcance.plan.verify import verify_folder
    from alcance.publish.folder import read_plan_folder

    allow(person, "plan", "import")
    tell(0, 4, "checking")
    report = verify_folder(folder)
    if report.failures:
        raise Refused(_("the plan does not hold: %(failure)s") % {"failure": report.failures[0]})
    # One of another version may be proven and yet lack what the open data tell of it.
    files = read_plan_folder(folder)
    digest = str(files.summary["digests"]["summary"])
    if Plan.objects.filter(digest=digest).exists():
        raise Refused(_("this very plan has been taken in already"))
    tell(1, 4, "matching")
    rows = files.sites[files.sites["technology"] != "none"]
    matching = match_sites(rows)
    kept = _keep(folder, digest)
    tell(2, 4, "recording")
    summary = files.summary
    with transaction.atomic():
        plan = Plan.objects.create(
            title=title or str(summary["pack"]["title"]),
            digest=digest,
            folder=kept.name,
            currency=summary["currency"],
            cost=_money(summary["cost"]),
            lower_bound=_money(summary["lower_bound"]),
            plan_gap=summary["plan_gap"],
            summary={name: summary[name] for name in _KEPT if name in summary},
            unmatched=len(matching.missing),
            imported_by=person,
            imported_at=at,
        )
        PlannedSite.objects.bulk_create(_planned(plan, rows, matching), batch_size=_AT_ONCE)
        tell(3, 4, "planning")
        _lead(plan, person, at)
    tell(4, 4, "done")
    return plan


_KEPT = (
    "people_planned", "sites_planned", "technologies", "fibre_km", "capex", "opex_year", "solver_gap", "cost_avoidable",
    "max_hops", "relays", "version", "pack", "options",
)  # fmt: skip


def match_sites(rows: pd.DataFrame) -> Matching:
    """Find the plan's sites in the register by their key: the official one, or the pack's own.

    A key that sites of two schemes share names neither: a plan does not say which it means.
    """
    standing = Site.objects.filter(merged_into=None).order_by("pk").values_list("key", "pk").iterator(_AT_ONCE)
    by_key: dict[str, int | None] = {}
    for key, pk in standing:
        by_key[key] = None if key in by_key else pk
    found, missing = {}, []
    for site_id, key in zip(rows["site_id"], rows["key"], strict=True):
        at = by_key.get(key) if isinstance(key, str) and key in by_key else by_key.get(site_id)
        if at is None:
            missing.append(str(site_id))
        else:
            found[str(site_id)] = at
    return Matching(found, tuple(missing))


def _keep(folder: Path, digest: str) -> Path:
    """Copy a plan folder under its digest, whole or not at all."""
    kept = plans_folder() / digest
    if kept.is_dir():
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as beside:
        copy = Path(beside) / "plan"
        shutil.copytree(folder, copy)
        copy.rename(kept)
    return kept


def _money(amount: float) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"))


def _planned(plan: Plan, rows: pd.DataFrame, matching: Matching) -> list[PlannedSite]:
    made: list[PlannedSite] = []
    for row in rows.to_dict("records"):
        site_id = matching.site_ids.get(str(row["site_id"]))
        if site_id is None:
            continue
        made.append(
            PlannedSite(
                plan=plan,
                site_id=site_id,
                technology=row["technology"],
                cost_share=_money(row["cost_share"]),
                capex_share=_money(row["capex_share"]),
                opex_year_share=_money(row["opex_year_share"]),
                mbps=row["mbps"],
                runner_up=row["runner_up"] if isinstance(row["runner_up"], str) else "",
                runner_up_price=_money(row["runner_up_price"]) if _is_number(row["runner_up_price"]) else None,
                reason=row["reason"] if isinstance(row["reason"], str) else "",
            )
        )
    return made


def _is_number(value: Any) -> bool:
    return value is not None and value == value  # noqa: PLR0124


def _lead(plan: Plan, person: Person, at: dt.datetime) -> None:
    """Lead approved sites that the plan serves to planned, and planned ones that it leaves out back.

    Only those are left out that a plan of the same pack planned: a plan of one state says nothing about another's.
    """
    served = PlannedSite.objects.filter(plan=plan).exclude(technology=Technology.EXISTING).values("site")
    forward = Site.objects.filter(pk__in=served, state__in=(SiteState.APPROVED, SiteState.PLANNED)).order_by("pk")
    move(forward, "plan", person, at=at, evidence={"plan": plan.pk})
    of_the_pack = PlannedSite.objects.filter(plan__summary__pack__name=plan.summary["pack"]["name"]).values("site")
    planned = Site.objects.filter(pk__in=of_the_pack, state=SiteState.PLANNED)
    left_out = list(planned.exclude(pk__in=served).order_by("pk"))
    move(left_out, "unplan", person, at=at, reason=f"plan {plan.digest[:12]} leaves it out")
    leave(left_out, at=at)
