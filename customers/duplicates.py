"""Is this the same customer? What a form tells before saving a second one (ruling 22).

Within the viewer's scope a match is shown by name. Of records beyond it nothing is told but that the
company knows this phone number or e-mail, only for a complete one, `HINTS_AN_HOUR` times, each logged.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.lib.search_terms import email_term, phone_term, words_of
from crm.lib.text import normalise_email, normalise_phone
from customers.models import Customer, SearchTerm
from customers.search import SEARCHABLE, Searchable, narrow
from team.access import scope_of
from team.audit import record
from team.models import AuditDetail, Owned, User

HINTS_AN_HOUR = 20
SHOWN = 5
HINTED = "duplicate.hinted"
# Persons often share a name, so a contact's is compared with no other kind.
_SAME_NAME = {
    "customer": ("customer", "lead"),
    "lead": ("customer", "lead"),
    "contact": ("contact",),
}
_LEGAL_FORMS = frozenset(
    words_of("тов фоп пп пат прат ат дп кп ооо ltd llc limited inc corp co gmbh ag sa srl sp zoo")
)


@dataclass(frozen=True)
class Duplicate:
    """A record the viewer may open, and by what it is the same."""

    row: Any
    by: str

    @property
    def told(self) -> str:
        sentences = {
            "phone": _("%(name)s already has this number."),
            "email": _("%(name)s already has this e-mail."),
            "name": _("%(name)s is already there."),
        }
        return str(sentences[self.by] % {"name": self.row})


@dataclass(frozen=True)
class Duplicates:
    """`elsewhere`: somebody beyond the viewer's scope has this phone number or e-mail."""

    known: list[Duplicate] = field(default_factory=list)
    elsewhere: bool = False

    @property
    def any(self) -> bool:
        return bool(self.known) or self.elsewhere

    @property
    def told_elsewhere(self) -> str:
        return str(_("This number or e-mail is already known to the company: ask your manager."))


def possible_duplicates(
    user: User, kind: str, *, name: str = "", phone: str = "", email: str = ""
) -> Duplicates:
    """Who may be meant by what is typed into a form that makes a record of this kind."""
    number, address = normalise_phone(phone), normalise_email(email)
    address = address if "@" in address else ""
    reached, beyond = _same_reach(user, number, address)
    named = [Duplicate(row, "name") for row in _same_name(user, kind, name)]
    known = list({match.row: match for match in [*named, *reached]}.values())
    return Duplicates(
        known=sorted(known, key=lambda match: match.by == "name")[:SHOWN],
        elsewhere=beyond and _may_hint(user, number, address),
    )


def customers_reached_by(phone: str, email: str) -> list[Customer]:
    """Who has this number or e-mail, or a contact who has it, in any scope: for the company, to tell no person."""
    reached = reached_by(["customer", "contact"], phone, email)
    ids = {row.pk for row in reached.get("customer", ())}
    ids |= {row.customer_id for row in reached.get("contact", ())}
    found = Customer.everything.listed().filter(pk__in=ids)
    return list(found.select_related("owner").order_by("pk"))


def reached_by(kinds: list[str], phone: str, email: str) -> dict[str, list[Any]]:
    """The rows of all scopes with this number or e-mail, by kind: for the company, to tell no person."""
    return _reached(kinds, normalise_phone(phone), normalise_email(email))


def _reached(kinds: list[str], number: str, address: str) -> dict[str, list[Any]]:
    """The rows of all scopes by phone or e-mail, by kind."""
    wanted = [
        *([phone_term(number)] if number else []),
        *([email_term(address)] if address else []),
    ]
    ids: dict[str, set[int]] = {}
    terms = SearchTerm.objects.filter(kind__in=kinds, term__in=wanted) if wanted else None
    for kind, record_id in terms.values_list("kind", "record_id") if terms is not None else ():
        ids.setdefault(kind, set()).add(record_id)
    return {
        kind: [row for row in _there(SEARCHABLE[kind], found) if _shares(row, number, address)]
        for kind, found in ids.items()
    }


def _same_reach(user: User, number: str, address: str) -> tuple[list[Duplicate], bool]:
    """Matches in scope by phone or e-mail; and whether there are others beyond it."""
    kinds = [kind for kind, entry in SEARCHABLE.items() if entry.reachable]
    matches: list[Duplicate] = []
    beyond = False
    for kind, rows in _reached(kinds, number, address).items():
        seen = _visible(SEARCHABLE[kind], user, rows)
        beyond = beyond or len(seen) < len(rows)
        matches += [Duplicate(row, _shares(row, number, address)) for row in seen]
    return matches, beyond


def _there(kind: Searchable, ids: set[int]) -> list[Any]:
    """The rows of all scopes; what is in the bin does not count."""
    return list(kind.model.everything.filter(pk__in=ids, **{f"{kind.gone}__isnull": True}))


def _visible(kind: Searchable, user: User, rows: list[Owned]) -> list[Any]:
    visible = kind.model.visible_to(user).filter(pk__in=[row.pk for row in rows])
    pks = set(visible.values_list("pk", flat=True))
    return [row for row in rows if row.pk in pks]


def _shares(row: Any, number: str, address: str) -> str:
    if number and row.phone_e164 == number:
        return "phone"
    return "email" if address and row.email == address else ""


def _same_name(user: User, kind: str, name: str) -> list[Any]:
    """Rows in scope whose name has exactly these words, whatever their order, spelling and legal form."""
    words = name_words(name)
    same: list[Any] = []
    for other in _SAME_NAME[kind] if len("".join(words)) > 1 else ():
        entry = SEARCHABLE[other]
        rows = entry.model.visible_to(user).filter(**{f"{entry.gone}__isnull": True})
        found = narrow(rows, other, " ".join(sorted(words)), viewer=user)[:50]
        same += [row for row in found if name_words(row.name) == words]
    return same


def name_words(name: str) -> frozenset[str]:
    return frozenset(words_of(name)) - _LEGAL_FORMS


def _may_hint(user: User, number: str, address: str) -> bool:
    """Log the hint unless it was given within the hour already; False beyond the limit."""
    if scope_of(user).all:
        return False
    looked_for = {"phone": number, "email": address}
    recent = AuditDetail.objects.filter(
        entry__action=HINTED, entry__actor=user, entry__at__gte=timezone.now() - timedelta(hours=1)
    )
    given = list(recent.values_list("after", flat=True))
    if looked_for in given:
        return True
    if len(given) >= HINTS_AN_HOUR:
        return False
    with transaction.atomic():
        record(HINTED, by=user, after=looked_for)
    return True
