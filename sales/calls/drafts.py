"""Drafts of calls: kept while somebody types, gone once the call is saved; and what they had open, kept provable."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core import signing
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import ngettext

from customers.models import Customer
from sales.models import Activity, CallDraft, Deal, Lead
from team.left_behind import LeftBehind, left_behind
from team.models import User

KEPT_FOR = timedelta(days=30)
# Characters in all fields together: a note takes 5,000, and somebody who pastes more shortens it before saving.
MOST_TYPED = 20_000
# A form that was opened may still be sent after its customer has changed hands, for so long; one that a device without
# network kept meanwhile, for as long as past calls can be entered.
SENT_WITHIN, KEPT_WITHIN = timedelta(days=3), timedelta(days=14)
SALT = "sales.call"
MODELS: dict[str, Any] = {"customer": Customer, "lead": Lead, "deal": Deal}

Subject = Customer | Lead | Deal


def draft_of(user: User, subject: Subject) -> CallDraft | None:
    since = timezone.now() - KEPT_FOR
    return CallDraft.objects.filter(user=user, saved_at__gte=since, **_about(subject)).first()


class TooLong(Exception):
    """More than any call can hold: a draft of it would only be kept to be refused."""


def keep_draft(
    user: User, subject: Subject, values: Mapping[str, Any], client_ref: uuid.UUID | None
) -> None:
    """Store what is typed by now; nothing typed removes it. One that arrives after its call was saved is not kept.

    Raises `TooLong` beyond `MOST_TYPED` characters; the draft before stays.
    """
    if sum(len(str(value)) for value in values.values()) > MOST_TYPED:
        raise TooLong
    if not values:
        drop_draft(user, subject)
        return
    if client_ref and Activity.everything.filter(client_ref=client_ref).exists():
        return
    now = timezone.now()
    CallDraft.objects.filter(user=user, saved_at__lt=now - KEPT_FOR).delete()
    # in one statement: what is saved and typed at once is stored here and removed by the call in the same moment
    draft = CallDraft(user=user, **_about(subject), values=dict(values), client_ref=client_ref)
    draft.saved_at = now
    CallDraft.objects.bulk_create(
        [draft],
        update_conflicts=True,
        unique_fields=["user", "about", "about_id"],
        update_fields=["values", "client_ref", "saved_at"],
    )


def drop_draft(user: User, subject: Subject) -> None:
    CallDraft.objects.filter(user=user, **_about(subject)).delete()


def seen_by(user: User, subject: Subject) -> str:
    """A word that proves that this person had the call form of this subject open; only they can use it."""
    return signing.dumps([user.pk, *_about(subject).values()], salt=SALT)


def seen_before(user: User, word: str, kept_at: str = "") -> Subject | None:
    """The subject of such a word, whoever looks after it by now: what was said is kept, with its author.

    `kept_at` is when a device without network kept the call, by its own clock.
    """
    within = KEPT_WITHIN if _was_kept(kept_at) else SENT_WITHIN
    try:
        user_id, about, about_id = signing.loads(word, salt=SALT, max_age=within)
    except (signing.BadSignature, ValueError):
        return None
    if user_id != user.pk:
        return None
    found: Subject | None = MODELS[about].everything.filter(pk=about_id).first()
    return found


def _was_kept(kept_at: str) -> bool:
    try:
        moment = parse_datetime(kept_at)
    except ValueError:
        return False
    if moment is None or timezone.is_naive(moment):
        return False
    return timedelta() <= timezone.now() - moment < KEPT_WITHIN


def _about(subject: Subject) -> dict[str, Any]:
    return {"about": str(subject._meta.model_name), "about_id": subject.pk}


def _told(count: int) -> str:
    text = ngettext(
        "%(n)s call is begun and not saved.", "%(n)s calls are begun and not saved.", count
    )
    return text % {"n": count}


def _removing(count: int) -> str:
    text = ngettext(
        "Remove the draft of %(n)s call and sign out",
        "Remove the drafts of %(n)s calls and sign out",
        count,
    )
    return text % {"n": count}


def _of(user: User) -> "QuerySet[CallDraft]":
    return CallDraft.objects.filter(user=user)


def _remove(user: User) -> None:
    _of(user).delete()


left_behind(
    LeftBehind(
        count=lambda user: _of(user).filter(saved_at__gte=timezone.now() - KEPT_FOR).count(),
        told=_told,
        removing=_removing,
        remove=_remove,
    )
)
