"""Everything that the page of a site tells, read from the database each time it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q

from alcance.office.delivery.models import Connection, Inspection, LotSite, LotState, Photo, PlannedSite, Transition
from alcance.office.public.models import Challenge
from alcance.office.public.prepared import Prepared
from alcance.office.register.models import Site
from alcance.office.service.models import Placement

# What the site has at all, so that only that is asked for.
_HAS = {
    f"has_{name}": Exists(model.objects.filter(**{field: OuterRef("pk")}))
    for name, model, field in (
        ("plan", PlannedSite, "site"), ("transitions", Transition, "site"), ("connections", Connection, "site"),
        ("lots", LotSite, "site"), ("inspections", Inspection, "site"), ("probes", Placement, "site"),
        ("challenges", Challenge, "site"), ("merged", Site, "merged_into"),
    )
}  # fmt: skip
_SITE = Prepared(
    lambda pk: Site.objects.filter(pk=pk)
    .annotate(**_HAS)
    .values_list(
        "id", "key", "key_scheme", "name", "kind", "state", "lon", "lat", "users", "electricity", "technology",
        "speed_mbps", "state_code", "retired_on", "merged_into_id", "version", "changed_at", "municipality_id",
        "municipality__name", "municipality__need", "municipality__need_quintile", "municipality__parent__name",
        "locality_id", "locality__name", "locality__people", "host__name", "building_id", "building__name",
        *_HAS,
    )
)  # fmt: skip
_PLANNED = Prepared(
    lambda pk: PlannedSite.objects.filter(site=pk)
    .order_by("-plan__imported_at", "-pk")
    .values_list(
        "technology", "cost_share", "mbps", "year", "runner_up", "runner_up_price", "reason", "plan_id", "plan__title",
        "plan__currency", "plan__plan_gap", "plan__digest",
    )[:1]
)  # fmt: skip
_TRANSITIONS = Prepared(
    lambda pk: (
        Transition.objects.filter(site=pk)
        .order_by("-at", "-pk")
        .values_list(
            "id", "name", "before", "after", "at", "reason", "evidence", "actor__organisation__name", "connection_id"
        )
    )
)
_CONNECTIONS = Prepared(
    lambda pk: Connection.objects.filter(site=pk)
    .order_by("-pk")
    .values_list(
        "id", "technology", "mbps", "claimed_technology", "claimed_mbps", "ordered_on", "installed_on", "verified_at",
        "operating_since", "ended_on", "ended_why", "provider__name", "provider__code", "provider__illustrative",
        "contract__code", "contract__deliver_by", "contract__ends_on", "contract__lot__code", "contract__lot__title",
        "moved_from__site_id",
    )
)  # fmt: skip
_LOTS = Prepared(
    lambda pk: (
        LotSite.objects.filter(site=pk)
        .exclude(lot__state=LotState.DRAFT)
        .order_by("-lot_id")
        .values_list("lot_id", "lot__code", "lot__title", "lot__state", "lot__bids_until", "min_mbps")
    )
)
_INSPECTIONS = Prepared(
    lambda pk: Inspection.objects.filter(site=pk)
    .order_by("-at", "-pk")
    .values_list(
        "id", "at", "works", "down_mbps", "up_mbps", "latency_ms", "inspector__organisation__name", "photo__id",
    )
)  # fmt: skip
_PROBES = Prepared(
    lambda pk: (
        Placement.objects.filter(site=pk, until=None)
        .order_by()
        .values("site")
        .annotate(
            probes=Count("pk"),
            heard_at=Max("probe__last_seen_at", filter=Q(probe__last_seen_at__gte=F("since"))),
        )
        .values_list("probes", "heard_at")
    )
)
_CHALLENGES = Prepared(
    lambda pk: (
        Challenge.objects.filter(site=pk).order_by("-pk").values_list("id", "about", "state", "filed_at", "due_at")
    )
)
_MERGED = Prepared(lambda pk: Site.objects.filter(merged_into=pk).order_by("pk").values_list("id", "key", "name"))


@dataclass(frozen=True)
class SiteFacts:
    """A site and all that is published of it; rows are as their queries above name them.

    Parameters
    ----------
    site
        The site with the names of where and whose it is.
    planned
        What the latest plan says of it, or None.
    transitions, inspections, connections, lots, challenges
        Newest first.
    merged
        Sites that turned out to be this one.
    probes
        How many probes stand there, and when one was last heard of there; or None.
    photos
        Photos of its connections and inspections.
    """

    site: Any
    planned: Any
    transitions: list[Any]
    connections: list[Any]
    lots: list[Any]
    inspections: list[Any]
    probes: Any
    challenges: list[Any]
    merged: list[Any]
    photos: list[Any]

    @property
    def connection(self) -> Any:
        """The connection that stands, or None."""
        return next((row for row in self.connections if row.ended_on is None), None)


def site_facts(pk: int) -> SiteFacts | None:
    """Return what is published of a site, or None where there is none."""
    found = _SITE.rows(pk)
    if not found:
        return None
    site = found[0]
    transitions = _TRANSITIONS.rows(pk) if site.has_transitions else []
    inspections = _INSPECTIONS.rows(pk) if site.has_inspections else []
    planned = _PLANNED.rows(pk) if site.has_plan else []
    probes = _PROBES.rows(pk) if site.has_probes else []
    return SiteFacts(
        site=site,
        planned=planned[0] if planned else None,
        transitions=transitions,
        connections=_CONNECTIONS.rows(pk) if site.has_connections else [],
        lots=_LOTS.rows(pk) if site.has_lots else [],
        inspections=inspections,
        probes=probes[0] if probes else None,
        challenges=_CHALLENGES.rows(pk) if site.has_challenges else [],
        merged=_MERGED.rows(pk) if site.has_merged else [],
        photos=_photos(transitions, inspections),
    )


def _photos(transitions: list[Any], inspections: list[Any]) -> list[Any]:
    """Photos that the evidence names; asked for only where it names one."""
    shown = [row.evidence.get("photo") for row in transitions if row.evidence]
    wanted = {int(one) for one in shown if isinstance(one, int | str) and str(one).isdecimal()}
    wanted |= {row.photo_id for row in inspections if row.photo_id}
    if not wanted:
        return []
    return list(
        Photo.objects.filter(pk__in=wanted)
        .order_by("pk")
        .values_list("pk", "digest", "width_px", "height_px", "taken_at", "uploaded_at", named=True)
    )
