"""What the acts of the example share: who acts, what time it is, and chance that falls the same way each time."""

from __future__ import annotations

import datetime as dt
import math
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alcance.office.running.demo.calendar import Calendar

if TYPE_CHECKING:
    from alcance.office.running.demo.cast import Cast

DAY = dt.timedelta(days=1)
_SEED = 20_151_231


@dataclass
class Story:
    """The example as it is being made.

    Parameters
    ----------
    cast
        Who acts.
    now
        The end of what has happened.
    state_code
        The state that it is about.
    share
        How large it is beside the full example, at most 1.
    proven
        How many connections have been verified so far.
    """

    cast: Cast
    now: dt.datetime
    state_code: str
    share: float = 1.0
    proven: int = 0
    calendar: Calendar = field(default_factory=Calendar)
    chance: random.Random = field(default_factory=lambda: random.Random(_SEED))

    def scaled(self, count: int) -> int:
        """A number of sites, fewer where the register is small."""
        return max(2, math.ceil(count * self.share))

    def ago(self, days: float) -> dt.datetime:
        """So many days before now."""
        return self.now - days * DAY
