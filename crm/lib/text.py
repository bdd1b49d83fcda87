"""Names, phones and e-mails brought to one form, for comparing and finding."""

import re
import unicodedata

import phonenumbers

_E164 = phonenumbers.PhoneNumberFormat.E164
_FORMS = (_E164, phonenumbers.PhoneNumberFormat.NATIONAL)

UKRAINIAN = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
# Own code points in alphabet order, so that plain text order sorts Ukrainian correctly.
_UKRAINIAN_ORDER = {ord(letter): chr(0x0430 + i) for i, letter in enumerate(UKRAINIAN)}


def normalise(text: str) -> str:
    """NFKC, casefolded, inner white space single: what comparisons and searches see."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def sort_key(name: str) -> str:
    """A stored key whose code-point order is the order of the Ukrainian alphabet; quotes are passed over."""
    plain = re.sub(r"[«»\"'“”„’ʼ]", "", normalise(name)).strip()
    return plain.translate(_UKRAINIAN_ORDER)[:200]


def normalise_email(text: str) -> str:
    return text.strip().casefold()


def normalise_phone(text: str, region: str = "UA") -> str:
    """E.164 (`+380675550142`), or an empty string if it is no possible number in that region."""
    number = _number(text, region)
    return "" if number is None else phonenumbers.format_number(number, _E164)


def _number(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return number if is_complete(number) else None


def is_complete(number: phonenumbers.PhoneNumber) -> bool:
    """Long enough to be dialled from anywhere: a local number without its area code is not."""
    reason = phonenumbers.is_possible_number_with_reason(number)
    return bool(reason == phonenumbers.ValidationResult.IS_POSSIBLE)


def phone_forms(text: str, region: str = "UA") -> list[str]:
    """The digits of each number in a text: international, then national if that differs.

    A number that cannot be read gives the digits as they stand.
    """
    forms: list[str] = []
    for part in re.split(r"[,;/\n]", text) if text else ():
        number = _number(part, region)
        if number is None:
            forms.append(digits_of(part))
        else:
            forms += [digits_of(phonenumbers.format_number(number, form)) for form in _FORMS]
    return list(dict.fromkeys(form for form in forms if form))


def digits_of(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())
