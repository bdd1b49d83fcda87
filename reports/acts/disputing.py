"""Doubting a figure, and answering who doubts. Everybody may doubt what they may see; administrators answer."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from reports.models import Dispute
from team.audit import record
from team.models import User


class AlreadyAnswered(Exception):
    """Somebody answered meanwhile; their answer stands."""


@dataclass(frozen=True)
class Doubted:
    """The figure as its page showed it.

    `period` is what its address names, empty for a report of a day alone. `narrow` is by dimension what the page
    was narrowed to: names, which have no language; None for rows without one. `cents` is None for a count alone.
    """

    slug: str
    list_key: str
    period: str
    from_on: date
    to_on: date
    as_of: date
    narrow: Mapping[str, Any]
    count: int
    cents: int | None
    path: str


def dispute(doubted: Doubted, comment: str, *, by: User, client_ref: uuid.UUID) -> Dispute:
    """Put a doubt into the queue; the same `client_ref` again answers the first one."""
    known: Dispute | None = Dispute.everything.filter(client_ref=client_ref, by=by).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            made: Dispute = Dispute.everything.create(
                client_ref=client_ref, by=by, comment=comment.strip(), **vars(doubted)
            )
            told = {"what": made.slug, "list": made.list_key, "period": made.period}
            record("dispute", made, by=by, after={**told, "comment": made.comment})
    except IntegrityError:
        return Dispute.everything.get(client_ref=client_ref, by=by)
    return made


def answer_dispute(doubt: Dispute, answer: str, *, by: User) -> Dispute:
    """Answer once; who asked reads it beside the question. Raises `AlreadyAnswered`."""
    with transaction.atomic():
        waiting = Dispute.everything.filter(pk=doubt.pk, answered_at__isnull=True)
        told = {"answer": answer.strip(), "answered_by": by, "answered_at": timezone.now()}
        if not waiting.update(**told):
            raise AlreadyAnswered
        record("answer", doubt, by=by, after={"answer": answer.strip()})
    doubt.refresh_from_db()
    return doubt
