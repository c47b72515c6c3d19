"""Areas of influence in numbers: `summary.json`, and the few lines that the terminal shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import alcance
from alcance.network.reach import EDUCATION, HEALTH

if TYPE_CHECKING:
    import pandas as pd

    from alcance.network.reach import Provider, Reach
    from alcance.publish.language import Language


def reach_summary(reach: Reach, digests: dict[str, str]) -> dict[str, Any]:
    """Give what `summary.json` holds.

    Parameters
    ----------
    reach
        The areas of influence.
    digests
        SHA-256 of the other files of the folder by their names.
    """
    pack, terrain = reach.pack, reach.pack.meta.terrain
    reached = reached_by_any(reach)
    return {
        "version": alcance.__version__,
        "pack": {
            "name": pack.meta.name,
            "title": pack.meta.title,
            "currency": pack.meta.currency,
            "vintage": pack.meta.vintage,
        },
        "illustrative": any(provider.illustrative for provider in reach.providers),
        "screening_only": reach.screening_only,
        "model": reach.rules.model,
        "client_height_m": reach.rules.client_height_m,
        "fade_margin_db": reach.rules.fade_margin_db,
        "k_factor": reach.rules.k_factor,
        "classes_mbps": list(reach.rules.classes_mbps),
        "site_busy_mbps": reach.busy_mbps,
        "terrain": {
            "resolution_arcsec": terrain.resolution_arcsec,
            "error_sigma_m": terrain.error_sigma_m.value,
            "source": terrain.source,
        },
        "need": need_facts(reach),
        "people": int(reach.all_localities["people"].sum()),
        "sites": len(reach.all_sites),
        "reached": reached,
        "unreached": unreached_facts(reach),
        "providers": [
            {"name": provider.name, "illustrative": provider.illustrative, **_plain(row)}
            for provider, row in zip(reach.providers, reach.facts.to_dict("records"), strict=True)
        ],
        "inputs": dict(pack.digests),
        "digests": digests,
    }


def reached_by_any(reach: Reach) -> dict[str, int]:
    """People, people in need, localities and sites that at least one provider reaches, each counted once."""
    localities = reach.localities.drop_duplicates("locality_id")
    sites = reach.sites.drop_duplicates("site_id")
    return {
        "people": int(localities["people"].sum()),
        "people_in_need": int(localities.loc[localities["in_need"], "people"].sum()),
        "localities": len(localities),
        "sites": len(sites),
        "health_sites": int(sites["kind"].isin(HEALTH).sum()),
        "education_sites": int(sites["kind"].isin(EDUCATION).sum()),
    }


def unreached_localities(reach: Reach) -> pd.DataFrame:
    """Localities that no provider computed reaches."""
    reached = reach.localities["locality_id"].drop_duplicates()
    missed: pd.DataFrame = reach.all_localities[~reach.all_localities["locality_id"].isin(reached)]
    return missed


def unreached_facts(reach: Reach) -> dict[str, int]:
    """Sites and people that no provider computed reaches."""
    missed, localities = reach.unreached, unreached_localities(reach)
    return {
        "sites": len(missed),
        "health_sites": int(missed["kind"].isin(HEALTH).sum()),
        "education_sites": int(missed["kind"].isin(EDUCATION).sum()),
        "people": int(localities["people"].sum()),
        "people_in_need": int(localities.loc[localities["in_need"], "people"].sum()),
    }


def need_facts(reach: Reach) -> dict[str, Any]:
    """How need was drawn: the units of the neediest fifth of the people, and how many live there."""
    needy = reach.all_localities[reach.all_localities["in_need"]]
    return {
        "definition": "localities of the neediest administrative units that hold the neediest fifth of the people",
        "units": int(needy["admin_id"].nunique()),
        "people": int(needy["people"].sum()),
    }


def warnings(reach: Reach, t: Language, provider: Provider | None = None) -> list[str]:
    """What every output must say first: what is illustrative, and that coarse terrain is for screening only."""
    said = []
    if provider is not None and provider.illustrative:
        said.append(t("influence.illustrative_one"))
    elif provider is None and any(each.illustrative for each in reach.providers):
        said.append(t("influence.illustrative_one" if len(reach.providers) == 1 else "influence.illustrative_some"))
    if reach.screening_only:
        said.append(t("influence.screening", arcsec=t.number(reach.pack.meta.terrain.resolution_arcsec)))
    return said


def reach_lines(reach: Reach, t: Language) -> list[str]:
    """Tell the areas of influence in a few lines for a terminal."""
    currency = reach.pack.meta.currency
    lines = list(warnings(reach, t))
    for provider, row in zip(reach.providers, reach.facts.to_dict("records"), strict=True):
        following = int((reach.next_sites["provider_id"] == provider.provider_id).sum())
        mark = f" [{t('influence.illustrative')}]" if provider.illustrative else ""
        lines.append(
            t(
                "influence.cli_provider",
                name=f"{provider.provider_id} {provider.name}{mark}",
                area=t.number(row["area_km2"]),
                people=t.count("n.people", row["people"]),
                need=t.number(row["people_in_need"]),
                sites=t.count("n.sites", row["sites"]),
                next=t.number(following),
            )
        )
        own = reach.strengthen[reach.strengthen["provider_id"] == provider.provider_id]
        lines += [_best_line(best, t, currency) for best in own.head(1).to_dict("records")]
    sites, everything = t.count("n.sites", len(reach.unreached)), t.number(len(reach.all_sites))
    lines.append(t("influence.cli_unreached", sites=sites, all=everything))
    return lines


def _best_line(best: dict[Any, Any], t: Language, currency: str) -> str:
    return t(
        "influence.cli_best",
        option=t.name("option", str(best["option"])).lower(),
        tower=best["tower_id"],
        people=t.number(best["people"]),
        need=t.number(best["people_in_need"]),
        health=t.number(best["health_sites"]),
        price=t.money(best["price"], currency),
    )


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    """A row as JSON can hold it."""
    return {
        str(name): value.item() if hasattr(value, "item") else value
        for name, value in row.items()
        if name != "illustrative"
    }
