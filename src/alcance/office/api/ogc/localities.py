"""Localities as features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Max, Min, Q

from alcance.office.api.ogc.areas import OUTLINED, ByKey
from alcance.office.api.ogc.features import Extent
from alcance.office.api.ogc.sites import within
from alcance.office.public.totals import kept
from alcance.office.register.models import Area

if TYPE_CHECKING:
    from alcance.office.api.ogc.asked import Box


class Localities(ByKey):
    """Localities as points."""

    name = "localities"
    title = "Localities"
    description = "Inhabited places, with their people and the need of their municipality."
    # Said so, a database reads them in one go; by the index of levels it would look up each of 190,000 for itself.
    which = ~Q(level__in=OUTLINED)
    places = ("lon", "lat")

    def extent(self) -> Extent:
        """Where localities lie."""
        ends = kept(("ogc extent", self.name), self._ends)
        return Extent(
            None if ends["west"] is None else (ends["west"], ends["south"], ends["east"], ends["north"]), None
        )

    def _ends(self) -> dict[str, Any]:
        return Area.objects.filter(self.which).aggregate(
            west=Min("lon"), south=Min("lat"), east=Max("lon"), north=Max("lat")
        )

    def inside(self, box: Box) -> Q:
        """Those in a box."""
        return within(box)

    def geometry(self, *places: Any) -> str:
        """The point."""
        lon, lat = places
        if lon is None or lat is None:
            return "null"
        return f'{{"type":"Point","coordinates":[{lon!r},{lat!r}]}}'

    def page_of(self, feature: str) -> str | None:  # noqa: ARG002
        """None: a locality has no page."""
        return None
