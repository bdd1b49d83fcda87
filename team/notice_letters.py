"""Notices by mail: at once, or all of a day in one letter; each is in one letter at most.

A notice is claimed before its letter is sent: a worker that dies in between sends it never rather than twice, and it
still stands in the list. Where the server says that it takes no mail the claim falls, and the job is tried again.
"""

from datetime import datetime
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import get_connection, send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import ngettext

from team.jobs import ask
from team.letters import Letter
from team.models import Company, Notice, User
from team.notices import AT_ONCE, DAILY, LETTER_JOB, kinds, sentence_of, wishes_of

# A letter is read, not scrolled.
MOST = 50


def ask_for_digests(day: str) -> int:
    """Ask for the letter of a day of each person who has something to be told once a day; how many."""
    waiting = Notice.objects.filter(
        kind__in=[one.key for one in kinds()],
        read_at__isnull=True,
        mailed_at__isnull=True,
        user__is_active=True,
    )
    people = list(waiting.order_by().values_list("user_id", flat=True).distinct())
    for user_id in sorted(people):
        ask(LETTER_JOB, {"user": user_id, "mail": str(DAILY)}, by=None, key=f"{user_id} {day}")
    return len(people)


def send_notices(user: User, mail: str) -> int:
    """One letter with all that a person wants by this way and was not sent; how many notices it holds."""
    if not user.is_active or not user.email:
        return 0
    with get_connection() as server:
        claimed = _claim(user, mail, timezone.now())
        if not claimed:
            return 0
        letter = letter_of(user, claimed)
        try:
            send_mail(
                letter.subject,
                letter.text,
                settings.DEFAULT_FROM_EMAIL,
                [user.email],
                connection=server,
            )
        except (SMTPResponseException, SMTPRecipientsRefused):
            Notice.objects.filter(pk__in=[one.pk for one in claimed]).update(mailed_at=None)
            raise
    return len(claimed)


def _claim(user: User, mail: str, now: datetime) -> list[Notice]:
    """What this run sends, in no other letter: locked until it is marked. What a broken-off letter at once left behind
    goes out with the daily one.
    """
    due = Q(hidden_until__isnull=True) | Q(hidden_until__lte=now)
    ways = (DAILY, AT_ONCE) if mail == DAILY else (AT_ONCE,)
    kinds_wanted = [key for key, wish in wishes_of(user).items() if wish in ways]
    with transaction.atomic():
        rows = Notice.objects.select_for_update(of=("self",)).filter(
            due, user=user, kind__in=kinds_wanted, read_at__isnull=True, mailed_at__isnull=True
        )
        claimed = list(rows.order_by("at", "pk"))
        Notice.objects.filter(pk__in=[one.pk for one in claimed]).update(mailed_at=now)
    return claimed


def letter_of(user: User, notices: list[Notice]) -> Letter:
    """In the reader's language; of one notice the subject is its sentence."""
    site = settings.SITE_URL.rstrip("/")
    with translation.override(user.language):
        lines = [
            (" ".join(sentence_of(one).split()), f"{site}{one.path}" if one.path else "")
            for one in notices[:MOST]
        ]
        count = len(notices)
        several = ngettext("%(n)s notice", "%(n)s notices", count) % {"n": count}
        subject = lines[0][0] if count == 1 else several
        context = {
            "person": user,
            "company": Company.get(),
            "lines": lines,
            "more": count - len(lines),
            "site": site,
        }
        text = render_to_string("team/letters/notices.txt", context)
    return Letter(" ".join(subject.split())[:200], text.strip() + "\n")
