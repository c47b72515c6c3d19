"""What the measurements say of sites, as evidence for a claim."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from alcance.office.service.reading import ask

if TYPE_CHECKING:
    import pandas as pd

    from alcance.office.register.models import Site

MOST_DAYS = 400
# One day, good or bad, may be chance.
LEAST_DAYS = 3


def summaries(at: dt.datetime, days: int) -> pd.DataFrame:
    """What was measured at each site in so many days before a moment: one row a site, ordered by it.

    Columns: site_id, days, measurements, last_seen, availability and loss (shares), down_mbps, up_mbps and latency_ms
    (medians).
    """
    return ask("summaries", at - dt.timedelta(days=days), at)


def measured(site: Site, since: dt.datetime | None, at: dt.datetime) -> dict[str, Any] | None:
    """What probes measured at a site since a moment; None where they did on fewer than three days.

    Availability is the share of the measurements that found it online, speeds and latency are medians. `batches` says
    how many were received, `newest_batches` holds the identifiers of the last 20.
    """
    first = max([at - dt.timedelta(days=MOST_DAYS), *([since] if since else [])])
    found = ask("of_site", first, at, site=site.pk)
    if found.empty:
        return None
    row = found.iloc[0]
    if row["days"] < LEAST_DAYS:
        return None
    return {
        "days": int(row["days"]),
        "measurements": int(row["measurements"]),
        "from": timezone.localdate(first).isoformat(),
        "to": timezone.localdate(at).isoformat(),
        "availability": round(float(row["availability"]), 4),
        "down_mbps": _rounded(row["down_mbps"], 2),
        "up_mbps": _rounded(row["up_mbps"], 2),
        "latency_ms": _rounded(row["latency_ms"], 1),
        "batches": int(row["batches"]),
        "newest_batches": [str(one) for one in row["newest_batches"]],
    }


def _rounded(value: Any, digits: int) -> float | None:
    return None if value is None or math.isnan(value) else round(float(value), digits)
