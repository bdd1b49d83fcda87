"""What a workbook unpacks to, looked at in blocks before its reader holds any of it whole."""

import re
import zipfile
from pathlib import Path
from typing import IO

from django.utils.translation import gettext_lazy as _

from customers.importing.limits import (
    BYTES_WITHOUT_TAG,
    OTHER_BYTES,
    PARTS,
    SHEET_BYTES,
    STRINGS_BYTES,
    TAGS,
    UNPACKED_TIMES,
    BadFile,
)

DAMAGED = _("This workbook is damaged. Open it in a spreadsheet program and save it again.")
TOO_LARGE = _("This workbook unpacks to too much data. Save the sheet as CSV.")
_ROW_EDGE = re.compile(rb"</?(?:\w+:)?row\b")


def guard(path: Path) -> None:
    """Raise `BadFile` for an archive that is no workbook or made to fill the memory.

    Sizes are those that the archive declares, which its reader will not exceed.
    """
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if len(parts) > PARTS:
            raise BadFile(TOO_LARGE)
        for part in parts:
            most = 1_000_000 + UNPACKED_TIMES * part.compress_size
            if part.file_size > min(most, _most_bytes(part.filename)):
                raise BadFile(TOO_LARGE)
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as xml:
                    _guard_part(xml, part.filename)


def _most_bytes(name: str) -> int:
    if _is_strings(name):
        return STRINGS_BYTES
    return SHEET_BYTES if _is_sheet(name) or not name.endswith((".xml", ".rels")) else OTHER_BYTES


def _is_strings(name: str) -> bool:
    return "sharedstrings" in name.casefold()


def _is_sheet(name: str) -> bool:
    return "worksheets/" in name.casefold() and name.endswith(".xml")


def _guard_part(xml: IO[bytes], name: str) -> None:
    """No entities, no text without end, and no more tags than a tree of them may hold."""
    tags, is_head = 0, True
    while block := xml.read(BYTES_WITHOUT_TAG):
        if is_head and b"<!DOCTYPE" in block.replace(b"\x00", b"").upper():
            raise BadFile(DAMAGED)
        found = block.count(b"<")
        if not found and len(block) == BYTES_WITHOUT_TAG:
            raise BadFile(TOO_LARGE)
        tags = _tags_of_last_row(block, tags, found) if _is_sheet(name) else tags + found
        if tags > TAGS and not _is_strings(name):
            raise BadFile(TOO_LARGE)
        is_head = False


def _tags_of_last_row(block: bytes, before: int, found: int) -> int:
    """Tags since the last edge of a row: the reader lets go of a row once it has ended."""
    edge = 0
    for match in _ROW_EDGE.finditer(block):
        edge = match.start()
    return block.count(b"<", edge) if edge else before + found
