"""How large a file and its parts may be, and what a file that cannot be read says."""

from typing import Any

from crm.lib.parsing.unreadable import printable

FILE_BYTES = 100 * 1024 * 1024
LINE_LETTERS = 1_000_000
CELL_LETTERS = 50_000
COLUMNS = 500
ROWS = 500_000
# A chunk of rows held at once: this many rows, or fewer that are long.
CHUNK_ROWS, CHUNK_LETTERS = 2_000, 2_000_000
# of a workbook, which unpacks to many times its size
PARTS = 2_000
SHEET_BYTES = 300 * 1024 * 1024
STRINGS_BYTES = 40 * 1024 * 1024
OTHER_BYTES = 16 * 1024 * 1024
UNPACKED_TIMES = 200
# Its reader holds a row of a sheet, and the parts that are no sheet, as a tree: so many tags at most.
TAGS = 400_000
# A cell or an attribute that is longer than this is no text that a spreadsheet keeps.
BYTES_WITHOUT_TAG = 1 << 20


class BadFile(Exception):
    """A file refused as a whole; the sentence says where and what to do. Nothing of it is stored."""

    def __init__(self, sentence: Any, **params: Any) -> None:
        self.sentence = sentence
        self.params = params
        super().__init__(sentence)

    def __str__(self) -> str:
        params = {k: printable(v) if isinstance(v, str) else v for k, v in self.params.items()}
        return str(self.sentence) % params if params else str(self.sentence)
