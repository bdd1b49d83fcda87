"""Phone numbers in any notation."""

import phonenumbers
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from crm.lib.parsing.unreadable import Unreadable
from crm.lib.text import digits_of, is_complete

UKRAINE = "UA"
_UKRAINIAN_DIGITS = 10
_HAS_DIGITS = ngettext_lazy(
    "This number has %(digits)s digit, Ukrainian numbers have 10.",
    "This number has %(digits)s digits, Ukrainian numbers have 10.",
    "digits",
)


def parse_phone(text: str, region: str = UKRAINE) -> str:
    """The number in full international form, "+380 67 555 3318", with its extension; raises `Unreadable`.

    A number without country code is of `region`.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise Unreadable(_why_not(text, region), typed=text) from None
    if not is_complete(number):
        raise Unreadable(_why_not(text, region), typed=text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _why_not(text: str, region: str) -> str:
    digits = len(digits_of(text))
    if region == UKRAINE and "+" not in text and 0 < digits != _UKRAINIAN_DIGITS:
        return str(_HAS_DIGITS % {"digits": digits})
    return str(
        _(
            "“%(typed)s” is no complete phone number. Write it like 067 555 01 42 or +380 67 555 01 42."
        )
    )
