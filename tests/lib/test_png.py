"""The charts of mails are PNG files with the columns they should have."""

import struct
import zlib

from crm.lib.png import FILL, LINE, PALE, WHITE, columns


def pixels(png: bytes) -> list[bytes]:
    """The rows of palette indices, read back by the format's rules; every checksum is checked."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, data, size = 8, b"", (0, 0)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (check,) = struct.unpack(">I", png[at + 8 + length : at + 12 + length])
        assert check == zlib.crc32(kind + body)
        if kind == b"IHDR":
            size = struct.unpack(">II", body[:8])
            assert body[8:] == bytes([8, 3, 0, 0, 0])
        data += body if kind == b"IDAT" else b""
        at += 12 + length
    assert png.endswith(b"IEND" + struct.pack(">I", zlib.crc32(b"IEND")))
    lines = zlib.decompress(data)
    width, height = size
    rows = [lines[n * (width + 1) : (n + 1) * (width + 1)] for n in range(height)]
    assert {row[0] for row in rows} == {0}
    return [row[1:] for row in rows]


def tall(rows: list[bytes], left: int, colour: int) -> int:
    return sum(row[left] == colour for row in rows)


def test_columns_are_drawn_to_scale_and_the_running_month_is_pale() -> None:
    rows = pixels(columns([100, 50, 0, -5, 25], pale=1, width=500, height=102))
    # 96 pixels are the largest value; each column stands in the middle of its 100 pixels
    assert [tall(rows, 50 + 100 * n, FILL) for n in range(5)] == [96, 48, 0, 0, 0]
    assert tall(rows, 450, PALE) == 24
    assert rows[100] == bytes([LINE]) * 500
    assert rows[0] == bytes([WHITE]) * 500


def test_nothing_to_show_is_a_base_line() -> None:
    rows = pixels(columns([], pale=0, width=10, height=8))
    assert {bytes(row) for row in rows} == {bytes([WHITE]) * 10, bytes([LINE]) * 10}
    assert all(0 not in row for row in pixels(columns([0, 0], pale=0))[118:119])
