"""Forgotten, chosen and changed passwords; ending the sessions of a person."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.lib.text import normalise_email
from team.audit import current_actor, record
from team.jobs import ask
from team.letters import ask_for_letter, send_letter
from team.models import User
from team.records import change_record
from team.refusals import Refusal, taken_meanwhile
from team.throttle import Limits, Tries

RESET_JOB = "team.reset"
RESET_LIMITS = Limits(pair=3, account=10, address=20)
PRESENT_LIMITS = Limits(pair=5, account=20, address=100)


def ask_reset(email: str) -> None:
    """Have a link sent, if there is somebody to send it to.

    Looking that up is left to the job: the answer takes the same way, and time, for every e-mail.
    """
    tries = Tries("reset", email, current_actor().address, RESET_LIMITS)
    if not tries.take().minutes:
        ask(RESET_JOB, {"email": normalise_email(email)}, by=None)


def send_reset(email: str) -> None:
    """The job's part: a link for who may sign in, nothing for anybody else."""
    user = User.objects.filter(email=email, is_active=True).first()
    record("ask for reset", user, by=None)
    if user is not None:
        send_letter("reset", user)


def choose_password(user: User, password: str) -> None:
    """Set a new password. It ends every open session and every link sent before."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        record("change password", user, by=user)
        ask_for_letter("password-changed", user)


def check_present(user: User, password: str) -> None:
    """Raise `Refusal` unless this is the person's present password; guessing is slowed down."""
    tries = Tries("present", str(user.pk), current_actor().address, PRESENT_LIMITS)
    verdict = tries.take()
    if verdict.minutes:
        wait = ngettext(
            "Too many tries. Wait %(minutes)s minute.",
            "Too many tries. Wait %(minutes)s minutes.",
            verdict.minutes,
        )
        raise Refusal(wait % {"minutes": verdict.minutes})
    if not user.check_password(password):
        record("wrong password", user, by=user)
        raise Refusal(_("This is not your present password."))
    tries.forgive()


def change_email(user: User, email: str) -> None:
    """The new address signs in from now on; the old one is told."""
    old = user.email
    if email == old:
        return
    taken = _("Somebody was saved with this e-mail meanwhile.")
    with taken_meanwhile(taken, "email"), transaction.atomic():
        change_record(user, {"email": email}, by=user, version=None)
        if old:
            ask_for_letter("email-changed", user, to=old)


def end_sessions(user: User, *, by: User | None) -> None:
    """The next request of every session of this person is refused."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
        user.refresh_from_db(fields=["session_epoch"])
        record("end sessions", user, by=by)
