"""Letters to people who work here: asked for in a transaction, written and sent by a job.

A link is made when the letter is written, so that no table ever holds one.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from team.jobs import ask
from team.links import LIFETIMES, make_link_token
from team.models import Company, User

JOB = "team.letter"


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str


def ask_for_letter(kind: str, user: User, *, to: str = "") -> None:
    """Have a letter sent, to the account's own address or, telling of its change, to the old one."""
    ask(JOB, {"letter": kind, "user": user.pk, "to": to}, by=None)


def send_letter(kind: str, user: User, to: str = "") -> bool:
    """Write and send; False if this person no longer gets such letters."""
    address = to or user.email
    if not address or not user.is_active:
        return False
    letter = write(kind, user)
    send_mail(letter.subject, letter.text, settings.DEFAULT_FROM_EMAIL, [address])
    return True


def write(kind: str, user: User) -> Letter:
    """The letter in the reader's language. The first line of its template is the subject."""
    context = {"person": user, "company": Company.get(), "site": settings.SITE_URL}
    if kind in LIFETIMES:
        path = reverse("password-new", args=[make_link_token(kind, user)])
        context["link"] = f"{settings.SITE_URL.rstrip('/')}{path}"
    with translation.override(user.language):
        written = render_to_string(f"team/letters/{kind}.txt", context)
    subject, _, text = written.strip().partition("\n")
    return Letter(subject.strip(), text.strip() + "\n")
