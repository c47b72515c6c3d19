"""What several rooms' tests share: the invented pack, and a plan of it."""

from __future__ import annotations

from pathlib import Path

import pytest

DATA = Path(__file__).parent / "data"
BUNDLED_PACK = Path(__file__).parent.parent / "packs" / "oaxaca"


@pytest.fixture(scope="session")
def tiny_pack() -> Path:
    """An invented district on real terrain, with every table; it plans in a second."""
    return DATA / "tiny_pack"


@pytest.fixture(scope="session")
def bundled_pack() -> Path:
    """The pack that is delivered with the program."""
    return BUNDLED_PACK


@pytest.fixture(scope="session")
def tiny_plan(tiny_pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan folder of the tiny pack with dear satellites and cheap sectors, so that every technology is in it."""
    from alcance.pack import read_pack
    from alcance.plan import Scenario, make_plan, write_plan

    folder = tmp_path_factory.mktemp("plan") / "tiny"
    scenario = Scenario({"satellite_terminal": 3.0, "sector": 0.3, "client": 0.3})
    write_plan(make_plan(read_pack(tiny_pack), scenario=scenario), folder)
    return folder
