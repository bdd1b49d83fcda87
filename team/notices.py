"""Telling people what concerns them, each thing once: in the list, and by mail as they wish.

Whoever knows of something registers a kind of notice with `notice_kind` and calls `tell` in the transaction of what
happened. The letter is written by a job (`team.notice_letters`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from team.audit import record
from team.jobs import ask
from team.models import Notice, NoticeWish, User
from team.rail import waiting

LETTER_JOB = "team.notice_letter"
# Told at once in one statement.
CHUNK = 1000

AT_ONCE, DAILY, NEVER = NoticeWish.Mail


@dataclass(frozen=True)
class NoticeKind:
    """`sentence` makes one of what was told, in the active language; `mail` is how it is sent unless wished else."""

    key: str
    title: Promise
    sentence: Callable[[Mapping[str, Any]], str]
    mail: NoticeWish.Mail
    icon: str


@dataclass(frozen=True)
class Told:
    """What one person is to be told: once per `key`, of which a later telling says nothing new."""

    user_id: int
    key: str
    told: dict[str, Any] = field(default_factory=dict)
    path: str = ""


_kinds: dict[str, NoticeKind] = {}


def notice_kind(
    key: str,
    title: Promise,
    sentence: Callable[[Mapping[str, Any]], str],
    *,
    icon: str,
    mail: NoticeWish.Mail = NEVER,
) -> NoticeKind:
    """Register a kind of notice under a name such as "task.hour"."""
    if key in _kinds:
        raise ValueError(f"two kinds of notices are called {key}")
    _kinds[key] = NoticeKind(key, title, sentence, mail, icon)
    return _kinds[key]


def kinds() -> list[NoticeKind]:
    return list(_kinds.values())


def sentence_of(notice: Notice) -> str:
    """In the active language; of a kind that the product no longer knows its name."""
    kind = _kinds.get(notice.kind)
    return kind.sentence(notice.told) if kind else notice.kind


def icon_of(notice: Notice) -> str:
    kind = _kinds.get(notice.kind)
    return kind.icon if kind else "bell"


def tell(kind: NoticeKind, people: Iterable[Told]) -> int:
    """Tell each of them, once; answers how many had not been told. Call it in the transaction of what happened.

    A fixed number of statements per 1,000 people, and one job for each who wants a letter at once.
    """
    told = {(one.user_id, one.key): one for one in people}
    fresh = 0
    with transaction.atomic():
        rows = list(told.values())
        for start in range(0, len(rows), CHUNK):
            fresh += _tell(kind, rows[start : start + CHUNK])
    return fresh


def _tell(kind: NoticeKind, rows: list[Told]) -> int:
    people = {row.user_id for row in rows}
    known = Notice.objects.filter(kind=kind.key, user__in=people, key__in={r.key for r in rows})
    before = set(known.values_list("user_id", "key"))
    here = set(User.objects.filter(pk__in=people, is_active=True).values_list("pk", flat=True))
    fresh = [r for r in rows if r.user_id in here and (r.user_id, r.key) not in before]
    # who tells the same in this moment loses nothing: the first of the two stands
    Notice.objects.bulk_create(
        (
            Notice(user_id=r.user_id, kind=kind.key, key=r.key, told=r.told, path=r.path)
            for r in fresh
        ),
        ignore_conflicts=True,
    )
    for user_id in sorted(_who_want(kind, {row.user_id for row in fresh}, AT_ONCE)):
        ask(LETTER_JOB, {"user": user_id, "mail": str(AT_ONCE)}, by=None)
    return len(fresh)


def _who_want(kind: NoticeKind, people: set[int], mail: NoticeWish.Mail) -> set[int]:
    wishes = NoticeWish.objects.filter(user__in=people, kind=kind.key)
    wished = dict(wishes.values_list("user_id", "mail"))
    return {pk for pk in people if wished.get(pk, kind.mail) == mail}


def wishes_of(user: User) -> dict[str, str]:
    """How a person is sent each kind of notice."""
    wished = dict(NoticeWish.objects.filter(user=user).values_list("kind", "mail"))
    return {one.key: str(wished.get(one.key, one.mail)) for one in kinds()}


def wish(user: User, mails: Mapping[str, str]) -> None:
    """From now on these kinds are sent to this person this way."""
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        before = wishes_of(user)
        changed = {key: mail for key, mail in mails.items() if before.get(key, mail) != mail}
        if not changed:
            return
        for key, mail in changed.items():
            NoticeWish.objects.update_or_create(user=user, kind=key, defaults={"mail": mail})
        told = {key: before[key] for key in changed}
        record("wish notices", user, by=user, before=told, after=changed)


@waiting("notice")
def unread(user: User) -> "QuerySet[Notice]":
    """What somebody has not read and has not put off."""
    shown = Q(hidden_until__isnull=True) | Q(hidden_until__lte=timezone.now())
    return Notice.objects.filter(shown, user=user, read_at__isnull=True)


def read_notices(user: User, upto: int) -> int:
    """What was shown, up to this id, waits no more; how many did."""
    return unread(user).filter(pk__lte=upto).update(read_at=timezone.now())


def read_notice(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=timezone.now())


def put_off(notice: Notice, until: datetime) -> None:
    """It comes back then as if it were new; what was read is unread again."""
    Notice.objects.filter(pk=notice.pk).update(hidden_until=until, read_at=None)
