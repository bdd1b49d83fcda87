"""Names, phones and e-mails brought to one form, for comparing and finding."""

import re
import unicodedata

import phonenumbers

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
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not is_complete(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_complete(number: phonenumbers.PhoneNumber) -> bool:
    """Long enough to be dialled from anywhere: a local number without its area code is not."""
    reason = phonenumbers.is_possible_number_with_reason(number)
    return bool(reason == phonenumbers.ValidationResult.IS_POSSIBLE)


def phone_forms(text: str, region: str = "UA") -> list[str]:
    """The digits of each number in a text: international, then national if that differs.

    A number that cannot be read gives the digits as they stand.
    """
    forms: list[str] = []
    for part in re.split(r"[,;/\n]", text):
        known = normalise_phone(part, region)
        if known:
            number = phonenumbers.parse(known, None)
            national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
            forms += [digits_of(known), digits_of(national)]
        else:
            forms.append(digits_of(part))
    return list(dict.fromkeys(form for form in forms if form))


def digits_of(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())
