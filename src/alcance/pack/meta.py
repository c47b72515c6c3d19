"""What `pack.toml` says about a pack."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from alcance.pack.identifiers import SCHEMES
from alcance.pack.problems import Collector
from alcance.terrain.cover import height_faults

FILE = "pack.toml"
SECTIONS = ("radio", "terrain", "surface", "sources", "identifiers", "files")
NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]*$"
SCREENING_ARCSEC = 30.0  # coarser ground sees no ridge: of links clear on 1′ more than half are blocked in truth
LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Z]{2})?$"


class _Section(BaseModel):
    """A section of pack.toml; a name that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Value(_Section):
    """A number with its source, or one that is openly assumed, with the reason in `source`."""

    value: float
    source: str = Field(min_length=1)
    assumed: bool = False

    @field_validator("value")
    @classmethod
    def _finite(cls, value: float) -> float:
        if not math.isfinite(value):
            raise ValueError("must be a finite number")
        return value


class Radio(_Section):
    """The values of the atmosphere that radio needs.

    Parameters
    ----------
    n0
        Surface refractivity at sea level [N-units] (ITU-R P.452, P.1812).
    delta_n
        Refractivity gradient over the lowest kilometre [N-units/km], positive (ITU-R P.453).
    rain_001_mm_h
        Rain rate exceeded for 0.01 % of the time [mm/h] (ITU-R P.837).
    itm_climate
        Climate number of the Longley-Rice model, 1 to 7.
    """

    n0: Value
    delta_n: Value
    rain_001_mm_h: Value
    itm_climate: Value

    @model_validator(mode="after")
    def _plausible(self) -> Radio:
        from alcance.radio.air import LIMITS

        for name, limit in LIMITS.items():
            value = getattr(self, name).value
            if not limit.low <= value <= limit.high:
                raise ValueError(f"{name} is {value:g} and must be {limit.low:g} to {limit.high:g}")
        if self.itm_climate.value != round(self.itm_climate.value):
            raise ValueError(f"itm_climate is {self.itm_climate.value:g} and must be a whole number")
        return self


class ErrorLaw(_Section):
    """How the elevation error grows with the relief around a place: `floor_m` + `share` × relief.

    Parameters
    ----------
    floor_m
        Standard deviation on flat ground [m].
    share
        Standard deviation per metre of relief.
    relief_radius_m
        Half the side of the square within which the highest less the lowest ground is the relief [m].
    source
        How the law was found.
    assumed
        Whether it is assumed and not measured.
    """

    floor_m: float = Field(gt=0)
    share: float = Field(ge=0)
    relief_radius_m: float = Field(gt=0)
    source: str = Field(min_length=1)
    assumed: bool = False


class TerrainNotes(_Section):
    """How far the terrain can be trusted.

    Parameters
    ----------
    resolution_arcsec
        Cell of the terrain [arc-seconds].
    error_sigma_m
        Standard deviation of its elevation error over the whole country [m].
    error_by_relief
        How the error grows with relief; None takes `error_sigma_m` everywhere.
    correlation_length_m
        Distance over which the error stays alike [m].
    false_clear_pct
        Height of the masts [m] to the share [%] of links that such terrain calls clear and finer terrain blocks.
    source
        Where the terrain is from.
    false_clear_source
        Where `false_clear_pct` was measured.
    """

    resolution_arcsec: float = Field(gt=0)
    error_sigma_m: Value
    error_by_relief: ErrorLaw | None = None
    correlation_length_m: Value
    false_clear_pct: dict[float, float]
    false_clear_source: str = Field(min_length=1)
    source: str = Field(min_length=1)

    @field_validator("error_sigma_m", "correlation_length_m")
    @classmethod
    def _positive(cls, value: Value) -> Value:
        if value.value <= 0:
            raise ValueError(f"is {value.value:g} and must be more than 0")
        return value

    @property
    def screening_only(self) -> bool:
        """Whether the ground is too coarse to promise any single link on it: cells of more than `SCREENING_ARCSEC`."""
        return self.resolution_arcsec > SCREENING_ARCSEC

    @field_validator("false_clear_pct")
    @classmethod
    def _shares(cls, value: dict[float, float]) -> dict[float, float]:
        for height, share in value.items():
            if not (height > 0 and 0 <= share <= 100):
                raise ValueError("maps mast heights above 0 m to percentages from 0 to 100")
        return dict(sorted(value.items()))


class SurfaceNotes(_Section):
    """What the rasters of `surface` hold: what stands on the ground.

    Parameters
    ----------
    kind
        "classes", "heights" or "model", as `alcance.terrain.Cover` reads them.
    heights_m
        Height of each class [m]; for "classes" alone.
    nodata_m
        Height of what stands where a raster has no data [m]; where absent, such a cell in a path is an error.
    source
        Where the rasters, and the heights of their classes, are from.
    assumed
        Whether the heights are assumed; `source` then gives the reason.
    """

    kind: str
    heights_m: dict[int, float] = {}
    nodata_m: float | None = None
    source: str = Field(min_length=1)
    assumed: bool = False

    @model_validator(mode="after")
    def _sound(self) -> SurfaceNotes:
        faults = height_faults(self.kind, self.heights_m, self.nodata_m)
        if faults:
            raise ValueError("; ".join(faults))
        return self


class Source(_Section):
    """A source of the pack's data with its licence."""

    name: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    publisher: str | None = None
    url: str | None = None
    vintage: str | None = None
    tables: tuple[str, ...] = ()


class FileEntry(_Section):
    """Where a table lies when its file is not named after it."""

    path: str
    layer: str | None = None


class Meta(_Section):
    """The description of a pack.

    Parameters
    ----------
    format
        Version of the pack format; 1.
    name, title
        Short name of the pack, and the name that people read.
    language, languages
        Language of the reports, and all in which they are wanted.
    currency, minor_per_unit
        ISO 4217 code, and how many of its smallest units make one.
    metric_crs
        Projected reference system in metres in which lengths are true enough.
    admin_levels
        Names of the administrative levels; the first is level 1.
    vintage
        Of when the data are.
    bounds
        West, south, east, north [deg] within which sites and localities must lie.
    identifiers
        Column ("localities.locality_id") to the identifier scheme that its keys follow.
    surface
        What stands on the ground; None where the pack knows only bare ground.
    notes
        Sentences that every report on this pack must show, such as what is assumed; each is a map from language to
        text and has every language of the pack.
    files
        Tables whose file is not named after them.
    """

    format: int = Field(ge=1, le=1)
    name: str = Field(pattern=NAME_PATTERN)
    title: str = Field(min_length=1)
    language: str = Field(pattern=LANGUAGE_PATTERN)
    languages: tuple[Annotated[str, Field(pattern=LANGUAGE_PATTERN)], ...]
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    minor_per_unit: int = Field(default=100, ge=1)
    metric_crs: str
    admin_levels: tuple[str, ...] = Field(min_length=1)
    vintage: str = Field(min_length=1)
    bounds: tuple[float, float, float, float]
    notes: tuple[dict[str, str], ...] = ()
    identifiers: dict[str, str] = {}
    radio: Radio
    terrain: TerrainNotes
    surface: SurfaceNotes | None = None
    sources: tuple[Source, ...] = Field(min_length=1)
    files: dict[str, FileEntry] = {}

    @property
    def identifier_schemes(self) -> tuple[str, ...]:
        """The identifier schemes that the pack names, sorted."""
        return tuple(sorted(set(self.identifiers.values())))

    @model_validator(mode="after")
    def _speaks(self) -> Meta:
        if self.language not in self.languages:
            raise ValueError(f"language {self.language!r} is not among languages {list(self.languages)}")
        for note in self.notes:
            if sorted(note) != sorted(self.languages):
                raise ValueError(
                    f"each of notes needs a text in {', '.join(self.languages)}; one has {', '.join(note)}"
                )
        return self

    @field_validator("files", mode="before")
    @classmethod
    def _short_files(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: {"path": entry} if isinstance(entry, str) else entry for key, entry in value.items()}
        return value

    @field_validator("bounds", mode="before")
    @classmethod
    def _bounds(cls, value: Any) -> Any:
        right = "must be [west, south, east, north] in degrees, with west < east and south < north"
        numbers = isinstance(value, list) and len(value) == 4 and all(isinstance(edge, int | float) for edge in value)
        if not numbers or not (-180 <= value[0] < value[2] <= 180 and -90 <= value[1] < value[3] <= 90):
            raise ValueError(right)
        return value

    @field_validator("metric_crs")
    @classmethod
    def _projected(cls, value: str) -> str:
        import pyproj

        try:
            crs = pyproj.CRS.from_user_input(value)
        except pyproj.exceptions.CRSError as error:
            raise ValueError("is not a coordinate reference system; write one like 'EPSG:32614'") from error
        if not crs.is_projected or crs.axis_info[0].unit_name not in {"metre", "meter"}:
            raise ValueError("must be a projected reference system in metres, like 'EPSG:32614'")
        return value

    @field_validator("identifiers")
    @classmethod
    def _known_schemes(cls, value: dict[str, str]) -> dict[str, str]:
        for column, scheme in value.items():
            if scheme not in SCHEMES:
                raise ValueError(f"{column} names the scheme {scheme!r}; known are {', '.join(sorted(SCHEMES))}")
        return value


def read_meta(folder: Path, found: Collector) -> Meta | None:
    """Read pack.toml; every mistake in it is added to `found`, and None is returned if there is one."""
    path = folder / FILE
    if not path.is_file():
        found.add(FILE, "is missing; a pack is a folder with a pack.toml in it", value=folder.name)
        return None
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        found.add(FILE, f"cannot be read: {error}; save it as UTF-8 text")
        return None
    except tomllib.TOMLDecodeError as error:
        found.add(FILE, f"is not valid TOML: {error}")
        return None
    head = content.pop("pack", None)
    if not isinstance(head, dict):
        found.add(FILE, "has no section [pack]")
        return None
    try:
        return Meta.model_validate({**head, **content})
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            place = [str(part) for part in detail["loc"]]
            if place and place[0] not in SECTIONS:
                place.insert(0, "pack")
            given = detail.get("input", "")
            shown = "" if isinstance(given, dict) else given
            found.add(FILE, _said(detail), column=".".join(place) or "[pack]", value=shown)
        return None


def _said(detail: Any) -> str:
    """A pydantic message in the words of the other problems."""
    kind, message = str(detail["type"]), str(detail["msg"])
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return "is not a name that pack.toml knows"
    return message.removeprefix("Value error, ")
