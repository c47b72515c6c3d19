"""Who is in need: the people of the neediest administrative units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

NEEDY_SHARE = 0.2  # the top quintile, by people


def units_in_need(localities: pd.DataFrame, admin: pd.DataFrame) -> frozenset[str]:
    """Administrative units of the top quintile of need, by people.

    The units in which localities lie are taken from the neediest on (of equal ones the first key) until they hold a
    fifth of all people; the unit that crosses the fifth is in.

    Parameters
    ----------
    localities, admin
        Tables of a pack.
    """
    people = localities["people"].astype(float).groupby(localities["admin_id"]).sum()
    units = admin.set_index("admin_id")["need_index"].reindex(sorted(people.index)).astype(float)
    order = units.sort_values(ascending=False, kind="stable", na_position="last").dropna().index
    held = np.cumsum(people.reindex(order).to_numpy(np.float64))
    enough = int(np.searchsorted(held, NEEDY_SHARE * float(people.sum()), side="left"))
    return frozenset(str(key) for key in order[: enough + 1])


def in_need(admin_id: pd.Series[str], units: frozenset[str]) -> NDArray[np.bool_]:
    """Whether each of the places lies in one of the units."""
    return admin_id.isin(sorted(units)).to_numpy(np.bool_)
