"""Phone numbers and addresses that belong to nobody."""

import re
import unicodedata

# Numbers of the form 555 xx xx under real prefixes: right in shape, given to nobody.
OPERATORS = ["67", "50", "63", "93", "66", "97", "68", "73", "95", "99", "96", "98"]
LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z", "и": "y",
    "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "ю": "iu",
    "я": "ia", "’": "",
}  # fmt: skip


def phone(country: str, number: int) -> str:
    """The `number`-th fictional phone of a country, as the forms write it (`crm.lib.parsing.phones`)."""
    if country == "cn":
        return f"+86 139 0{number // 10000 % 1000:03d} {number % 10000:04d}"
    if country == "en":
        return (
            f"+44 20 7946 {number % 1000:04d}"
            if number < 1000
            else f"+44 7700 9{number % 100000:05d}"
        )
    if country == "de":
        return (
            f"+49 30 23125{number % 1000:03d}"
            if number < 1000
            else f"+49 1579 {number % 10**7:07d}"
        )
    prefix = OPERATORS[number // 10000 % len(OPERATORS)]
    return f"+380 {prefix} 555 {number % 10000:04d}"


def e164(written: str) -> str:
    """What `normalise_phone` answers for these numbers, without the work of asking it 400,000 times."""
    return "+" + "".join(filter(str.isdigit, written))


def latin(text: str) -> str:
    """Lower-case Latin letters and digits, words joined by hyphens; what has no spelling falls away."""
    spelt = "".join(LATIN.get(letter, letter) for letter in text.casefold())
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def email(person: str, firm: str) -> str:
    """An address under the reserved ending `.example`."""
    name = latin(person).replace("-", ".") or "office"
    return f"{name}@{domain(firm)}"


def domain(firm: str) -> str:
    short = re.sub(r"^(tov|pp|prat|fh|fop)-", "", latin(firm))[:30].strip("-")
    return f"{short or 'company'}.example"
