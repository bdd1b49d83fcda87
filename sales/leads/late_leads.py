"""When nobody answers a lead in time: who leads the owner is told, and, if the rule says so, the next person gets it.

Each at most once for a lead, and never once somebody has answered: the lead is locked and looked at again before
anything is written. Leads whose time ran out longer than `NEWS` ago, brought in by a file, are no news.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sales.leads.assigning import give_by_rules
from sales.models import Lead, LeadAssignment, LeadEscalation, LeadRule
from team.access import MANAGER, leads_others
from team.audit import Change, record, record_many
from team.leaders import leaders_of
from team.models import Company, User
from team.notices import AT_ONCE, Told, notice_kind, tell
from team.rail import waiting
from team.working_time import WorkingTime

NEWS = timedelta(days=7)
CHUNK = 100


def _unanswered(told: Mapping[str, Any]) -> str:
    if told["owner"]:
        return _("Nobody answered %(name)s in time. Owner: %(owner)s.") % told
    return _("Nobody answered %(name)s in time, and it has no owner.") % told


UNANSWERED = notice_kind(
    "lead.unanswered",
    gettext_lazy("A lead that somebody you lead did not answer in time"),
    _unanswered,
    icon="clock-exclamation",
    mail=AT_ONCE,
)
TOLD, PASSED_ON = LeadEscalation.Level.TOLD, LeadEscalation.Level.PASSED_ON


def is_anything_late(now: datetime) -> bool:
    return _late(now).exists() or _to_pass_on(now).exists()


def _late(now: datetime) -> "QuerySet[Lead]":
    """Leads that wait beyond their time and nobody was told of."""
    told = LeadEscalation.everything.filter(lead=OuterRef("pk"), level=TOLD)
    due = Lead.everything.waiting().filter(response_due_at__gt=now - NEWS, response_due_at__lte=now)
    return due.filter(~Exists(told)).order_by("response_due_at", "pk")


def _to_pass_on(now: datetime) -> "QuerySet[Lead]":
    """Late leads that are the next person's by now."""
    due = LeadEscalation.everything.filter(level=TOLD, pass_on_at__lte=now, lead=OuterRef("pk"))
    done = LeadEscalation.everything.filter(level=PASSED_ON, lead=OuterRef("pk"))
    return Lead.everything.waiting().filter(Exists(due), ~Exists(done)).order_by("pk")


def tell_of_late(now: datetime) -> int:
    """Write down and tell of every lead that has become late; how many there were."""
    count = 0
    while some := _tell_of_some(now):
        count += some
    return count


@transaction.atomic
def _tell_of_some(now: datetime) -> int:
    leads = _locked(_late(now))
    rules = _rules_of(leads)
    leaders = _leaders(leads, rules)
    time = WorkingTime(Company.get())
    LeadEscalation.everything.bulk_create(
        LeadEscalation(
            lead=lead,
            level=TOLD,
            rule=rules[lead.pk],
            told=[leader.name for leader in leaders[lead.pk]],
            is_open=_tells(rules[lead.pk]),
            pass_on_at=_pass_on_at(lead, rules[lead.pk], time),
            at=now,
        )
        for lead in leads
    )
    told = {lead.pk: ", ".join(leader.name for leader in leaders[lead.pk]) for lead in leads}
    changes = (Change(lead, after={"told": told[lead.pk]}) for lead in leads)
    record_many("not answered in time", changes, by=None)
    _tell(leads, leaders)
    return len(leads)


def pass_on_late(now: datetime) -> int:
    """Give to the next person what its rule says, never to who had it; how many leads were looked at."""
    count = 0
    while some := _pass_on_some(now):
        count += some
    return count


@transaction.atomic
def _pass_on_some(now: datetime) -> int:
    leads = _locked(_to_pass_on(now))
    told = LeadEscalation.everything.filter(lead__in=leads, level=TOLD)
    rules = dict(told.values_list("lead", "rule"))
    LeadEscalation.everything.bulk_create(
        LeadEscalation(lead=lead, level=PASSED_ON, rule_id=rules[lead.pk], at=now) for lead in leads
    )
    if leads:
        give_by_rules(leads, occasion=LeadAssignment.Occasion.LATE, by=None, to_others=True)
    return len(leads)


def _locked(rows: "QuerySet[Lead]") -> list[Lead]:
    """Some of the rows, which until the transaction ends nobody else answers or closes."""
    ids = list(rows.values_list("pk", flat=True)[:CHUNK])
    locked = Lead.everything.select_for_update(of=("self",), no_key=True)
    found = list(locked.filter(pk__in=ids).order_by("pk"))
    # whoever held them before may have answered
    still = set(rows.filter(pk__in=ids).values_list("pk", flat=True))
    return [lead for lead in found if lead.pk in still]


def _rules_of(leads: Sequence[Lead]) -> dict[int, LeadRule | None]:
    """The rule that gave each lead, else the first one that it fits."""
    rules: dict[int, LeadRule | None] = {}
    given = LeadAssignment.everything.filter(lead__in=leads, rule__isnull=False)
    for entry in given.select_related("rule").order_by("pk"):
        rules[entry.lead_id] = entry.rule
    active = list(LeadRule.objects.filter(is_active=True))
    for lead in leads:
        fits = (rule for rule in active if rule.fits(lead))
        rules.setdefault(lead.pk, next(fits, None))
    return rules


def _tells(rule: LeadRule | None) -> bool:
    """What no rule covers is told all the same: nobody else would notice."""
    return rule is None or rule.tells_leader


def _pass_on_at(lead: Lead, rule: LeadRule | None, time: WorkingTime) -> datetime | None:
    """So many hours later by the clock that has run out: working hours go on when the company opens again."""
    if rule is None or not rule.passes_on or lead.response_due_at is None:
        return None
    due, hours = lead.response_due_at, rule.passes_on_after
    opened = time.after(due, hours) if lead.working_hours is not None else None
    return opened or due + timedelta(hours=hours)


def _leaders(leads: Sequence[Lead], rules: dict[int, LeadRule | None]) -> dict[int, list[User]]:
    """Who is told of each lead: who leads its owner; all managers where nobody owns it or nobody leads them."""
    leading = leaders_of(User.objects.filter(pk__in=_owners(leads)))
    active = User.objects.filter(is_active=True).order_by("pk")
    managers = list(active.filter(is_manager=True)) or list(active.filter(is_admin=True))
    found: dict[int, list[User]] = {}
    for lead in leads:
        leader = leading.get(lead.owner_id or 0)
        told = managers if leader is None else [leader]
        found[lead.pk] = told if _tells(rules[lead.pk]) else []
    return found


def _tell(leads: Sequence[Lead], leaders: dict[int, list[User]]) -> None:
    owners = dict(User.objects.filter(pk__in=_owners(leads)).values_list("pk", "name"))
    tell(
        UNANSWERED,
        (
            Told(
                leader.pk,
                str(lead.pk),
                {"name": lead.name, "owner": owners.get(lead.owner_id or 0, "")},
                lead.get_absolute_url(),
            )
            for lead in leads
            for leader in leaders[lead.pk]
        ),
    )


def _owners(leads: Sequence[Lead]) -> set[int]:
    return {lead.owner_id for lead in leads if lead.owner_id is not None}


def late_notices(viewer: User) -> "QuerySet[LeadEscalation]":
    """What this person is told of on their pages: late leads of theirs to see that still wait, until it is noted."""
    if not leads_others(viewer):
        return LeadEscalation.everything.none()
    unanswered = Lead.visible_to(viewer).waiting().values("pk")
    told = LeadEscalation.everything.filter(level=TOLD, is_open=True, lead__in=unanswered)
    return told.select_related("lead", "lead__owner").order_by("-at", "-pk")


def note_late(lead: Lead, *, by: User) -> bool:
    """Somebody who leads others looks after it; False: it was noted already."""
    with transaction.atomic():
        open_ones = LeadEscalation.everything.filter(lead=lead, level=TOLD, is_open=True)
        noted = open_ones.update(is_open=False)
        if noted:
            record("settle alert", lead, by=by)
    return bool(noted)


@waiting("lead")
def _waiting_leads(user: User) -> "QuerySet[Lead]":
    """Own leads that nobody has answered; of who manages a team also the late ones of theirs to see."""
    own = Q(owner=user)
    if not user.has_role(MANAGER):
        return Lead.everything.waiting().filter(own)
    told = LeadEscalation.everything.filter(lead=OuterRef("pk"), level=TOLD, is_open=True)
    return Lead.visible_to(user).waiting().filter(own | Exists(told))
