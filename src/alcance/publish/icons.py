"""Small round icons as PNG bytes, drawn here so that no output needs a picture from elsewhere."""

from __future__ import annotations

import struct
import zlib


def disc_png(colour: str, size_px: int = 32, *, square: bool = False) -> bytes:
    """Draw a filled disc (or square) with a white rim on a transparent ground.

    Parameters
    ----------
    colour
        "#rrggbb".
    size_px
        Width and height [px].
    square
        Draw a square instead of a disc.
    """
    import numpy as np

    fill = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64)
    middle = (size_px - 1) / 2
    rows, cols = np.mgrid[0:size_px, 0:size_px]
    across, down = np.abs(cols - middle), np.abs(rows - middle)
    distance = np.maximum(across, down) if square else np.hypot(across, down)
    outer, inner = size_px * 0.46, size_px * 0.36
    cover = np.clip(outer - distance + 0.5, 0, 1)  # half a pixel of blending keeps the edge smooth
    core = np.clip(inner - distance + 0.5, 0, 1)[..., None]
    rgb = core * fill + (1 - core) * 255.0
    pixels = np.concatenate([rgb, cover[..., None] * 255.0], axis=2).round().astype(np.uint8)
    lines = b"".join(b"\0" + row.tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", size_px, size_px, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(lines, 9)) + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
