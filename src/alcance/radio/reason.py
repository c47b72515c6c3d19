"""Why an answer is not given: what it would need, or what lies outside its range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alcance.errors import InputError
from alcance.radio.words import Words

NEEDS, RANGE, NO_SIGHT, REFUSED = "needs", "range", "no_sight", "refused"


@dataclass(frozen=True)
class Reason:
    """Why an answer is not given.

    Parameters
    ----------
    code
        "needs" (values that are not known), "range" (a value outside what the model is valid for), "no_sight" (it is
        for paths in sight) or "refused" (the model's own words).
    needs
        Names of the values that are lacking.
    quantity, value, low, high
        What is out of range, and the range.
    message
        The model's own words, in English.
    """

    code: str
    needs: tuple[str, ...] = ()
    quantity: str = ""
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0
    message: str = ""

    def text(self, say: Words) -> str:
        """Say it in a language."""
        if self.code == NEEDS:
            return say("reason.needs", needs=", ".join(say(f"need.{name}") for name in self.needs))
        if self.code == RANGE:
            value, low, high = (f"{number:.6g}" for number in (self.value, self.low, self.high))
            return say("reason.range", quantity=say(f"quantity.{self.quantity}"), value=value, low=low, high=high)
        return say("reason.no_sight") if self.code == NO_SIGHT else self.message

    def as_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        if self.code == NEEDS:
            return {"code": self.code, "needs": list(self.needs)}
        if self.code == RANGE:
            return {
                "code": self.code, "quantity": self.quantity, "value": self.value, "low": self.low, "high": self.high,
            }  # fmt: skip
        return {"code": self.code, "message": self.message} if self.message else {"code": self.code}


def out_of_range(**values: tuple[float, float, float]) -> Reason | None:
    """Give the first value that is not within its limits, or None; each is (value, lowest, highest)."""
    for name, (value, low, high) in values.items():
        if not low <= value <= high:
            return Reason(RANGE, quantity=name, value=value, low=low, high=high)
    return None


def refusal(error: InputError) -> Reason:
    """Give a model's own refusal."""
    return Reason(REFUSED, message="; ".join(str(problem) for problem in error.problems))
