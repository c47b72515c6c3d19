"""Towers carry radios that serve, and say where these point."""

from __future__ import annotations

from alcance.pack.loaded import Loaded
from alcance.pack.problems import Collector

SERVING = ("sector",)
FULL_TURN_DEG = 360.0


def azimuths(text: str) -> tuple[float, ...]:
    """Where sectors point, from a cell such as "30 150 270".

    Parameters
    ----------
    text
        Degrees clockwise from north, 0 to 360, with blanks or semicolons between.

    Raises
    ------
    ValueError
        A part is no such angle, or there is none.

    Examples
    --------
    >>> azimuths("30 150 270")
    (30.0, 150.0, 270.0)
    """
    angles = tuple(float(part) for part in text.replace(";", " ").split())
    if not angles or not all(0 <= angle <= FULL_TURN_DEG for angle in angles):
        raise ValueError(text)
    return angles


def check_towers(loaded: Loaded, found: Collector) -> None:
    """Each tower's radio is one that serves clients, its azimuths are angles; what has no radio is told."""
    towers, equipment = loaded["towers"], loaded["equipment"]
    if towers.empty:
        return
    name = loaded.names["towers"]
    for row, text in towers["azimuths_deg"].dropna().items():
        try:
            azimuths(str(text))
        except ValueError:
            message = "must be angles from 0 to 360 with blanks between, such as 30 150 270"
            found.add(name, message, row=int(str(row)), column="azimuths_deg", value=text)
    kinds = equipment.drop_duplicates("equipment_id").set_index("equipment_id")["kind"]
    kind = towers["equipment_id"].map(kinds)
    wrong = kind.notna() & ~kind.isin(SERVING)
    found.add_rows(
        name, f"does not serve clients; a tower carries a radio of kind {' or '.join(SERVING)}",
        towers.index[wrong].tolist(), column="equipment_id", values=towers.loc[wrong, "equipment_id"].tolist(),
    )  # fmt: skip
    mute = towers["provider_id"].notna() & towers["equipment_id"].isna()
    if mute.any():
        found.add(
            name, f"{int(mute.sum()):,} towers of providers say no radio; no area of influence can be computed",
            column="equipment_id", severity="warning",
        )  # fmt: skip
