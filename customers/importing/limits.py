"""How large a file and its parts may be, and what a file that cannot be read says."""

from typing import Any

from crm.lib.parsing.unreadable import printable

FILE_BYTES = 100 * 1024 * 1024
LINE_LETTERS = 1_000_000
CELL_LETTERS = 50_000
COLUMNS = 500
ROWS = 500_000
# of a workbook, which unpacks to many times its size
PARTS = 2_000
SHEET_BYTES = 300 * 1024 * 1024
STRINGS_BYTES = 40 * 1024 * 1024
UNPACKED_TIMES = 200


class BadFile(Exception):
    """A file refused as a whole; the sentence says where and what to do. Nothing of it is stored."""

    def __init__(self, sentence: Any, **params: Any) -> None:
        self.sentence = sentence
        self.params = params
        super().__init__(sentence)

    def __str__(self) -> str:
        params = {k: printable(v) if isinstance(v, str) else v for k, v in self.params.items()}
        return str(self.sentence) % params if params else str(self.sentence)
