"""The places that providers may reach: every site and every locality, with their people and their need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from alcance.network.fibre import fibre_pops
from alcance.network.reach.need import in_need, units_in_need

if TYPE_CHECKING:
    from alcance.pack import Pack

HEALTH = ("hospital", "clinic")
EDUCATION = ("school",)


def reach_sites(pack: Pack) -> pd.DataFrame:
    """Give every site, with its locality's people.

    Returns
    -------
    Sorted by site_id: site_id, name, kind, key, lon, lat, admin_id, admin_name, need, in_need, locality_id,
    locality_name, locality_people (of its locality, NaN without one), people (the same counted once: at the first
    public space of a locality, or its first site), users, connected (or a public space where there is a PoP), mbps.
    """
    sites = pack.table("sites").sort_values("site_id").reset_index(drop=True)
    localities = pack.table("localities")
    by_locality = localities.set_index("locality_id")
    admin = pack.table("admin").set_index("admin_id")
    demand = pack.table("demand").set_index("kind")
    frame = sites[["site_id", "name", "kind", "key", "lon", "lat", "admin_id", "locality_id"]].copy()
    frame["name"] = frame["name"].fillna("")
    frame["admin_name"] = frame["admin_id"].map(admin["name"])
    frame["need"] = frame["admin_id"].map(admin["need_index"]).astype(float)
    frame["in_need"] = in_need(frame["admin_id"], units_in_need(localities, pack.table("admin")))
    frame["locality_name"] = frame["locality_id"].map(by_locality["name"])
    frame["locality_people"] = frame["locality_id"].map(by_locality["people"]).astype(float)
    public = frame["kind"].eq("public_space")
    counting = (
        frame[frame["locality_id"].notna()]
        .assign(other=~public)
        .sort_values(["locality_id", "other", "site_id"], kind="stable")
        .drop_duplicates("locality_id")
        .index
    )
    frame["people"] = np.int64(0)
    frame.loc[counting, "people"] = frame["locality_people"].loc[counting].astype(np.int64)
    frame["users"] = sites["users"].astype(float).fillna(frame["kind"].map(demand["users_default"]).astype(float))
    frame["mbps"] = sites["mbps"].astype(float).fillna(frame["kind"].map(demand["mbps"]).astype(float))
    with_pop = frame["locality_id"].isin(fibre_pops(pack)["locality_id"].dropna())
    frame["connected"] = sites["connected"].astype(bool) | (public & with_pop)
    return frame


def reach_localities(pack: Pack) -> pd.DataFrame:
    """Give every locality.

    Returns
    -------
    Sorted by locality_id: locality_id, name, lon, lat, admin_id, people, admin_name, need, in_need, and without_site: a
    locality without a site of its own counts as a place to connect, too.
    """
    localities = pack.table("localities").sort_values("locality_id").reset_index(drop=True)
    admin = pack.table("admin").set_index("admin_id")
    frame = localities[["locality_id", "name", "lon", "lat", "admin_id", "people"]].copy()
    frame["name"] = frame["name"].fillna("")
    frame["people"] = frame["people"].astype(np.int64)
    frame["admin_name"] = frame["admin_id"].map(admin["name"])
    frame["need"] = frame["admin_id"].map(admin["need_index"]).astype(float)
    frame["in_need"] = in_need(frame["admin_id"], units_in_need(localities, pack.table("admin")))
    frame["without_site"] = ~frame["locality_id"].isin(pack.table("sites")["locality_id"].dropna())
    return frame


def connections(sites: pd.DataFrame, localities: pd.DataFrame) -> pd.DataFrame:
    """Give what could be connected: each site without internet, and each locality that has no site.

    Returns
    -------
    place_id, lon, lat, people (counted once), need, in_need, health, education, in the order in which a provider's
    room is given away: health first, then education, then those in need, then the most people.
    """
    waiting = sites[~sites["connected"]]
    bare = localities[localities["without_site"]]
    columns = ["lon", "lat", "people", "need", "in_need"]
    frame = pd.concat(
        [
            waiting[columns].assign(
                place_id="site:" + waiting["site_id"],
                health=waiting["kind"].isin(HEALTH),
                education=waiting["kind"].isin(EDUCATION),
            ),
            bare[columns].assign(place_id="locality:" + bare["locality_id"], health=False, education=False),
        ],
        ignore_index=True,
    )
    order = ["health", "education", "in_need", "people", "place_id"]
    return frame.sort_values(order, ascending=[False, False, False, False, True], kind="stable").reset_index(drop=True)
