"""Features as text: what a collection hands out, put together without a detour through objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from alcance.office.api.answers import dumps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alcance.office.api.ogc.asked import Asked, Box

GEOJSON = "application/geo+json"


@dataclass(frozen=True)
class Page:
    """Features in their order, as text.

    Parameters
    ----------
    text
        GeoJSON of each, with commas between them.
    returned
        How many they are.
    matched
        How many the whole question has.
    onward
        The token of the next page; None at the end.
    """

    text: str
    returned: int
    matched: int
    onward: str | None


@dataclass(frozen=True)
class Extent:
    """Where and when a collection has features: west, south, east, north; from when, None where it has no time."""

    bbox: Box | None
    since: str | None


class Collection(Protocol):
    """A collection of features."""

    @property
    def name(self) -> str:
        """How addresses name it."""

    @property
    def title(self) -> str:
        """How people name it."""

    @property
    def description(self) -> str:
        """What it holds."""

    @property
    def properties(self) -> Mapping[str, Mapping[str, Any]]:
        """JSON schemas of the properties."""

    @property
    def filters(self) -> tuple[str, ...]:
        """Properties by which features may be filtered."""

    def extent(self) -> Extent:
        """Where and when it has features."""

    def page(self, asked: Asked) -> Page:
        """The features asked for."""

    def one(self, feature: str) -> str | None:
        """The members of one feature but for its links, as text without the last brace; None where it is none."""

    def page_of(self, feature: str) -> str | None:
        """The path of the page about a feature, if there is one."""


def feature_text(feature: int | str, geometry: str, properties: dict[str, Any]) -> str:
    """A feature as text.

    Parameters
    ----------
    feature
        Its id.
    geometry
        GeoJSON of its geometry, or "null".
    properties
        Its properties.
    """
    return f'{{"type":"Feature","id":{dumps(feature)},"geometry":{geometry},"properties":{dumps(properties)}}}'
