"""Which encoding a text file is in: by its mark, by being valid UTF-8, else by which letters make words."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1251": "Windows-1251",
    "cp1250": "Windows-1250",
    "cp1252": "Windows-1252",
    "koi8-u": "KOI8-U",
    "cp866": "DOS 866",
    "gb18030": "GB 18030",
}
# The letters that make up most of a text in that encoding's languages.
_USUAL = {
    "cp1251": "оаеиінтвсрлкмдупяьюйгбзчїєшхцщжф",
    "koi8-u": "оаеиінтвсрлкмдупяьюйгбзчїєшхцщжф",
    "cp866": "оаеиінтвсрлкмдупяьюйгбзчєшхцщжф",
    "cp1250": "ąćęłńóśźżáčďéěíňřšťúůýžäöüß",
    "cp1252": "éèêëàâäáãåçíîïñóôöõøúùûüßæœ",
}
_CYRILLIC, _LATIN = ("cp1251", "koi8-u", "cp866"), ("cp1252", "cp1250")
_BLOCK = 1 << 20
_SAMPLE = 1 << 16


def detect_encoding(path: Path) -> str:
    """The name of a codec; a file without any letter beyond ASCII is UTF-8."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    unmarked = _unmarked_utf16(head)
    if unmarked:
        return unmarked
    if _is_utf8(path):
        return "utf-8"
    sample = _telling_lines(path)
    # cut off or damaged: reading says on which line, a guess would store nonsense
    return "utf-8" if _is_mostly_utf8(sample) else _most_likely(sample)


def _unmarked_utf16(head: bytes) -> str:
    """UTF-16 without a mark has the NULs of its ASCII signs all at even or all at odd places."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    most = max(even, odd)
    if most < 2 or most * 25 < len(head) or min(even, odd) * 20 > most:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_mostly_utf8(sample: bytes) -> bool:
    """Other encodings hardly ever form its sequences by chance."""
    letters = [letter for letter in sample.decode("utf-8", "replace") if not letter.isascii()]
    bad = letters.count("\ufffd")
    return len(letters) - bad > 4 * bad


def _telling_lines(path: Path) -> bytes:
    """The first lines with letters beyond ASCII."""
    return b"\n".join(_non_ascii_lines(path))[:_SAMPLE]


def _non_ascii_lines(path: Path) -> Iterator[bytes]:
    taken = 0
    with path.open("rb") as file:
        while taken < _SAMPLE and (line := file.readline(_SAMPLE)):
            if not line.isascii():
                taken += len(line)
                yield line


def _most_likely(sample: bytes) -> str:
    if _is_chinese(sample):
        return "gb18030"
    return max(
        _LATIN if _is_latin(sample) else _CYRILLIC, key=lambda name: _plausibility(sample, name)
    )


def _is_latin(sample: bytes) -> bool:
    """Accented letters stand among plain ones, Cyrillic among its own."""
    plain = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
    runs = len(re.findall(rb"[\x80-\xff]+", sample))
    return len(plain.findall(sample)) * 2 > runs


def _is_chinese(sample: bytes) -> bool:
    """Nearly all pairs of bytes stand in the block of the most used characters (GB 2312, level one)."""
    try:
        sample.decode("gb18030")
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4:
            return False
    high = [i for i, byte in enumerate(sample) if byte >= 0x80]
    pairs = usual = i = 0
    while i < len(sample) - 1:
        if sample[i] >= 0x80:
            pairs += 1
            usual += 0xA1 <= sample[i] <= 0xD7 and sample[i + 1] >= 0xA1
            i += 1
        i += 1
    return bool(high) and usual * 10 >= pairs * 9


def _plausibility(sample: bytes, encoding: str) -> float:
    """How many of the letters beyond ASCII are usual ones in small; capitals and symbols tell against."""
    score = 0.0
    usual = set(_USUAL[encoding])
    for letter in sample.decode(encoding, "replace"):
        if letter.isascii():
            continue
        if letter in usual:
            score += 1
        elif letter.lower() in usual:
            score += 0.3
        elif letter in "«»„“”’–—№₴€ \u00a0":
            score += 0.1
        else:
            score -= 1
    return score
