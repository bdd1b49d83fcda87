"""Amounts: "1 204 500,00", "₴12,500", "1.2m", "(300)", "25 тис. грн"."""

import re
import unicodedata
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from crm.lib.formatting import number
from crm.lib.locales import SYMBOLS, active_locale
from crm.lib.money import AMOUNT_DIGITS, AMOUNT_PLACES
from crm.lib.parsing.unreadable import Unreadable

_SCALES = {
    **dict.fromkeys(["k", "к", "т", "тис", "тыс", "thousand"], Decimal(1000)),
    **dict.fromkeys(["m", "м", "mn", "mio", "млн", "million"], Decimal(1_000_000)),
    **dict.fromkeys(["b", "bn", "млрд", "billion"], Decimal(1_000_000_000)),
    "万": Decimal(10_000),
}
_UNITS = [*SYMBOLS, *SYMBOLS.values(), "¥", "元", "грн", "гривень", "zl", "руб"]
_UNIT = re.compile(
    rf"(?:{'|'.join(re.escape(u.casefold()) for u in sorted(_UNITS, key=len, reverse=True))})\.?"
)
_SCALE = re.compile(
    rf"(?P<figure>[\d.,' ]*\d)\s*(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})\.?"
)
_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-", "’": "'", "ʼ": "'", "٬": "'"})
_GROUPS = {
    mark: re.compile(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+") for mark in (",", ".", "'", " ")
}


def parse_amount(text: str, *, decimal: str = "") -> Decimal:
    """The amount that was typed, exactly; raises `Unreadable`.

    `decimal` is the decimal sign of the whole file or form where that is known. Where it is not, one sign
    with three digits after it is doubtful ("12,500") unless the reader's language groups digits with it.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).translate(_MINUS).casefold().split())
    plain = _UNIT.sub(" ", plain, count=1).strip()
    sign, plain = _sign(plain)
    scale = _SCALE.fullmatch(plain)
    figure = scale["figure"] if scale else plain
    value = _figure(figure.strip(), decimal, text) * (_SCALES[scale["scale"]] if scale else 1)
    if len(value.as_tuple().digits) > AMOUNT_DIGITS or abs(value) >= 10**12:
        raise Unreadable(
            _("“%(typed)s” is too large. An amount has at most 12 digits."), typed=text
        )
    if value != round(value, AMOUNT_PLACES):
        raise Unreadable(_("“%(typed)s” has too many digits after the point."), typed=text)
    return sign * value


def _sign(text: str) -> tuple[int, str]:
    if text.startswith("(") and text.endswith(")"):
        return -1, text[1:-1].strip()
    if text.endswith("-"):
        return -1, text[:-1].strip()
    if text.startswith("-"):
        return -1, text[1:].strip()
    return 1, text.removeprefix("+").strip()


def _figure(text: str, decimal: str, typed: str) -> Decimal:
    if not re.fullmatch(r"\d[\d.,' ]*|[.,]\d+", text):
        raise Unreadable(
            _("“%(typed)s” is not an amount. Write it like %(like)s."), typed=typed, like=_like()
        )
    mark = decimal or _decimal_mark(text, typed)
    whole, found, part = text.rpartition(mark) if mark and mark in text else (text, "", "")
    if (found and not part.isdecimal()) or not _grouped_well(whole, mark):
        raise Unreadable(
            _("“%(typed)s” is not an amount. Write it like %(like)s."), typed=typed, like=_like()
        )
    digits = re.sub(r"\D", "", whole) or "0"
    return Decimal(f"{digits}.{part}") if part else Decimal(digits)


def _decimal_mark(text: str, typed: str) -> str:
    """The decimal sign of one figure; empty if it has none."""
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    mark = "," if comma >= 0 else "." if point >= 0 else ""
    if not mark or text.count(mark) > 1:
        return ""
    whole, _found, part = text.partition(mark)
    if len(part) != 3 or not 1 <= len(whole) <= 3 or not whole.isdecimal() or int(whole) == 0:
        return mark
    if mark == active_locale().group:
        return ""
    as_part, as_whole = Decimal(f"{whole}.{part}"), Decimal(whole + part)
    raise Unreadable(
        _("%(small)s or %(large)s? Write which."),
        doubtful=True,
        small=number(as_part, 3),
        large=number(as_whole),
    )


def _grouped_well(whole: str, decimal: str) -> bool:
    """Digits alone, or in threes parted by one and the same sign."""
    if whole == "" or whole.isdecimal():
        return True
    return any(
        mark != decimal and pattern.fullmatch(whole) is not None
        for mark, pattern in _GROUPS.items()
    )


def _like() -> str:
    return number(Decimal("1204.5"), 2)
