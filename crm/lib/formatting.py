"""Numbers, money, days and spans as the reader's language writes them. Plain text, no HTML.

Cents are integers in hundredths of the currency, ratios are parts of one. None is "—".
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

from django.utils.translation import gettext, ngettext, pgettext

from crm.lib.locales import NBSP, SYMBOLS, Locale, active_locale
from crm.lib.money import cents_to_amount

UNKNOWN = "—"
MINUS = "−"

Number = int | float | Decimal | Fraction
# Of what is neither good nor bad by itself, such as what was spent, no change is.
Better = Literal["up", "down", "neither"]
Tone = Literal["good", "bad", "flat"]


@dataclass(frozen=True)
class Change:
    """A movement in words: `arrow` is up, down or empty, `tone` whether it is welcome."""

    text: str
    arrow: Literal["up", "down", ""]
    tone: Tone


def number(value: Number | None, places: int | None = None) -> str:
    """`places` fixes the decimals; without it the value keeps those it has."""
    if value is None:
        return UNKNOWN
    return _signed(_exact(value), lambda size: _grouped(size, places, active_locale()))


def money(cents: int | None, currency: str, minor: bool = False) -> str:
    """The whole amount; minor units only where `minor` asks, which documents do."""
    if cents is None:
        return UNKNOWN
    return amount(cents_to_amount(cents), currency, 2 if minor else 0)


def amount(value: Decimal | None, currency: str, places: int = 0) -> str:
    """An amount in its own currency, in major units."""
    if value is None:
        return UNKNOWN
    locale = active_locale()
    return _signed(
        _rounded(value, places),
        lambda size: _with_symbol(_grouped(size, places, locale), currency, locale),
    )


def amount_exact(value: Decimal | None, currency: str) -> str:
    """To the cent, and further where it goes further, as the price of one may."""
    if value is None:
        return UNKNOWN
    exponent = value.normalize().as_tuple().exponent
    return amount(value, currency, max(2, -exponent if isinstance(exponent, int) else 2))


def money_short(cents: int | None, currency: str) -> str:
    """At least three significant digits with m or k: ₴18.07m, ₴6.94m, ₴123m, ₴570k, ₴5,730."""
    if cents is None:
        return UNKNOWN
    locale = active_locale()
    return _signed(
        cents_to_amount(cents),
        lambda size: _with_symbol(_shortened(size, locale), currency, locale),
    )


def adds_up(parts: Iterable[int], whole: int, *, short: bool = False) -> bool:
    """Whether amounts as they are shown, in full units or `short`, come to the sum that is shown of them."""
    step = _short_step(whole) if short else Decimal(1)
    shown = sum((_shown(cents, short) for cents in parts), Decimal(0))
    return _in_steps(shown, step) == _in_steps(_shown(whole, short), step)


def _shown(cents: int, short: bool) -> Decimal:
    """The amount that the reader reads."""
    return _in_steps(cents_to_amount(cents), _short_step(cents) if short else Decimal(1))


def _in_steps(value: Decimal, step: Decimal) -> Decimal:
    return _rounded(value / step, 0) * step


def _short_step(cents: int) -> Decimal:
    """The last digit that `money_short` writes."""
    size = abs(cents_to_amount(cents))
    if _rounded(size, 0) < 10_000:
        return Decimal(1)
    if _rounded(size / 1000, 0) < 1000:
        return Decimal(100) if _rounded(size / 1000, 1) < 100 else Decimal(1000)
    return Decimal(10_000) if _rounded(size / 1_000_000, 2) < 100 else Decimal(1_000_000)


def rounded_note() -> str:
    """What stands beside amounts that do not come to the sum shown of them (ux.md section 7)."""
    return gettext("Amounts are rounded; their sum is exact.")


def money_range(low_cents: int | None, high_cents: int | None) -> str:
    """Both ends in the unit of the higher, which stands once: 6.5 – 7.3m."""
    if low_cents is None or high_cents is None:
        return UNKNOWN
    locale = active_locale()
    low, high = cents_to_amount(low_cents), cents_to_amount(high_cents)
    scale, places, unit = _range_unit(max(abs(low), abs(high)), locale)
    ends = [
        _signed(_rounded(end / scale, places), lambda size: _grouped(size, places, locale))
        for end in (low, high)
    ]
    return f"{ends[0]}{NBSP}–{NBSP}{ends[1]}{unit}"


@dataclass(frozen=True)
class MoneyAxis:
    """`unit` stands once in the subtitle of a chart; `write` writes ticks of cents without it."""

    unit: str
    cents: int

    def write(self, ticks: Sequence[Number]) -> list[str]:
        return axis_numbers([Fraction(tick) / self.cents for tick in ticks])

    def short(self, cents: int) -> str:
        """A value beside the axis, in its unit; of single hryvnias, dollars … whole ones."""
        return number(Fraction(cents, self.cents), 2 if self.cents > 100 else 0)

    def adds_up(self, parts: Iterable[int], whole: int) -> bool:
        """Whether values beside the axis come to the one shown of their sum."""
        shown = sum(_rounded(Decimal(cents) / self.cents, 2) for cents in parts)
        return shown == _rounded(Decimal(whole) / self.cents, 2)

    def at_bar(self, cents: int) -> str:
        """A value at its bar: as many digits as tell it apart, nothing at a bar that is not there."""
        value = Fraction(cents, self.cents)
        return number(value, 0 if value >= 100 else 1 if value >= 10 else 2) if cents else ""


def money_axis(top_cents: Number, currency: str) -> MoneyAxis:
    """The unit that suits an axis reaching to `top_cents`: ₴m, ₴k or ₴."""
    locale = active_locale()
    if top_cents >= 100_000_000:
        unit, scale = locale.million, 100_000_000
    elif top_cents >= 1_000_000:
        unit, scale = locale.thousand, 100_000
    else:
        unit, scale = "", 100
    return MoneyAxis(_with_symbol(unit.strip(), currency, locale).strip(), scale)


def axis_numbers(ticks: Sequence[Number]) -> list[str]:
    """Ticks with as many decimals as the finest of them needs: 0.0, 0.5, 1.0."""
    exact = [_exact(tick).normalize() for tick in ticks]
    places = max((-int(tick.as_tuple().exponent) for tick in exact), default=0)
    return [number(tick, max(places, 0)) for tick in exact]


def axis_percents(ticks: Sequence[Number]) -> list[str]:
    return [percent(tick) for tick in ticks]


def percent(ratio: Number | None, places: int | None = None) -> str:
    """0.075 is 7.5%; without `places` at most one decimal, and none where it would be 0."""
    if ratio is None:
        return UNKNOWN
    share = _rounded(_exact(ratio) * 100, 1 if places is None else places)
    if places is None and share == share.to_integral_value():
        places = 0
    return _signed(share, lambda size: _grouped(size, places, active_locale()) + "%")


def change(now: Number | None, before: Number | None, better: Better) -> Change:
    """How much more or less, in percent of before; from nothing it is "new"."""
    if now is None or before is None:
        return Change(UNKNOWN, "", "flat")
    if not before:
        return Change(gettext("new"), "up", _tone(1, better)) if now else _unchanged()
    ratio = (_exact(now) - _exact(before)) / abs(_exact(before))
    places = 2 if abs(ratio) >= Decimal("0.0095") else 3
    ratio = _rounded(ratio, places)
    return _moved(ratio, percent(abs(ratio), places - 2), better)


def points(now: Number | None, before: Number | None, better: Better) -> Change:
    """How two ratios differ, in percentage points."""
    if now is None or before is None:
        return Change(UNKNOWN, "", "flat")
    difference = _rounded((_exact(now) - _exact(before)) * 100, 1)
    size = abs(difference)
    if size == size.to_integral_value():
        text = ngettext("%(size)s point", "%(size)s points", int(size))
        return _moved(difference, text % {"size": number(size, 0)}, better)
    text = pgettext("a part of a point, such as 1.3", "%(size)s points")
    return _moved(difference, text % {"size": number(size, 1)}, better)


def minutes(total: int | None) -> str:
    """A span: 108 is 1 h 48 min."""
    if total is None:
        return UNKNOWN
    locale = active_locale()
    hours, rest = divmod(abs(total), 60)
    parts = [f"{_grouped(Decimal(hours), 0, locale)}{NBSP}{locale.hour}"] if hours else []
    if rest or not hours:
        parts.append(f"{rest}{NBSP}{locale.minute}")
    return (MINUS if total < 0 else "") + NBSP.join(parts)


def day(value: date | None) -> str:
    """22 Nov 2026, 22 лист. 2026."""
    if value is None:
        return UNKNOWN
    return f"{day_of_year(value)}{NBSP}{value.year}"


def day_of_year(value: date) -> str:
    """The day without its year, where the year is plain from around it: 22 Nov."""
    return f"{value.day}{NBSP}{active_locale().months_short[value.month - 1]}"


def weekday(value: date) -> str:
    """Wed 25 Nov."""
    return f"{active_locale().weekdays_short[value.weekday()]}{NBSP}{day_of_year(value)}"


def day_long(value: date) -> str:
    """Monday, 23 November 2026."""
    locale = active_locale()
    name = locale.months[value.month - 1]
    return f"{locale.weekdays[value.weekday()]}, {value.day}{NBSP}{name}{NBSP}{value.year}"


def month(value: date) -> str:
    """November 2026."""
    return f"{active_locale().months_alone[value.month - 1]} {value.year}"


def month_axis(value: date) -> str:
    """Under a column: Nov."""
    return active_locale().months_axis[value.month - 1]


def _exact(value: Number) -> Decimal:
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / value.denominator
    return Decimal(str(value)) if isinstance(value, float) else Decimal(value)


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _signed(value: Decimal, write: Callable[[Decimal], str]) -> str:
    text = write(abs(value))
    return MINUS + text if value < 0 and any(digit in text for digit in "123456789") else text


def _grouped(size: Decimal, places: int | None, locale: Locale) -> str:
    digits = f"{size if places is None else _rounded(size, places):,f}"
    whole, _, part = digits.partition(".")
    whole = whole.replace(",", locale.group)
    return f"{whole}{locale.decimal}{part}" if part else whole


def _with_symbol(text: str, currency: str, locale: Locale) -> str:
    symbol = SYMBOLS.get(currency, currency)
    if not locale.symbol_first:
        return f"{text}{NBSP}{symbol}"
    # a symbol made of letters alone ("PLN 500") would run into the digits
    return f"{symbol}{NBSP if symbol.isalpha() else ''}{text}"


def _shortened(size: Decimal, locale: Locale) -> str:
    if _rounded(size, 0) < 10_000:
        return _grouped(size, 0, locale)
    if _rounded(size / 1000, 0) < 1000:
        thousands = size / 1000
        return _grouped(thousands, 1 if _rounded(thousands, 1) < 100 else 0, locale) + (
            locale.thousand
        )
    millions = size / 1_000_000
    return _grouped(millions, 2 if _rounded(millions, 2) < 100 else 0, locale) + locale.million


def _range_unit(size: Decimal, locale: Locale) -> tuple[Decimal, int, str]:
    if _rounded(size / 1000, 0) >= 1000:
        return Decimal(1_000_000), 1, locale.million
    if _rounded(size, 0) >= 10_000:
        return Decimal(1000), 0, locale.thousand
    return Decimal(1), 0, ""


def _moved(difference: Decimal, text: str, better: Better) -> Change:
    if not difference:
        return _unchanged()
    return Change(text, "up" if difference > 0 else "down", _tone(difference, better))


def _unchanged() -> Change:
    return Change(gettext("no change"), "", "flat")


def _tone(difference: Number, better: Better) -> Tone:
    if better == "neither":
        return "flat"
    return "good" if (difference > 0) == (better == "up") else "bad"
