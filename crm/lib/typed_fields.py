"""Form fields that accept what people type and keep it when it cannot be read (ux.md 11).

The screens and the import share them, so both refuse a value with the same sentence.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.lib.formatting import number
from crm.lib.parsing import Nearest, Unreadable, parse_amount, parse_day, parse_phone
from crm.lib.text import normalise_email


class TypedField(forms.CharField):
    """A text that is read into a value. `reading` raises `Unreadable`; an empty text is `empty`."""

    empty: Any = None

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        if isinstance(value, date | Decimal):
            return value
        text = str(super().to_python(value) or "")
        if not text:
            return self.empty
        try:
            return self.read(text)
        except Unreadable as error:
            code = "doubtful" if error.doubtful else "invalid"
            raise ValidationError(str(error), code=code) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class AmountField(TypedField):
    """An exact amount: "1 204 500,00", "₴12,500", "1.2m". `decimal`: the sign a whole file uses."""

    def __init__(
        self, *, least: Decimal | int | None = None, decimal: str = "", **kwargs: Any
    ) -> None:
        self.least = least
        self.decimal = decimal
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def read(self, text: str) -> Decimal:
        value = parse_amount(text, decimal=self.decimal)
        if self.least is not None and value < self.least:
            raise Unreadable(_("This is less than %(least)s."), least=number(self.least))
        return value

    def prepare_value(self, value: Any) -> Any:
        return number(value, _places(value)) if isinstance(value, Decimal) else value


class DayField(TypedField):
    """A day: "25.11", "fri", "tomorrow", "2026-11-25". `nearest`: which way a day without a year lies."""

    def __init__(
        self,
        *,
        nearest: Nearest = "next",
        today: Callable[[], date] = timezone.localdate,
        **kwargs: Any,
    ) -> None:
        self.nearest: Nearest = nearest
        self.today = today
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**kwargs)

    def read(self, text: str) -> date:
        return parse_day(text, self.today(), nearest=self.nearest)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d.%m.%Y}" if isinstance(value, date) else value


class PhoneField(TypedField):
    """A phone number, kept in full international form."""

    empty = ""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}))
        kwargs.setdefault("max_length", 60)
        super().__init__(**kwargs)

    def read(self, text: str) -> str:
        return parse_phone(text)


class AddressField(TypedField):
    """An e-mail address, in small letters."""

    empty = ""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.EmailInput(attrs={"autocomplete": "off"}))
        kwargs.setdefault("max_length", 254)
        super().__init__(**kwargs)

    def read(self, text: str) -> str:
        try:
            forms.EmailField().clean(text)
        except ValidationError:
            raise Unreadable(
                _("“%(typed)s” is no e-mail address. It looks like name@company.com."), typed=text
            ) from None
        return normalise_email(text)


def _places(value: Decimal) -> int:
    """None for whole amounts, else two or more; never three, which would read as a thousand."""
    exponent = value.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or exponent >= 0:
        return 0
    return 4 if exponent == -3 else max(2, -exponent)
