"""What if: a pack with some prices and policies changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from alcance.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alcance.pack import Pack

MAX_FACTOR = 1e6  # beyond this a price is no what-if, and sums could leave the range of exact integers


@dataclass(frozen=True)
class Scenario:
    """Changes to a pack.

    Parameters
    ----------
    price_factors
        Item of the price list or equipment to the factor its capital and running costs are multiplied by.
    policies
        Policy name to its new value.
    """

    price_factors: dict[str, float] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, prices: Sequence[str], policies: Sequence[str]) -> Scenario:
        """Read `ITEM=FACTOR` and `NAME=VALUE` as the command line gives them.

        Raises
        ------
        InputError
            With every piece that is not of that form, or whose factor is not a number above 0.
        """
        problems: list[Problem] = []
        factors: dict[str, float] = {}
        for text in prices:
            item, sign, value = text.partition("=")
            try:
                factors[item] = float(value)
            except ValueError:
                sign = ""
            if not sign or not 0 < factors.get(item, 0) <= MAX_FACTOR:
                problems.append(
                    Problem("--price", None, "", text, "must be ITEM=FACTOR, the factor above 0 and at most a million")
                )
        named: dict[str, str] = {}
        for text in policies:
            name, sign, value = text.partition("=")
            named[name] = value
            if not sign or not value:
                problems.append(Problem("--policy", None, "", text, "must be NAME=VALUE"))
        if problems:
            raise InputError(problems)
        return cls(factors, named)

    def apply(self, pack: Pack) -> Pack:
        """Give the pack with the changes made.

        Raises
        ------
        InputError
            If a change names an item or a policy that the pack does not have, or gives a policy a value that no pack
            may give it.
        """
        from alcance.pack.check_catalogues import policy_fault
        from alcance.pack.schema import policies

        frames = {name: pack.table(name) for name in ("prices", "equipment", "policy")}
        problems: list[Problem] = []
        for item, factor in self.price_factors.items():
            known = False
            for table, key in (("prices", "item"), ("equipment", "equipment_id")):
                rows = frames[table][key] == item
                known |= bool(rows.any())
                ranges = {"capex", "opex_year", "capex_low", "capex_high", "opex_low", "opex_high"}
                columns = [column for column in frames[table].columns if column in ranges]
                frames[table].loc[rows, columns] *= factor
            if not known:
                problems.append(Problem("--price", None, "", item, "is neither in the price list nor in the equipment"))
        policy = frames["policy"]
        for name, value in self.policies.items():
            rows = policy["name"] == name
            if not rows.any():
                known_names = ", ".join(sorted(policy["name"]))
                problems.append(Problem("--policy", None, "", name, f"is no policy of this pack; it has {known_names}"))
                continue
            fault = policy_fault(value, policies()[name]) if name in policies() else None
            if fault:
                problems.append(Problem("--policy", None, name, value, fault))
            policy.loc[rows, "value"] = value
        if problems:
            raise InputError(problems)
        return replace(pack, frames={**pack.frames, **frames})
