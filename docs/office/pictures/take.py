"""Take the pictures of the office's pages that the documentation shows, from an example that is being served.

    alcance office demo --password 'a long pass phrase' --out DIR
    python docs/office/pictures/take.py http://127.0.0.1:8000 'a long pass phrase'

It needs playwright and a chromium. What is shown depends on the example; its numbers change with the day it is made.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Page

HERE = Path(__file__).parent
SIZE = {"width": 1200, "height": 900}
SOFTWARE_GL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
# Whose pages: email (nobody for the public), then the name of each picture and its address.
PAGES = {
    "": {
        "home": "/",
        "site": "/sites/1/",
        "map": "/map/",
        "progress": "/progress/",
        "mexico_conectado": "/progress/mexico-conectado/",
    },
    "ministerio@example.org": {"nominations": "/nominations/", "lot": "/lots/oax-01/", "import": "/imports/1/"},
}


def main(address: str, password: str) -> None:
    """Write every picture, in as few colours as it needs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", *SOFTWARE_GL]
        )
        for email, pages in PAGES.items():
            page = browser.new_context(viewport=SIZE, locale="es-MX").new_page()
            if email:
                log_in(page, address, email, password)
            for name, path in pages.items():
                # Pictures are fetched only when the page is seen.
                page.goto(address + path, wait_until="networkidle")
                if name == "map":
                    page.wait_for_selector("#map-canvas[data-ready=true]", timeout=60_000)
                taken = Image.open(io.BytesIO(page.screenshot()))
                taken.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(HERE / f"{name}.png", optimize=True)


def log_in(page: Page, address: str, email: str, password: str) -> None:
    """Log in as somebody of the example."""
    page.goto(f"{address}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.click("main form button")
    page.wait_for_url(lambda url: "/login" not in url)


if __name__ == "__main__":
    main(*sys.argv[1:])
