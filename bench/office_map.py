"""What the map costs: making its tiles, and the time until a browser that draws in software has the whole country.

DJANGO_SETTINGS_MODULE=... ALCANCE_OFFICE_DIR=DIR python -m bench.office_map [--url http://127.0.0.1:8000]

The office must have been filled (`bench.office_fill`); with `--url` it must be served there.
"""

from __future__ import annotations

import argparse
import resource
import time
from typing import Any

CHROMIUM = "/usr/bin/chromium"
SOFTWARE = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
LIBRARY = ("maplibre",)
# A browser's start varies by some tenths of a second.
TIMES = 5


def build() -> dict[str, Any]:
    """Make the tiles; wall and CPU seconds, peak memory and size."""
    import django

    django.setup()
    from django.utils import timezone

    from alcance.office.public.map.current import make

    wall, cpu = time.perf_counter(), time.process_time()
    made = make(timezone.now())
    return {
        "sites": made.sites, "tiles": made.tiles, "wall_s": round(time.perf_counter() - wall, 1),
        "cpu_s": round(time.process_time() - cpu, 1), "size_mb": round(made.bytes / 1e6, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }  # fmt: skip


def first_view(url: str, times: int = TIMES) -> dict[str, Any]:
    """Open the map some times, each in a browser of its own; the view that took the middling time, and all times."""
    views = sorted((_view(url) for _ in range(times)), key=lambda view: view["idle_s"])
    return {**views[times // 2], "all_s": [view["idle_s"] for view in views]}


def _view(url: str) -> dict[str, Any]:
    """Open the map; seconds until it is idle, and bytes with and without the library."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SOFTWARE))
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        finished: list[Any] = []
        page.on("requestfinished", lambda asked: finished.append(asked))  # noqa: PLW0108
        began = time.perf_counter()
        page.goto(f"{url}/map/")
        page.wait_for_selector("#map-canvas[data-ready=true]", timeout=120_000)
        seconds = time.perf_counter() - began
        sizes = {f"{one.url} {one.headers.get('range')}": max(0, one.sizes()["responseBodySize"]) for one in finished}
        browser.close()
    library = sum(size for name, size in sizes.items() if any(part in name for part in LIBRARY))
    return {
        "idle_s": round(seconds, 2),
        "kb": round((sum(sizes.values()) - library) / 1000),
        "library_kb": round(library / 1000),
    }


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url")
    asked = parser.parse_args()
    print("tiles", build())
    if asked.url:
        print("first view", first_view(asked.url))


if __name__ == "__main__":
    main()
