"""Pictures of few colours as PNG files: half the size of those of all colours, and the same bytes every time."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alcance.files import whole_file

COLOURS = 96
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def write_png(pixels: NDArray[np.uint8], path: Path, dpi: int, colours: int = COLOURS) -> None:
    """Write a picture in the few colours that come nearest to its own.

    Parameters
    ----------
    pixels
        Rows × columns × red, green, blue.
    path
        File to write; it appears whole or not at all.
    dpi
        Dots per inch that the file names.
    colours
        Most colours to keep, up to 256.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    palette, index = few_colours(pixels, colours)
    rows, cols = index.shape
    per_metre = round(dpi / 0.0254)
    lines = np.zeros((rows, cols + 1), np.uint8)  # each line begins with its filter: none, the best for a palette
    lines[:, 1:] = index
    with whole_file(path) as temporary:
        temporary.write_bytes(
            SIGNATURE
            + _chunk(b"IHDR", struct.pack(">IIBBBBB", cols, rows, 8, 3, 0, 0, 0))
            + _chunk(b"PLTE", palette.tobytes())
            + _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1))
            + _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9))
            + _chunk(b"IEND", b"")
        )


def few_colours(pixels: NDArray[np.uint8], colours: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Reduce a picture to few colours by cutting the box with the widest spread of its colours in two (median cut).

    Returns
    -------
    The colours, k × 3, and the index of each pixel's, rows × columns.
    """
    rows, cols, _ = pixels.shape
    code = (pixels.astype(np.uint32) * np.array([65536, 256, 1], np.uint32)).sum(axis=2, dtype=np.uint32)
    found, inverse, count = np.unique(code.ravel(), return_inverse=True, return_counts=True)
    rgb = np.stack([found >> 16, (found >> 8) & 255, found & 255], axis=1).astype(np.float64)
    boxes = [np.arange(found.size)]
    spreads = [_spread(rgb, count, boxes[0])]
    while len(boxes) < colours and max(spreads) > 0:
        widest = int(np.argmax(spreads))
        box = boxes.pop(widest)
        spreads.pop(widest)
        channel = int(np.argmax(_variance(rgb, count, box)))
        box = box[np.argsort(rgb[box, channel], kind="stable")]
        below = np.cumsum(count[box]) <= count[box].sum() / 2
        cut = min(max(int(below.sum()), 1), box.size - 1)
        for part in (box[:cut], box[cut:]):
            boxes.append(part)
            spreads.append(_spread(rgb, count, part))
    palette = np.array([np.average(rgb[box], axis=0, weights=count[box]) for box in boxes])
    of_colour = np.empty(found.size, np.uint8)
    for number, box in enumerate(boxes):
        of_colour[box] = number
    return np.rint(palette).astype(np.uint8), of_colour[inverse.ravel()].reshape(rows, cols)


def _variance(rgb: NDArray[np.float64], count: NDArray[np.int64], box: NDArray[np.int64]) -> NDArray[np.float64]:
    middle = np.average(rgb[box], axis=0, weights=count[box])
    variance: NDArray[np.float64] = np.average((rgb[box] - middle) ** 2, axis=0, weights=count[box])
    return variance


def _spread(rgb: NDArray[np.float64], count: NDArray[np.int64], box: NDArray[np.int64]) -> float:
    """Error that one colour for the whole box would make, summed over its pixels."""
    if box.size == 1:
        return 0.0
    return float(_variance(rgb, count, box).max() * count[box].sum())


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
