"""Hand-over notes: what the records propose for them, saving them, and how many are still to be written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.lib import formatting
from customers.models import Complaint, Contact, Contract, Customer
from sales.handing_over.planning import RENEWAL_DAYS, SPOKEN
from sales.models import Activity, Deal, Handover, HandoverLine, HandoverNote, Task
from team.access import leads_others
from team.models import Company, User
from team.records import VersionConflict, add_record, change_record

# Lines of a proposal: somebody reads and mends it.
MOST = 5
FIELDS = list(HandoverNote.PARTS)


def giver_of(customer: Customer, viewer: User) -> User | None:
    """Whose page about this customer somebody may write: the owner's own, or for who leads them; None: nobody's.

    After the hand-over who leads may still mend what the one before the owner left.
    """
    if not leads_others(viewer):
        return customer.owner if customer.owner_id == viewer.pk else None
    given = (
        HandoverLine.objects.filter(
            kind=HandoverLine.Kind.CUSTOMER,
            record_id=customer.pk,
            receiver=customer.owner_id,
            chosen=True,
            giver__isnull=False,
            handover__state=Handover.State.APPLIED,
        )
        .select_related("giver")
        .order_by("-handover__applied_at")
        .first()
    )
    return given.giver if given is not None else customer.owner


def note_about(customer: Customer, giver: User) -> HandoverNote | None:
    return HandoverNote.everything.filter(customer=customer, giver=giver).first()


def latest_note(customers: list[int]) -> HandoverNote | None:
    """What who looked after them before wrote down last, for who does now."""
    written = HandoverNote.everything.filter(customer__in=customers).select_related("giver")
    return written.order_by("-written_at").first()


def write_note(note: HandoverNote, *, by: User) -> tuple[HandoverNote, bool]:
    """Store a first version, once; raises `VersionConflict` if somebody else has begun this page meanwhile."""
    note.written_at, note.written_by = timezone.now(), by
    try:
        return add_record(note, by=by, fields=FIELDS)
    except IntegrityError as error:
        begun = note_about(note.customer, note.giver)
        if begun is None:
            raise
        raise VersionConflict(begun) from error


def change_note(note: HandoverNote, values: dict[str, str], *, by: User, version: int) -> None:
    """Raises `VersionConflict` if somebody saved first."""
    with transaction.atomic():
        saved = change_record(note, values, by=by, version=version)
        if saved.version != note.version:
            HandoverNote.everything.filter(pk=note.pk).update(
                written_at=timezone.now(), written_by=by
            )


def with_whole_note(lines: Any) -> Any:
    """Lines of customers of which the giver's page is whole."""
    return lines.filter(Exists(_whole(OuterRef("record_id"), OuterRef("giver"))))


def _whole(customer: Any, giver: Any) -> "QuerySet[HandoverNote]":
    empty = Q()
    for part in HandoverNote.PARTS:
        empty |= Q(**{part: ""})
    return HandoverNote.everything.filter(customer=customer, giver=giver).exclude(empty)


@dataclass(frozen=True)
class Written:
    """Of so many customers that go over so many have their page."""

    customers: int
    written: int

    @property
    def missing(self) -> int:
        return self.customers - self.written


def written_for(handover: Handover) -> Written:
    """Two statements."""
    lines = handover.lines.filter(kind=HandoverLine.Kind.CUSTOMER, chosen=True)
    return Written(lines.count(), with_whole_note(lines).count())


def own_customers(user: User) -> Any:
    """Customers of somebody who writes their pages, with `has_note`."""
    rows = Customer.everything.listed().filter(owner=user)
    return rows.annotate(has_note=Exists(_whole(OuterRef("pk"), user.pk)))


def proposal_for(customer: Customer) -> dict[str, str]:
    """What the records say, part by part, to begin with. Six statements."""
    today = Company.get().today
    return {
        "state": _lines([*_calls(customer), *_deals(customer)]),
        "promises": _lines(_tasks(customer)),
        "people": _lines(_people(customer)),
        "dangers": _lines([*_complaints(customer), *_contracts(customer, today)]),
    }


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(" ".join(text.split()) for text in texts)[:2000]


def _calls(customer: Customer) -> list[str]:
    spoken = Activity.everything.filter(
        customer=customer,
        kind__in=SPOKEN,
        status=Activity.Status.DONE,
        deleted_on__isnull=True,
    )
    rows = spoken.exclude(note="").order_by("-start_at", "-pk")[:3]
    return [f"{formatting.day(timezone.localtime(row.start_at))}: {row.note}" for row in rows]


def _deals(customer: Customer) -> list[str]:
    rows = Deal.everything.filter(customer=customer, closed_on__isnull=True, binned_on__isnull=True)
    money = Company.get().base_currency
    told = rows.select_related("stage").order_by("-cents", "-pk")[:MOST]
    return [
        f"{_('Deal')}: {row.title}, {row.stage}, {formatting.money(row.cents, money)}"
        for row in told
    ]


def _tasks(customer: Customer) -> list[str]:
    rows = Task.everything.filter(customer=customer, state=Task.State.OPEN).order_by("due_on", "pk")
    return [f"{row.title}, {formatting.day(row.due_on)}" for row in rows[:MOST]]


def _people(customer: Customer) -> list[str]:
    rows = Contact.everything.filter(customer=customer, binned_on__isnull=True)
    told = rows.order_by("-is_main", "sort_name", "pk")[:MOST]
    return [", ".join(filter(None, (row.name, row.role))) for row in told]


def _complaints(customer: Customer) -> list[str]:
    rows = Complaint.everything.filter(
        customer=customer, settled_on__isnull=True, deleted_on__isnull=True
    ).order_by("made_on", "pk")
    return [
        _("Complaint of %(day)s: %(about)s")
        % {"day": formatting.day(row.made_on), "about": row.about}
        for row in rows[:MOST]
    ]


def _contracts(customer: Customer, today: Any) -> list[str]:
    rows = Contract.everything.filter(
        customer=customer,
        end_on__gte=today,
        end_on__lte=today + RENEWAL_DAYS,
        cancelled_on__isnull=True,
        deleted_on__isnull=True,
    ).order_by("end_on", "pk")
    return [
        _("Contract ends on %(day)s: %(title)s")
        % {"day": formatting.day(row.end_on), "title": row.title or row.reference}
        for row in rows[:MOST]
    ]
