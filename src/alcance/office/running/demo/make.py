"""Making the example office, from nothing."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count

from alcance.errors import AlcanceError
from alcance.office.public.map.current import make as make_tiles
from alcance.office.register.areas import load_areas
from alcance.office.register.models import Area, Level, Site
from alcance.office.running.demo.cast import Cast, assemble
from alcance.office.running.demo.corrections import correct
from alcance.office.running.demo.example import keep
from alcance.office.running.demo.measuring import measure_lately
from alcance.office.running.demo.nomination import nominate
from alcance.office.running.demo.promises import promise
from alcance.office.running.demo.sites import register_sites
from alcance.office.running.demo.story import DAY, Story
from alcance.office.running.demo.tender import plan_and_tender
from alcance.office.running.exports import make_exports
from alcance.office.running.start import bring_up

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

# Of what comes with the program, and where `make demo` puts its plan.
PACK, PLAN = Path("packs/oaxaca"), Path("out/oaxaca")
# From so many sites on the example is as large as it gets.
FULL_SITES = 2350
# The register is there before the first nomination.
BEGAN = 640 * DAY


@dataclass(frozen=True)
class Demo:
    """The example that was made: who can log in, with which password, and how many sites are in which state."""

    cast: Cast
    states: dict[str, int]


def check_plan(plan: Path, pack: Path) -> None:
    """Refuse at once where there is no plan to begin with.

    Raises
    ------
    AlcanceError
        With the command that makes one.
    """
    if not (pack / "pack.toml").is_file():
        raise AlcanceError(f"{pack}: is no country pack; begin where Alcance was cloned, or name one with --pack")
    if not (plan / "summary.json").is_file():
        first = f"alcance plan {pack} --out {plan}"
        if (pack, plan) == (PACK, PLAN):
            first = f"make demo (some ten minutes), or {first}"
        raise AlcanceError(f"{plan}: no plan is there; first: {first}")


def make_demo(
    pack: Path,
    plan: Path,
    now: dt.datetime,
    *,
    password: str | None = None,
    tell: Callable[[int, int, str], None] = lambda *_: None,
) -> Demo:
    """Make the example in the office's folder, which holds no office yet.

    Parameters
    ----------
    pack
        Whose areas, sites and illustrative providers it has.
    plan
        The plan folder of that pack.
    now
        The end of what has happened in it.
    password
        For everybody in it; a new one where none is given.
    tell
        Told how much is done, of how much, and of what.
    """
    from alcance.pack import read_pack

    check_plan(plan, pack)
    tell(0, 1, "setting up")
    bring_up()
    if Area.objects.exists() or Site.objects.exists():
        raise AlcanceError(f"{settings.OFFICE_DIR}: there is an office already; name another folder with --out")
    tell(0, 1, "areas")
    country = read_pack(pack)
    load_areas(country)
    state = Area.objects.filter(level=Level.STATE).order_by("code").first()
    if state is None:
        raise AlcanceError(f"{pack}: has no state")
    cast = assemble(pack, state.code, state.name, password)
    sites = register_sites(country, cast, now - BEGAN, tell)
    story = Story(cast=cast, now=now, state_code=state.code, share=min(1.0, sites / FULL_SITES))
    nominate(story)
    plan_and_tender(story, plan, tell)
    promise(story)
    correct(story)
    with _not_waiting_for_the_disk():
        story.calendar.live_until(now, tell)
        tell(0, 1, "measurements")
        measure_lately(story)
    tell(0, 1, "open data")
    make_exports()
    tell(0, 1, "map")
    make_tiles(now)
    counts = Site.objects.order_by("state").values_list("state").annotate(count=Count("pk"))
    # Last, for by this an example is known to be whole.
    keep(cast.people.values(), cast.password, now)
    return Demo(cast, dict(counts))


@contextmanager
def _not_waiting_for_the_disk() -> Iterator[None]:
    """Let the system write files when it likes: an example that a power cut spoils is made again in a minute."""
    waiting = os.fsync
    os.fsync = lambda fd: None  # noqa: ARG005
    try:
        yield
    finally:
        os.fsync = waiting
