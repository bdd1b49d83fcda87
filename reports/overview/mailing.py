"""The losses by mail: who wants them, when they are due, and that each is sent at most once.

A mail is claimed before it is sent: a worker that dies in between sends nothing rather than twice. A mail server
that is away, or says no, is asked again by the next try of the job. Where nobody can know whether it took the mail,
the job has failed, for whoever looks after the jobs to see. Who may see what is read when the mail is written, like
a page of that moment.
"""

from datetime import date, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import IntegrityError, transaction
from django.utils import translation

from reports.models import Sent, Subscription
from reports.overview.mail_letter import letter_for
from team.audit import record
from team.jobs import JobFailed, ask
from team.models import Company, User

MAIL_JOB = "reports.mail"
WEEK = timedelta(days=7)


def subscribe(user: User, every: str) -> None:
    """Send the losses every week or month from now on; empty: no more."""
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        held = Subscription.objects.filter(user=user).first()
        before = held.every if held else ""
        if before == every:
            return
        if every:
            Subscription.objects.update_or_create(user=user, defaults={"every": every})
        elif held:
            held.delete()
        record("subscribe", user, by=user, before={"every": before}, after={"every": every})


def due_on(today: date) -> list[tuple[User, str]]:
    """Who gets a mail for a day, and the name of its period: weeks on Mondays, months on their first day.

    After a standstill each month is told, of weeks the last alone: their letters would all say the same.
    """
    wanted = []
    if today.weekday() == 0 and Company.get().today < today + WEEK:
        wanted.append(Subscription.Every.WEEK)
    if today.day == 1:
        wanted.append(Subscription.Every.MONTH)
    due = Subscription.objects.filter(every__in=wanted, user__is_active=True)
    return [(one.user, period_of(one.every, today)) for one in due.select_related("user")]


def period_of(every: str, today: date) -> str:
    """The period that ended: 2026-W47 for the Monday of week 48, 2026-10 for the first of November."""
    ended = today - timedelta(days=1)
    if every == Subscription.Every.MONTH:
        return f"{ended:%Y-%m}"
    year, week, _day = ended.isocalendar()
    return f"{year}-W{week:02}"


def ask_for_mails(day: date) -> int:
    """Ask for the mails that are due on the day after the one that ended; the answer is their number."""
    due = due_on(day + timedelta(days=1))
    for user, period in due:
        ask(MAIL_JOB, {"user": user.pk, "period": period}, by=None, key=f"{user.pk} {period}")
    return len(due)


def send_losses(user: User, period: str) -> bool:
    """Write and send one mail; False if nobody wants it any more.

    Raises `JobFailed` if there are no figures, or if it may have been sent and may not: whoever looks after the jobs
    sees that a mail is missing.
    """
    if not user.is_active or not user.email or not Subscription.objects.filter(user=user).exists():
        return False
    with translation.override(user.language):
        letter = letter_for(user, period)
    if letter is None:
        raise JobFailed(f"There are no figures of {period} to send.")
    mail = EmailMultiAlternatives(
        letter.subject, letter.text, settings.DEFAULT_FROM_EMAIL, [str(user.email)]
    )
    mail.attach_alternative(letter.html, "text/html")
    mail.attach(letter.picture)
    with get_connection() as mail.connection:
        _claim(user, period)
        _post(mail, user, period)
    return True


def _post(mail: EmailMultiAlternatives, user: User, period: str) -> None:
    """The claim falls only where the server has said that it takes no mail; else it may have taken it."""
    try:
        mail.send()
    except (SMTPResponseException, SMTPRecipientsRefused):
        Sent.objects.filter(user=user, period=period).delete()
        raise
    except (SMTPException, OSError) as error:
        raise JobFailed(_perhaps(user, period, f" ({type(error).__name__}: {error})")) from error


def _claim(user: User, period: str) -> None:
    """This run may send it: the row is there for ever from now on.

    The job of a mail is done once it is sent, so a run that finds the row follows one that was cut off.
    """
    try:
        with transaction.atomic():
            Sent.objects.create(user=user, period=period)
    except IntegrityError as error:
        raise JobFailed(_perhaps(user, period)) from error


def _perhaps(user: User, period: str, why: str = "") -> str:
    return (
        f"It is not known whether the losses of {period} reached {user.email}: the sending was cut off{why}."
        " They are not sent again, so that nobody gets them twice."
    )
