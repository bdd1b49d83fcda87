"""Words by which records are found, in one spelling for all alphabets.

A word is kept once, in Latin letters without accents, apostrophes and doubled letters: «Карпатська» and
"Karpatska" are one term, so each finds the other. Every step keeps prefixes, so what finds a whole word
finds it while it is being typed too. Han has no spaces: there, terms are pairs of characters.
"""

import re
import unicodedata
from collections.abc import Iterable

from crm.lib.text import digits_of, normalise_email, phone_forms

TERM_LENGTH = 60
# Above every character that a term may hold, in code points and in UTF-8 bytes alike.
_LAST = "\U0010ffff"

_CYRILLIC = {
    **dict(zip("абвгґдезийіїклмнопрстуфыэёў", "abvhhdeziiiiklmnoprstufieeu", strict=True)),
    "є": "ie",
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ю": "iu",
    "я": "ia",
    "ь": "",
    "ъ": "",
}
# One letter for those that people spell either way: Halyna, Galina; Yuliia, Julia.
_LATIN = {
    "y": "i",
    "j": "i",
    "g": "h",
    "w": "v",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "æ": "ae",
    "œ": "oe",
}
_SPELLING = str.maketrans({**_CYRILLIC, **_LATIN})
_APOSTROPHES = re.compile(r"['’ʼ`´‘]")
_HAN = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORDS = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_IS_HAN = re.compile(f"[{_HAN}]")
_DOUBLED = re.compile(r"([^\W\d_])\1+")
# A number as people copy it: with the word before it, brackets, any dash, and the extension behind it.
_LIKE_A_PHONE = re.compile(
    r"(?:(?:tel|phone|mob|mobile|fax|тел|телефон|моб|факс|电话|手机)\b|[tmтм](?=[.:])|☎|📞)?[.:\s]*"
    r"(?P<number>[+(\d][\d\s().\-/]*)"
    r"(?:(?:ext|x|дод|доб|вн|#)[.:\s]*\d+)?",
    re.IGNORECASE,
)
# What cannot be seen (the marks of copied text) is in no number; every dash is one.
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_PHONE_DIGITS = 4
_THREE = re.compile(r"[^\W_]{3}")

Needle = tuple[str, ...]


def terms_of(names: Iterable[str], phone: str = "", email: str = "") -> set[str]:
    """All terms of a record: its names' words, its e-mail whole and by word, its phone's spellings."""
    terms = {term for name in names for term in _name_terms(name)}
    if email:
        terms |= {email_term(email)} - {""}
        terms |= set(_name_terms(normalise_email(email).rpartition(".")[0]))
    return terms | _phone_terms(phone)


def email_term(email: str) -> str:
    """The term of a whole e-mail address."""
    return normalise_email(email)[:TERM_LENGTH]


def phone_term(e164: str) -> str:
    """The term of a whole phone number in international form."""
    return f"#{digits_of(e164)}"


def needles_of(text: str) -> list[Needle]:
    """What was typed, as needles that must all be found; each is a choice of prefixes of terms."""
    text = unicodedata.normalize("NFKC", text).strip()
    if number := phone_typed(text):
        # a name may be such a number: "(2020)"
        long = (word for word in _name_prefixes(text) if len(word) >= _PHONE_DIGITS)
        return [(*_phone_needle(number), *long)]
    needles: list[Needle] = []
    for token in text.split():
        if "@" in token:
            needles.append((email_term(token),))
        else:
            needles += [(prefix,) for prefix in _name_prefixes(token)]
    return list(dict.fromkeys(needles))


def phone_typed(text: str) -> str:
    """The phone number, or its part, that a text is in some notation; empty: it is something else."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    match = _LIKE_A_PHONE.fullmatch(_DASHES.sub("-", plain).strip())
    number = match["number"].strip() if match else ""
    return number if len(digits_of(number)) >= _PHONE_DIGITS else ""


def is_searchable(text: str) -> bool:
    """From the first Han character, otherwise from the third letter or digit of some word (ruling 28)."""
    plain = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text))
    return bool(_IS_HAN.search(plain) or _THREE.search(plain)) and bool(needles_of(text))


def prefix_range(prefix: str) -> tuple[str, str]:
    """The terms with a prefix are those from the first to the second, in code-point order."""
    return prefix, prefix + _LAST


def words_of(text: str) -> list[str]:
    """The words of a name in the common spelling, runs of Han whole."""
    plain = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).casefold())
    plain = unicodedata.normalize("NFKD", plain.translate(_SPELLING))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = _WORDS.findall(plain.translate(_SPELLING))
    return [word if _IS_HAN.match(word) else _DOUBLED.sub(r"\1", word) for word in words]


def _name_terms(name: str) -> Iterable[str]:
    for word in words_of(name):
        if _IS_HAN.match(word):
            # the last character begins no pair
            yield from (*_pairs(word), word[-1])
        else:
            yield word[:TERM_LENGTH]


def _name_prefixes(text: str) -> Iterable[str]:
    for word in words_of(text):
        if _IS_HAN.match(word):
            yield from _pairs(word) or [word]
        else:
            yield word[:TERM_LENGTH]


def _pairs(word: str) -> list[str]:
    return [word[i : i + 2] for i in range(len(word) - 1)]


def _phone_terms(phone: str) -> set[str]:
    """Each spelling forwards (`#`), its last seven digits, and backwards (`~`) for finding by the end."""
    terms: set[str] = set()
    for digits in phone_forms(phone):
        terms |= {f"#{digits}", f"#{digits[-7:]}", f"~{digits[::-1]}"}
    return {term[:TERM_LENGTH] for term in terms}


def _phone_needle(text: str) -> Needle:
    digits = digits_of(text)
    prefixes = {f"#{digits}", f"~{digits[::-1]}", *(f"#{form}" for form in phone_forms(text)[:1])}
    if digits.startswith("00"):
        prefixes.add(f"#{digits[2:]}")
    if digits.startswith("80"):
        prefixes.add(f"#{digits[1:]}")
    if text.isdecimal():
        prefixes.add(text)
    return tuple(sorted(prefix[:TERM_LENGTH] for prefix in prefixes))
