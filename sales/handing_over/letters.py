"""Letters to the customers of a hand-over: written in their language, approved by who leads, sent once each.

They go to a contact of the customer and nowhere else. A letter is taken before it is sent: a worker that dies in
between sends it never rather than twice, and the page says that nobody knows. Where the mail server says that it
takes no mail, the letter waits again.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from customers.models import Contact, Customer
from sales.handing_over.care import has_care
from sales.handing_over.drafting import may_hand_over
from sales.handing_over.letter_words import Words, filled, words_of
from sales.models import Handover, HandoverLetter, HandoverLine
from team.audit import Change, record, record_many
from team.models import Company, User

LANGUAGES = {code for code, _name in settings.LANGUAGES}
# Sent in one run of the job; what is left is found waiting a minute later.
AT_ONCE = 50


@dataclass
class Draft:
    """A letter as it would go: `contact` is None where nobody there has an address."""

    line: HandoverLine
    customer: Customer
    contact: Contact | None
    letter: HandoverLetter | None = None
    subject: str = ""
    text: str = ""
    language: str = ""

    @property
    def mark(self) -> str:
        """Of these very words to this address: what was approved is what goes."""
        told = "\n".join((self.contact.email if self.contact else "", self.subject, self.text))
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    @property
    def may_go(self) -> bool:
        return self.contact is not None and self.letter is None


def lines_of(handover: Handover) -> Any:
    """Customers that changed hands and have an owner."""
    lines = handover.lines.moving().filter(kind=HandoverLine.Kind.CUSTOMER, stayed=False)
    return lines.filter(receiver__isnull=False)


def may_write(handover: Handover, by: User) -> bool:
    """Whether they may let letters go: who may hand it over, of what stands; nobody is written to for an absence."""
    return has_care(handover) and may_hand_over(by, handover.leaver, handover.kind)


def drafts_of(handover: Handover, lines: Iterable[HandoverLine], viewer: User) -> list[Draft]:
    """For those of the lines whose customer the viewer sees and is with its new owner still. Four statements."""
    found = {line.record_id: line for line in lines}
    seen = Customer.visible_to(viewer).listed().filter(pk__in=found)
    customers = {row.pk: row for row in seen if row.owner_id == found[row.pk].receiver_id}
    contacts = _contacts(list(customers))
    sent = HandoverLetter.everything.filter(handover=handover, customer__in=customers)
    letters = {row.customer_id: row for row in sent.select_related("contact")}
    drafts = [
        Draft(line, customers[pk], contacts.get(pk), letters.get(pk))
        for pk, line in found.items()
        if pk in customers
    ]
    words = words_of(sorted(LANGUAGES))
    for draft in drafts:
        if draft.may_go:
            _write(draft, handover, words)
    return drafts


def _contacts(customers: list[int]) -> dict[int, Contact]:
    """Who is written to at each: the main one first; nobody whose address is none."""
    rows = Contact.everything.filter(customer__in=customers, binned_on__isnull=True)
    found: dict[int, Contact] = {}
    for row in rows.exclude(email="").order_by("-is_main", "sort_name", "pk"):
        if _is_address(row.email):
            found.setdefault(row.customer_id, row)
    return found


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _write(draft: Draft, handover: Handover, words: Mapping[str, Words]) -> None:
    contact, heir = draft.contact, draft.line.receiver
    if contact is None or heir is None:
        return
    draft.language = _language(contact.language, draft.customer.language)
    told = {
        "contact": contact.name,
        "heir": heir.name,
        "heir_email": heir.email or "",
        "leaver": handover.leaver.name if handover.leaver else "",
        "company": Company.get().name or "Mainstay",
    }
    template = words[draft.language]
    draft.subject = " ".join(filled(template.subject, told).split())[:250]
    draft.text = filled(template.text, told)[:4000] + "\n"


def _language(*wanted: str) -> str:
    """The contact's, else the customer's, else the company's; of those that the letter is there in."""
    for name in wanted:
        code = name.lower().replace("_", "-").partition("-")[0]
        if code in LANGUAGES:
            return code
    return str(settings.LANGUAGE_CODE).partition("-")[0]


def approve(handover: Handover, marks: Mapping[int, str], *, by: User) -> int:
    """The letters of these lines go, if they still say what was seen (`marks`); each customer gets one. How many."""
    with transaction.atomic():
        stored = Handover.everything.select_for_update(of=("self",), no_key=True).get(
            pk=handover.pk
        )
        if not may_write(stored, by):
            return 0
        chosen = lines_of(stored).filter(pk__in=list(marks)).order_by("pk")
        lines = chosen.select_related("receiver")
        drafts = [
            draft
            for draft in drafts_of(stored, lines, by)
            if draft.may_go and draft.mark == marks[draft.line.pk]
        ]
        now = timezone.now()
        made = HandoverLetter.everything.bulk_create(
            HandoverLetter(
                handover=stored,
                customer=draft.customer,
                contact=draft.contact,
                receiver=draft.line.receiver,
                language=draft.language,
                subject=draft.subject,
                text=draft.text,
                approved_at=now,
                approved_by=by,
            )
            for draft in drafts
        )
        changes = (
            Change(one.customer, after={"to": one.contact.email, "subject": one.subject})
            for one in made
        )
        record_many("approve letter", changes, by=by)
    return len(made)


def is_letter_waiting(_now: datetime) -> bool:
    return _waiting().exists()


def _waiting() -> "QuerySet[HandoverLetter]":
    return HandoverLetter.everything.filter(taken_at__isnull=True)


def send_waiting() -> int:
    """Send some of those that wait; how many went."""
    ids = list(_waiting().order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    with get_connection() as server:
        return sum(_send(pk, server) for pk in ids)


def _send(pk: int, server: Any) -> int:
    taken = _waiting().filter(pk=pk).update(taken_at=timezone.now())
    if not taken:
        return 0
    found = HandoverLetter.everything.select_related("handover", "customer", "contact", "receiver")
    letter = found.get(pk=pk)
    why = _why_not(letter)
    if why:
        HandoverLetter.everything.filter(pk=pk).update(problem=why)
        return 0
    mail = EmailMessage(
        letter.subject,
        letter.text,
        settings.DEFAULT_FROM_EMAIL,
        [letter.contact.email],
        # who is known from tables alone has no address
        reply_to=[letter.receiver.email] if letter.receiver.email else None,
        connection=server,
    )
    try:
        mail.send()
    except SMTPRecipientsRefused:
        HandoverLetter.everything.filter(pk=pk).update(problem=HandoverLetter.Problem.REFUSED)
        return 0
    except SMTPResponseException:
        HandoverLetter.everything.filter(pk=pk).update(taken_at=None)
        raise
    with transaction.atomic():
        HandoverLetter.everything.filter(pk=pk).update(sent_at=timezone.now())
        record("send letter", letter.customer, by=None, after={"to": letter.contact.email})
    return 1


def _why_not(letter: HandoverLetter) -> str:
    """What was approved holds no more: the hand-over was taken back, the customer or the contact moved on."""
    contact, customer = letter.contact, letter.customer
    if letter.handover.state != Handover.State.APPLIED:
        return HandoverLetter.Problem.UNDONE
    if customer.owner_id != letter.receiver_id or not customer.is_listed:
        return HandoverLetter.Problem.OWNER
    if contact.customer_id != customer.pk or contact.binned_on or not _is_address(contact.email):
        return HandoverLetter.Problem.CONTACT
    return ""
