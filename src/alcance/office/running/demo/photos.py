"""Photos of the example: drawn, never taken, and they say so."""

from __future__ import annotations

import hashlib
import io

from PIL import Image, ImageDraw

WIDTH_PX, HEIGHT_PX = 480, 360


def drawn_photo(key: str, words: str) -> io.BytesIO:
    """A picture of a mast on a hill for a site's key: the same for the same key and words."""
    seed = hashlib.sha256(f"{key} {words}".encode()).digest()
    sky = (150 + seed[0] % 70, 190 + seed[1] % 40, 225 + seed[2] % 30)
    ground = (90 + seed[3] % 60, 110 + seed[4] % 50, 60 + seed[5] % 40)
    picture = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), sky)
    pen = ImageDraw.Draw(picture)
    ridge = [(0, 220 + seed[6] % 60), (160 + seed[7] % 80, 150 + seed[8] % 60), (WIDTH_PX, 210 + seed[9] % 70)]
    pen.polygon([*ridge, (WIDTH_PX, HEIGHT_PX), (0, HEIGHT_PX)], fill=ground)
    mast, top = 150 + seed[10] % 180, 60 + seed[11] % 60
    pen.rectangle((mast - 3, top, mast + 3, 300), fill=(70, 74, 80))
    pen.ellipse((mast + 3, top + 12, mast + 31, top + 40), fill=(235, 235, 235), outline=(120, 120, 120))
    pen.rectangle((mast - 60, 250, mast + 60, 320), fill=(236, 226, 205), outline=(120, 100, 80))
    pen.rectangle((mast - 12, 280, mast + 12, 320), fill=(110, 80, 60))
    pen.text((12, HEIGHT_PX - 22), f"{key} · {words} · ilustrativa", fill=(255, 255, 255))
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    out.seek(0)
    return out
