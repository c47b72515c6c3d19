"""Who is to be served: every site with its people, its need, and whether it is served already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alcance.errors import InputError, Problem
from alcance.network.fibre import fibre_pops

if TYPE_CHECKING:
    import pandas as pd

    from alcance.pack import Pack


def sites_to_serve(pack: Pack) -> pd.DataFrame:
    """Join the sites with their localities and administrative units.

    People are a locality's population, counted once, at the first of its public spaces (or, where it has none, at its
    first site); hospitals and schools add users, not people. The public spaces of a locality that has a PoP are
    served already, and so is what the pack says is connected. Localities of fewer than the policy's `min_people`
    are left out.

    Returns
    -------
    pandas.DataFrame
        Sorted by site_id: site_id, name, kind, key, lon, lat, admin_id, admin_name, need, locality_id,
        locality_name, people, mbps, users, existing.

    Raises
    ------
    InputError
        If `min_people` leaves no site, or all are served already.
    """
    sites = pack.table("sites").sort_values("site_id").reset_index(drop=True)
    localities = pack.table("localities").set_index("locality_id")
    admin = pack.table("admin").set_index("admin_id")
    demand = pack.table("demand").set_index("kind")
    frame = sites[["site_id", "name", "kind", "key", "lon", "lat", "admin_id", "locality_id"]].copy()
    frame["admin_name"] = frame["admin_id"].map(admin["name"])
    frame["need"] = frame["admin_id"].map(admin["need_index"]).astype(float)
    frame["locality_name"] = frame["locality_id"].map(localities["name"])
    locality_people = frame["locality_id"].map(localities["people"]).astype(float)
    min_people = float(pack.policy("min_people"))
    tiny = locality_people < min_people
    if tiny.all():
        message = "no site lies in a locality of so many people; lower it"
        raise InputError([Problem("policy", None, "min_people", f"{min_people:g}", message)])
    frame, sites = frame[~tiny].reset_index(drop=True), sites[~tiny].reset_index(drop=True)
    locality_people = locality_people[~tiny].reset_index(drop=True)
    public = frame["kind"].eq("public_space")
    counting = (
        frame[frame["locality_id"].notna()]
        .assign(first=~public)
        .sort_values(["locality_id", "first", "site_id"], kind="stable")
        .drop_duplicates("locality_id")
        .index
    )
    frame["people"] = np.int64(0)
    frame.loc[counting, "people"] = locality_people.loc[counting].astype(np.int64)
    typical = frame["kind"].map(demand["users_default"]).astype(float)
    frame["mbps"] = sites["mbps"].astype(float).fillna(frame["kind"].map(demand["mbps"]).astype(float))
    frame["users"] = sites["users"].astype(float).fillna(typical)
    with_pop = frame["locality_id"].isin(fibre_pops(pack)["locality_id"].dropna())
    frame["existing"] = sites["connected"].astype(bool) | (public & with_pop)
    if frame["existing"].all():
        message = "every site is connected already or has a PoP in its locality: there is nothing to plan"
        raise InputError([Problem("sites", None, "connected", "", message)])
    return frame
