"""The words of the letters to customers: one template a language, as it ships or as administrators wrote it.

`{heir}` and the others stand for what is told. What stands in square brackets is left out where a placeholder in it
has nothing to say: who took over a territory takes over from nobody, and not every heir has an address.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from sales.models import LetterTemplate
from team.audit import record
from team.models import User

PLACEHOLDERS: dict[str, str | Promise] = {
    "contact": _("who is written to"),
    "heir": _("the new owner"),
    "heir_email": _("the new owner’s e-mail; may be empty"),
    "leaver": _("who looked after them before; may be empty"),
    "company": _("your company"),
}
# Without a value in some letters: they stand in brackets alone.
MAY_BE_EMPTY = ("heir_email", "leaver")
_PART = re.compile(r"\[([^\[\]]*)\]|\{(\w+)\}")
_NAME = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Words:
    """The template of one language."""

    subject: str
    text: str


def shipped(language: str) -> Words:
    """What letters say in a language while nobody has written other words."""
    with override(language):
        subject = gettext("Your contact with us is now {heir}")
        text = gettext(
            "Good day, {contact},\n\nfrom now on {heir} looks after you[ in place of {leaver}]. Everything that was"
            " agreed stays as it is; {heir} will call you soon.\n\n[You can write to {heir_email}, or simply answer"
            " this letter.]\n\n{company}"
        )
    return Words(subject, text)


def words_of(languages: Iterable[str]) -> dict[str, Words]:
    """By language what letters say. One statement."""
    kept = {row.language: row for row in LetterTemplate.objects.all()}
    return {
        language: Words(kept[language].subject, kept[language].text)
        if language in kept
        else shipped(language)
        for language in languages
    }


def problems_of(text: str) -> list[str]:
    """What is wrong with a template, in sentences."""
    found = []
    bare = _PART.sub("", text)
    unknown = sorted({name for name in _NAME.findall(text) if name not in PLACEHOLDERS})
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in unknown)
        found.append(gettext("There is nothing to put in for %(names)s.") % {"names": names})
    if any(sign in bare for sign in "[]{}") or "{" in _NAME.sub("", text):
        found.append(gettext("A bracket is open, or stands in another one."))
    outside = _NAME.findall(re.sub(r"\[[^\[\]]*\]", "", text))
    for name in MAY_BE_EMPTY:
        if name in outside:
            told = {"name": f"{{{name}}}"}
            found.append(gettext("%(name)s may be empty: put it in square brackets.") % told)
    return found


def filled(template: str, told: Mapping[str, str]) -> str:
    """With what is told in place; nothing in that is read as a placeholder again."""

    def put(match: re.Match[str]) -> str:
        part, name = match[1], match[2]
        if name is not None:
            return told[name]
        names = _NAME.findall(part)
        if not all(told[each] for each in names):
            return ""
        return _NAME.sub(lambda each: told[each[1]], part)

    return re.sub(r"\n{3,}", "\n\n", _PART.sub(put, template)).strip()


def restore(template: LetterTemplate, *, by: User) -> None:
    """The words that ship again."""
    with transaction.atomic():
        stored = LetterTemplate.objects.select_for_update().filter(pk=template.pk).first()
        if stored is None:
            return
        said = {"subject": stored.subject, "text": stored.text}
        record("restore words", stored, by=by, before=said)
        stored.delete()
