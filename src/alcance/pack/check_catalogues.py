"""The catalogues hold what a plan needs: every price, every policy, demand for every kind, radios that pair."""

from __future__ import annotations

import math

import pandas as pd

from alcance.pack.loaded import Loaded
from alcance.pack.meta import Meta
from alcance.pack.problems import Collector
from alcance.pack.schema import Column, items, policies


def check_catalogues(loaded: Loaded, meta: Meta, found: Collector) -> None:
    """Check prices, policy, demand and equipment against what a plan asks of them."""
    frames, names, present = loaded.frames, loaded.names, loaded.read
    if "prices" in present:
        _check_prices(frames["prices"], names["prices"], found)
    if "policy" in present:
        _check_policy(frames["policy"], names["policy"], found)
        spoken = frames["policy"][frames["policy"]["name"] == "language"]
        unknown = spoken[spoken["value"].notna() & ~spoken["value"].isin(meta.languages)]
        message = f"is not among the languages of pack.toml: {', '.join(meta.languages)}"
        found.add_rows(
            names["policy"], message, unknown.index.tolist(), column="value", values=unknown["value"].tolist()
        )
    if "demand" in present:
        _check_demand(frames["demand"], frames["sites"], names["demand"], found)
    if "equipment" in present:
        _check_roles(frames["equipment"], names["equipment"], found)
        _check_equipment(frames["equipment"], names["equipment"], found)
        if "rates" in present:
            _check_rates(frames["equipment"], frames["rates"], names["rates"], found)
        if "bands" in present:
            _check_bands(frames["bands"], names["bands"], found)
            _check_powers(frames["equipment"], frames["bands"], names["equipment"], found)


def _check_prices(prices: pd.DataFrame, name: str, found: Collector) -> None:
    """Every item that a plan needs is there, per the right unit, with low ≤ price ≤ high."""
    for item in items().values():
        rows = prices[prices["item"] == item.item]
        if rows.empty:
            found.add(name, f"has no row for it; a plan needs the price of: {item.description}", value=item.item)
        other = rows[rows["per"].notna() & (rows["per"] != item.per)]
        message = f"must be {item.per} for {item.item}"
        found.add_rows(name, message, other.index.tolist(), column="per", values=other["per"].tolist())
    for column, low, high in (("capex", "capex_low", "capex_high"), ("opex_year", "opex_low", "opex_high")):
        for bound, wrong, word in (
            (low, prices[low] > prices[column], "above"),
            (high, prices[high] < prices[column], "below"),
        ):
            found.add_rows(
                name, f"is {word} {column}; low ≤ {column} ≤ high", prices.index[wrong].tolist(), column=bound,
                values=prices.loc[wrong, bound].tolist(),
            )  # fmt: skip


def _check_policy(policy: pd.DataFrame, name: str, found: Collector) -> None:
    """Every policy that a plan needs is there with an allowed value."""
    for known in policies().values():
        rows = policy[policy["name"] == known.name]
        if rows.empty:
            found.add(name, f"has no row for it; it says: {known.description}", value=known.name)
        values = rows["value"].dropna()
        for row, text in zip(values.index.tolist(), values.tolist(), strict=True):
            fault = policy_fault(str(text), known)
            if fault:
                found.add(name, fault, row=row, column="value", value=text)
        other = rows[rows["unit"].notna() & (rows["unit"] != known.unit)] if known.unit else rows.iloc[:0]
        message = f"{known.name} is in {known.unit}; convert the value"
        found.add_rows(name, message, other.index.tolist(), column="unit", values=other["unit"].tolist())
    others = policy[policy["name"].notna() & ~policy["name"].isin(list(policies()))]
    found.add_rows(
        name, "is not a policy that a plan knows", others.index.tolist(), column="name",
        values=others["name"].tolist(), severity="warning",
    )  # fmt: skip


def policy_fault(text: str, known: Column) -> str | None:
    """What is wrong with the value of a policy, or None."""
    if known.type == "text":
        return None
    try:
        value = float(text)
    except ValueError:
        return f"{known.name} must be a number"
    if not math.isfinite(value):
        return f"{known.name} must be a finite number"
    if known.type == "integer" and value != round(value):
        return f"{known.name} must be a whole number"
    low_ok = known.low is None or (value > known.low if known.low_open else value >= known.low)
    if not low_ok or (known.high is not None and value > known.high):
        return f"{known.name} must be {known.allowed}"
    return None


def _check_demand(demand: pd.DataFrame, sites: pd.DataFrame, name: str, found: Collector) -> None:
    """Every kind of site has a demand."""
    for kind in sorted(set(sites["kind"].dropna()) - set(demand["kind"].dropna())):
        count = int((sites["kind"] == kind).sum())
        found.add(name, f"has no row for this kind, which {count:,} sites have", column="kind", value=kind)


def _check_roles(equipment: pd.DataFrame, name: str, found: Collector) -> None:
    """There is a radio for each role, and those for clear paths work where their fading is known."""
    from alcance.radio.p530.multipath import LIMITS

    # A plan uses the radios that need a clear path; a client follows its sector.
    needed = equipment["kind"].isin(["ptp", "sector"]) & equipment["sight"]
    for kind in ("ptp", "sector", "client"):
        if not ((equipment["kind"] == kind) & (needed | (kind == "client"))).any():
            message = "has no equipment of this kind for clear paths (sight); a plan needs one at least"
            found.add(name, message, column="kind", value=kind)
    lowest_ghz = LIMITS["freq_ghz"].low
    low = equipment[needed & (equipment["freq_ghz"] < lowest_ghz)]
    message = f"is below {lowest_ghz:g} GHz, where how often a clear path fades is not known (P.530); say sight = false"
    found.add_rows(name, message, low.index.tolist(), column="freq_ghz", values=low["freq_ghz"].tolist())


def _check_equipment(equipment: pd.DataFrame, name: str, found: Collector) -> None:
    """No radio is named like a priced item; a sector pairs with clients of its own frequency."""
    # A plan looks prices up by name in both catalogues.
    priced = equipment[equipment["equipment_id"].isin(list(items()))]
    found.add_rows(
        name, "is the name of an item of prices; give it another", priced.index.tolist(), column="equipment_id",
        values=priced["equipment_id"].tolist(),
    )  # fmt: skip
    open_wide = equipment[(equipment["kind"] == "sector") & equipment["beamwidth_deg"].isna()]
    message = "is empty; a plan counts by it how many sectors make a circle"
    found.add_rows(name, message, open_wide.index.tolist(), column="beamwidth_deg")
    known = equipment.drop_duplicates("equipment_id").set_index("equipment_id")
    for row, entry in equipment.iterrows():
        if entry["kind"] in {"sector", "client"} and entry["pairs_with"] is None:
            found.add(name, "must say which equipment stands at the other end", row=int(str(row)), column="pairs_with")
        elif entry["pairs_with"] in known.index:
            other = known.loc[entry["pairs_with"]]
            if abs(float(other["freq_ghz"]) - float(entry["freq_ghz"])) > 0.01 * float(entry["freq_ghz"]):
                found.add(
                    name, f"works at {other['freq_ghz']:g} GHz and not at {entry['freq_ghz']:g} GHz",
                    row=int(str(row)), column="pairs_with", value=entry["pairs_with"],
                )  # fmt: skip
            elif entry["kind"] == "sector" and other["kind"] != "client":
                found.add(
                    name, "is no client; a sector talks to clients", row=int(str(row)), column="pairs_with",
                    value=entry["pairs_with"],
                )  # fmt: skip


def _check_rates(equipment: pd.DataFrame, rates: pd.DataFrame, name: str, found: Collector) -> None:
    """Every radio carries something, and more only at more signal."""
    given = rates.dropna(subset=["equipment_id", "sensitivity_dbm", "capacity_mbps"])
    for key in equipment["equipment_id"].dropna()[~equipment["equipment_id"].dropna().isin(given["equipment_id"])]:
        found.add(name, "has no row for this radio; give what it carries at which signal", value=str(key))
    for key, own in given.groupby("equipment_id", sort=False):
        steps = own.sort_values(["sensitivity_dbm", "capacity_mbps"], kind="stable")
        flat = (steps["sensitivity_dbm"].diff() == 0) | (steps["capacity_mbps"].diff() <= 0)
        message = f"carries no more than a weaker signal does on {key!s}; leave the row out or correct it"
        found.add_rows(
            name, message, steps.index[flat].tolist(), column="capacity_mbps",
            values=steps["capacity_mbps"][flat].tolist(),
        )  # fmt: skip


def _check_bands(bands: pd.DataFrame, name: str, found: Collector) -> None:
    """The lower edge of a band is the lower one."""
    turned = bands[bands["freq_min_ghz"] > bands["freq_max_ghz"]]
    found.add_rows(
        name, "is above the upper edge of its band", turned.index.tolist(), column="freq_min_ghz",
        values=turned["freq_min_ghz"].tolist(),
    )  # fmt: skip


def _check_powers(equipment: pd.DataFrame, bands: pd.DataFrame, name: str, found: Collector) -> None:
    """Each radio works inside its band and keeps the power that the country allows in it."""
    sound = bands[bands["freq_min_ghz"] <= bands["freq_max_ghz"]]
    rules = sound.dropna(subset=["band"]).drop_duplicates("band").set_index("band")
    radios = equipment[equipment["band"].isin(rules.index)]
    rule = rules.loc[radios["band"]].set_index(radios.index)
    freq_ghz, lowest, highest = radios["freq_ghz"], rule["freq_min_ghz"], rule["freq_max_ghz"]
    for row in radios.index[(freq_ghz < lowest) | (freq_ghz > highest)]:
        message = f"is outside its band, {lowest[row]:g} to {highest[row]:g} GHz"
        found.add(name, message, row=int(str(row)), column="freq_ghz", value=f"{freq_ghz[row]:g}")
    eirp_dbm = (radios["tx_power_dbm"] + radios["antenna_gain_dbi"]).round(2)
    for row in radios.index[eirp_dbm > rule["eirp_max_dbm"]]:
        message = f"with {radios['antenna_gain_dbi'][row]:g} dBi radiates {eirp_dbm[row]:g} dBm; its band allows "
        message += f"{rule['eirp_max_dbm'][row]:g} dBm: lower the power"
        found.add(name, message, row=int(str(row)), column="tx_power_dbm", value=f"{radios['tx_power_dbm'][row]:g}")
