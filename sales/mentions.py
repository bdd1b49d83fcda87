"""@Name in a note: the colleague who is named and may see the note is told, and the name is a link.

A name is the full name, the first name where only one colleague has it, or the e-mail before its @. Of somebody
who may not see the record nothing is stored, and nothing is told that would not be told of a name that is none.
"""

import re
from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sales.models import Activity, Mention
from team.models import User
from team.notices import AT_ONCE, Told, notice_kind, tell

AT_MOST = 10
NAMED = notice_kind(
    "note.named",
    gettext_lazy("Somebody names you in a note"),
    lambda told: _("%(by)s named you in a note: %(name)s") % told,
    icon="message-2",
    mail=AT_ONCE,
)
# A sign inside an e-mail address names nobody.
_SIGN = re.compile(r"(?<![^\W_])@(?=[^\W\d_])")
_FIRST_WORD = re.compile(r"[\w.'’-]+")


def mark_mentions(entry: Activity) -> None:
    """Store who is named in the entry. Call it in the entry's transaction.

    One query for the names, where there is a sign at all, and a few more for each colleague named.
    """
    spots = _spots(entry)
    names = _names() if spots else []
    for spot in spots:
        name, user = _named(entry.note[spot:], names)
        if user is not None and Activity.visible_to(user).filter(pk=entry.pk).exists():
            marked = {"typed": f"@{name}"}
            Mention.objects.get_or_create(activity=entry, user=user, defaults=marked)
            _tell(user, entry)


def _tell(user: User, entry: Activity) -> None:
    """Once an entry, however often it is corrected; nobody is told of what they wrote themselves."""
    about = entry.deal or entry.lead or (entry.customer and entry.customer.survivor)
    if about is None or user.pk == entry.author_id:
        return
    told = {"by": str(entry.author), "name": str(about)}
    path = about.get_absolute_url()
    tell(NAMED, [Told(user.pk, f"{entry.author_id} {entry.created_at.isoformat()}", told, path)])


def mark_again(entry: Activity) -> None:
    """The entry says something else by now; who is named still has been told already."""
    named = Mention.objects.filter(activity=entry)
    gone = [mark.pk for mark in named if mark.typed not in entry.note]
    named.filter(pk__in=gone).delete()
    mark_mentions(entry)


def unmarked_in(entry: Activity) -> list[str]:
    """The names in an entry that mark nobody."""
    marks = [mark.typed.removeprefix("@") for mark in Mention.objects.filter(activity=entry)]
    texts = [entry.note[spot:] for spot in _spots(entry)]
    words = [_FIRST_WORD.match(text) for text in texts if not text.startswith(tuple(marks))]
    return [word[0] for word in words if word]


def _spots(entry: Activity) -> list[int]:
    """Where names begin."""
    return [match.end() for match in _SIGN.finditer(entry.note)][:AT_MOST]


def _names() -> list[tuple[str, User]]:
    """Every name that means one colleague, in small letters, the longest first."""
    people = list(User.objects.filter(is_active=True))
    meant = [(name, user) for user in people for name in _names_of(user)]
    times = Counter(name for name, _user in meant)
    return sorted((pair for pair in meant if times[pair[0]] == 1), key=lambda pair: -len(pair[0]))


def _names_of(user: User) -> Iterator[str]:
    names = {user.name, user.name.partition(" ")[0], (user.email or "").partition("@")[0]}
    return (name.lower() for name in names if name)


def _named(text: str, names: list[tuple[str, User]]) -> tuple[str, User | None]:
    """Whom the text begins with, by the words as they were typed."""
    lowered = text.lower()
    for name, user in names:
        if lowered.startswith(name) and not lowered[len(name) : len(name) + 1].isalnum():
            return text[: len(name)], user
    return "", None
