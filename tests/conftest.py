"""What several rooms' tests share: the invented pack, and a plan of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

# The first call of a kernel compiles it, which no deadline foresees; the same examples on every machine.
settings.register_profile("alcance", deadline=None, derandomize=True)
settings.load_profile("alcance")

DATA = Path(__file__).parent / "data"
BUNDLED_PACK = Path(__file__).parent.parent / "packs" / "oaxaca"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
SOFTWARE_GL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")


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


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The one driver of browsers of this process; its loop runs in this thread until the last test."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium lies."""
    found = next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("pages are tested in Chromium, and none is installed: on Debian, `apt install chromium`")
    return found


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """Chromium, drawing maps in software as a machine without a graphics card does."""
    started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", *SOFTWARE_GL])
    yield started
    started.close()
