"""What may come in as a file: how large, and of which kinds, told by the content and not by the name alone."""

import struct
import zipfile
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

MEGABYTE = 1024 * 1024
LARGEST = 20 * MEGABYTE


class Measured(FileUploadHandler):
    """Drops a file beyond the limit while it comes in, before it fills the disk; the request is told `is_too_large`."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.seen += len(raw_data)
        if self.seen > LARGEST:
            self.request.is_too_large = True  # type: ignore[union-attr]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def _starts(*beginnings: bytes) -> Callable[[BinaryIO], bool]:
    def check(file: BinaryIO) -> bool:
        return file.read(16).startswith(beginnings)

    return check


def _holds(*members: str) -> Callable[[BinaryIO], bool]:
    """A zip of an office program; only its table of contents is read."""

    def check(file: BinaryIO) -> bool:
        try:
            with zipfile.ZipFile(file) as archive:
                return bool(set(members) & set(archive.namelist()))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error):
            return False

    return check


def _is_webp(file: BinaryIO) -> bool:
    head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"WEBP"


def _is_text(file: BinaryIO) -> bool:
    """No control characters but those that lay text out."""
    head = file.read(4096)
    return not any(byte < 32 and byte not in b"\t\n\f\r" for byte in head)


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = _holds("[Content_Types].xml")
_OPEN = _holds("mimetype")
# By the ending of the name: what the content has to look like.
KINDS: Mapping[str, Callable[[BinaryIO], bool]] = {
    "pdf": _starts(b"%PDF-"),
    "png": _starts(b"\x89PNG\r\n\x1a\n"),
    "jpg": _starts(b"\xff\xd8\xff"),
    "jpeg": _starts(b"\xff\xd8\xff"),
    "gif": _starts(b"GIF87a", b"GIF89a"),
    "webp": _is_webp,
    "docx": _OFFICE,
    "xlsx": _OFFICE,
    "pptx": _OFFICE,
    "odt": _OPEN,
    "ods": _OPEN,
    "doc": _starts(_OLE),
    "xls": _starts(_OLE),
    "txt": _is_text,
    "csv": _is_text,
}


def is_as_named(name: str, file: BinaryIO) -> bool:
    """The ending is of a known kind, and the content is of that kind."""
    check = KINDS.get(name.rpartition(".")[2].lower())
    if check is None:
        return False
    file.seek(0)
    fits = check(file)
    file.seek(0)
    return fits


def plain_name(name: str, longest: int) -> str:
    """The name without folders and without characters that print nothing or turn the text round; its ending stays."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(letter for letter in last if letter.isprintable()).strip()
    stem, dot, ending = shown.rpartition(".")
    return f"{stem[: longest - len(ending) - 1]}{dot}{ending}" if dot else shown[:longest]
