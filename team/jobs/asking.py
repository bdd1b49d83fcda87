"""Asking for long work. The row is written in the caller's transaction; no broker is touched."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from crm.lib.logs import current_request_id
from team.audit import record
from team.jobs.registry import kind_of
from team.models import Job, User

AT_ONCE = 2  # a person's jobs of one kind: one running, one waiting


class TooManyJobs(Exception):
    """This person has one job of the kind running and another waiting."""


def ask(kind: str, args: dict[str, Any] | None = None, *, by: User | None, key: str = "") -> Job:
    """The job that will do this: a new row, or the one that was asked for before.

    With a `key` there is one job of the kind for ever, whatever became of it. Without, the same
    request by the same person answers the one that waits or runs. Raises `TooManyJobs`.
    """
    kind_of(kind)
    wanted = _new_job(kind, args or {}, by, key)
    with transaction.atomic():
        if by is not None:
            # one person's requests queue up here, so that two at once are counted one by one
            User.objects.select_for_update().get(pk=by.pk)
        known = _known(wanted)
        if known is not None:
            return known
        if by is not None and _live_in(wanted.lane) >= AT_ONCE:
            raise TooManyJobs(kind)
        return _store(wanted)


def retry(job: Job, *, by: User) -> bool:
    """Let a failed job run again; False if it is not failed, or the same work is under way."""
    anew = {"state": Job.State.QUEUED, "tries": 0, "losses": 0, "error": "", "finished_at": None}
    try:
        with transaction.atomic():
            failed = Job.everything.filter(pk=job.pk, state=Job.State.FAILED)
            if not failed.update(not_before=timezone.now(), **anew):
                return False
            record("retry", job, by=by, before={"state": "failed", "error": job.error})
    except IntegrityError:
        return False
    return True


def rights_of(user: User | None) -> str:
    """A person's rights in a few words, to see whether they changed while a job ran."""
    if user is None:
        return ""
    return f"{','.join(sorted(user.roles))}@{user.team_id or ''}" if user.is_active else "none"


def _new_job(kind: str, args: dict[str, Any], by: User | None, key: str) -> Job:
    asker = by.pk if by else None
    request_id = current_request_id.get()
    return Job(
        kind=kind,
        key=key,
        lane=f"{kind}:{asker}" if by else kind if key else "",
        args=args,
        request_hash=_hash([kind, args, asker, key]),
        requested_by=by,
        asked_as=rights_of(by),
        request_id="" if request_id == "-" else request_id,
    )


def _hash(request: list[Any]) -> str:
    text = json.dumps(request, sort_keys=True, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()


def _known(wanted: Job) -> Job | None:
    same = Q(request_hash=wanted.request_hash, state__in=Job.LIVE)
    if wanted.key:
        same |= Q(kind=wanted.kind, key=wanted.key)
    return Job.everything.filter(same).first()


def _live_in(lane: str) -> int:
    return Job.everything.filter(lane=lane, state__in=Job.LIVE).count()


def _store(wanted: Job) -> Job:
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
            if wanted.requested_by is not None:
                asked = {"kind": wanted.kind, "args": wanted.args}
                record("ask", wanted, by=wanted.requested_by, after=asked)
    except IntegrityError:
        known = _known(wanted)
        if known is None:
            raise
        return known
    return wanted
