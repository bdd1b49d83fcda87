"""Small bar charts as PNG, for mail: mail programs show no SVG. Drawn by hand, from the standard library alone.

The format: PNG (Third Edition), W3C 2025, colour type 3 (palette), bit depth 8, filter 0.
"""

import struct
import zlib
from collections.abc import Sequence

WHITE, LINE, FILL, PALE = 0, 1, 2, 3
# The light theme's surface, line, loss fill and neutral fill.
PALETTE = ((255, 255, 255), (226, 230, 235), (217, 87, 27), (170, 178, 191))


class Canvas:
    """Pixels of the palette, from the top left."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.rows = [bytearray(width) for _ in range(height)]

    def fill(self, left: int, top: int, width: int, height: int, colour: int) -> None:
        """A rectangle; what lies outside is cut off."""
        first, last = max(0, left), min(self.width, left + width)
        for row in self.rows[max(0, top) : min(self.height, top + height)]:
            row[first:last] = bytes([colour]) * max(0, last - first)

    def png(self) -> bytes:
        lines = b"".join(b"\x00" + bytes(row) for row in self.rows)
        head = struct.pack(">IIBBBBB", self.width, self.height, 8, 3, 0, 0, 0)
        parts = (
            (b"IHDR", head),
            (b"PLTE", b"".join(bytes(colour) for colour in PALETTE)),
            (b"IDAT", zlib.compress(lines, 9)),
            (b"IEND", b""),
        )
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def columns(values: Sequence[int], *, pale: int, width: int = 560, height: int = 120) -> bytes:
    """A column a value, from zero, on a base line; the last ones pale while their months are still told.

    Negative values have no column: a loss is never below zero.
    """
    canvas = Canvas(width, height)
    base, top = height - 2, max([*values, 1])
    canvas.fill(0, base, width, 1, LINE)
    step = width / max(1, len(values))
    for index, value in enumerate(values):
        tall = max(0, value) * (base - 4) // top
        colour = PALE if index >= len(values) - pale else FILL
        canvas.fill(round(index * step + step * 0.15), base - tall, round(step * 0.7), tall, colour)
    return canvas.png()
