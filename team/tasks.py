"""Jobs of this app."""

import logging
from datetime import date, time

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from team.departures import DAY, end_due_sign_ins
from team.jobs import Progress, handler
from team.jobs.housekeeping import clear_expired
from team.leaver_days import tell_leaver_days
from team.letters import JOB as LETTER
from team.letters import send_letter
from team.models import User
from team.notice_letters import ask_for_digests, send_notices
from team.notices import LETTER_JOB as NOTICES
from team.passwords import RESET_JOB, send_reset
from team.sealing import last_head, seal_log

log = logging.getLogger("mainstay.audit")


@handler("team.housekeeping", nightly_at=time(3, 30), title=_("Tidying up"))
def keep_house(progress: Progress, *, day: str) -> None:
    with progress.publishing(day=day):
        clear_expired(timezone.now())


@handler("team.departures", nightly_at=time(0, 10), title=_("Ending sign-ins of leavers"))
def end_sign_ins(_progress: Progress, *, day: str) -> None:
    end_due_sign_ins(date.fromisoformat(day) + DAY)


@handler("team.leaver_days", nightly_at=time(0, 20), title=_("Days of people who leave"))
def tell_of_leavers(progress: Progress, *, day: str) -> None:
    with progress.publishing(day=day, told=tell_leaver_days(date.fromisoformat(day))):
        pass


@handler("team.seal", nightly_at=time(3, 10), title=_("Sealing the audit log"))
def seal_audit_log(progress: Progress, *, day: str) -> None:
    """The head goes into the log files too: whoever cuts the database cannot cut those."""
    sealed = seal_log()
    head = last_head()
    log.info("audit log sealed up to %s", head)
    with progress.publishing(day=day, sealed=sealed, head=str(head)):
        pass


@handler(LETTER, title=_("Letter"))
def post_letter(_progress: Progress, *, letter: str, user: int, to: str) -> None:
    send_letter(letter, User.objects.get(pk=user), to)


@handler(RESET_JOB, title=_("Password reset"))
def post_reset(_progress: Progress, *, email: str) -> None:
    send_reset(email)


@handler(NOTICES, title=_("Notices by mail"))
def post_notices(_progress: Progress, *, user: int, mail: str) -> None:
    """What comes while a letter is sent goes into another one."""
    person = User.objects.get(pk=user)
    while send_notices(person, mail):
        pass


@handler("team.notice_digests", nightly_at=time(7, 0), title=_("Notices of the day by mail"))
def ask_for_notice_letters(progress: Progress, *, day: str) -> None:
    with progress.publishing(day=day, letters=ask_for_digests(day)):
        pass
