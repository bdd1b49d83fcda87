"""Giving leads to people by the rules (`LeadRule`): in turn, by load, or to one person.

The rules in force are locked, in their order, until the transaction ends: leads that arrive in the same
moment are chosen for one after the other, so that a turn is nobody's twice.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from sales.days.due_days import WorkCalendar
from sales.leads.lead_ownership import assign_leads
from sales.models import Lead, LeadAssignment, LeadRule
from team.audit import Change, record_many
from team.models import Absence, Company, Employment, Holiday, Team, User

How, Occasion = LeadAssignment.How, LeadAssignment.Occasion
ABSENT, LEAVING, LEFT, NOT_YET = "absent", "leaving", "left", "not yet"
NO_SIGN_IN, NO_REP = "no sign-in", "no rep"
Span = tuple[date | None, date | None]


@dataclass(frozen=True)
class Choice:
    """Who gets a lead, by which rule and how; `passed_over` with whom a rule could not give it, and why."""

    how: LeadAssignment.How
    rule: LeadRule | None = None
    to: User | None = None
    passed_over: list[dict[str, Any]] = field(default_factory=list)


class Rules:
    """The rules in force with the people they name; asked for many leads, they remember what they gave."""

    def __init__(self, rules: Sequence[LeadRule], today: date) -> None:
        self._rules = rules
        self._people = _people_of(rules)
        everybody = {person.pk: person for people in self._people.values() for person in people}
        self._why_not = why_not(everybody.values(), today)
        self._loads: dict[int, int] | None = None
        self.moved: set[LeadRule] = set()

    @classmethod
    def locked(cls) -> "Rules":
        """Nobody else gives leads away until the transaction ends."""
        rules = LeadRule.objects.select_for_update(of=("self",), no_key=True)
        return cls(list(rules.filter(is_active=True).order_by("order", "pk")), Company.get().today)

    @classmethod
    def looked_at(cls) -> "Rules":
        """To say what they would do; give nothing away by these."""
        return cls(list(LeadRule.objects.filter(is_active=True)), Company.get().today)

    def choose(self, lead: Lead, *, but: Collection[int | None] = ()) -> Choice:
        """By the first rule that the lead fits and that has somebody free, `but` for some people."""
        passed: list[dict[str, Any]] = []
        fits = [rule for rule in self._rules if rule.fits(lead)]
        for rule in fits:
            free = []
            for person in self._people[rule.pk]:
                if person.pk in but:
                    continue
                if why := self._why_not[person.pk]:
                    passed.append({"rule": rule.pk, "person": person.pk, "why": why})
                else:
                    free.append(person)
            if free:
                return self._give(rule, free, passed)
        return Choice(How.NOBODY if fits else How.NO_RULE, passed_over=passed)

    def _give(self, rule: LeadRule, free: list[User], passed: list[dict[str, Any]]) -> Choice:
        if rule.way == LeadRule.Way.PERSON:
            return Choice(How.PERSON, rule, free[0], passed)
        to = _next_after(rule.last_id, free)
        if rule.way == LeadRule.Way.LOAD:
            # of equals, whose turn it is
            ahead = [person for person in free if person.pk >= to.pk]
            turns = ahead + [person for person in free if person.pk < to.pk]
            to = min(turns, key=lambda person: self._load_of(person))
            self._loads = (self._loads or {}) | {to.pk: self._load_of(to) + 1}
        rule.last_id = to.pk
        self.moved.add(rule)
        return Choice(How(rule.way), rule, to, passed)

    def _load_of(self, person: User) -> int:
        """How many open leads somebody has, with those given here."""
        if self._loads is None:
            ids = {one.pk for people in self._people.values() for one in people}
            counted = Lead.everything.open().filter(owner__in=ids).values_list("owner")
            self._loads = dict(counted.annotate(n=Count("pk")))
        return self._loads.get(person.pk, 0)


def _next_after(last: int | None, free: list[User]) -> User:
    """The next in the order of their numbers, which stands whoever comes, leaves or is away today."""
    return next((person for person in free if last is not None and person.pk > last), free[0])


def _people_of(rules: Sequence[LeadRule]) -> dict[int, list[User]]:
    """Whom each rule names, in the order of their numbers: chosen people, or a team with those inside it."""
    chosen = LeadRule.people.through.objects.filter(leadrule__in=[rule.pk for rule in rules])
    found: dict[int, list[User]] = {rule.pk: [] for rule in rules}
    for link in chosen.select_related("user").order_by("user_id"):
        found[link.leadrule_id].append(link.user)
    teams = {rule.pk: rule.team_id for rule in rules if rule.team_id is not None}
    paths = dict(Team.objects.filter(pk__in=teams.values()).values_list("pk", "path"))
    inside = Q()
    for path in paths.values():
        inside |= Q(team__path__startswith=path)
    people = User.objects.filter(inside, is_rep=True).select_related("team") if paths else ()
    for person in sorted(people, key=lambda one: one.pk):
        for rule_id, team_id in teams.items():
            if person.team is not None and person.team.path.startswith(paths[team_id]):
                found[rule_id].append(person)
    return found


def why_not(people: Iterable[User], today: date) -> dict[int, str]:
    """Why somebody gets no leads today, by person; empty: they do."""
    people = list(people)
    ids = [person.pk for person in people]
    # of a leave only working days are noted: over a weekend whoever is away on the day after it is away
    worked = WorkCalendar(Company.get(), today, Holiday.all_days()).on_or_after(today)
    away = Absence.objects.filter(user__in=ids, on__in={today, worked}, deleted_on=None)
    absent = set(away.values_list("user", flat=True))
    spans: dict[int, list[Span]] = defaultdict(list)
    employed = Employment.objects.filter(user__in=ids, deleted_on=None)
    for person, hired_on, left_on in employed.values_list("user", "hired_on", "left_on"):
        spans[person].append((hired_on, left_on))
    return {person.pk: _why_not(person, absent, spans[person.pk], today) for person in people}


def _why_not(person: User, absent: set[int], spans: list[Span], today: date) -> str:
    if not person.is_active:
        return NO_SIGN_IN
    if spans and (why := _not_here(spans, today)):
        return why
    if not person.is_rep:
        return NO_REP
    return ABSENT if person.pk in absent else ""


def _not_here(spans: list[Span], today: date) -> str:
    """By the employments of somebody, who may have come back."""
    begun = [end for start, end in spans if start is None or start <= today]
    if not begun:
        return NOT_YET
    ends = [end for end in begun if end is not None]
    if len(ends) < len(begun):
        return ""
    return LEFT if max(ends) < today else LEAVING


def give_by_rules(
    leads: Sequence[Lead], *, occasion: str, by: User | None, to_others: bool = False
) -> list[Choice]:
    """Give each lead to whom the rules choose, from today on, and write down why; nobody: it stays as it is.

    `to_others`: not to who has it now.
    """
    with transaction.atomic():
        rules = Rules.locked()
        but = [[lead.owner_id] if to_others else [] for lead in leads]
        choices = [rules.choose(lead, but=had) for lead, had in zip(leads, but, strict=True)]
        for rule in rules.moved:
            LeadRule.objects.filter(pk=rule.pk).update(last=rule.last_id)
        hand_out(list(zip(leads, choices, strict=True)), occasion=occasion, by=by)
    return choices


def hand_out(chosen: Sequence[tuple[Lead, Choice]], *, occasion: str, by: User | None) -> None:
    """Write what was chosen: the owners, the log of each lead, the audit entries. Set-based."""
    today = Company.get().today
    groups: dict[tuple[User, str], list[int]] = defaultdict(list)
    for lead, choice in chosen:
        if choice.to is not None:
            groups[choice.to, _told_to(choice.to, choice)].append(lead.pk)
            lead.owner = choice.to
    for (to, told), ids in groups.items():
        assign_leads(ids, to, on=today, by=by, reason=told)
    LeadAssignment.everything.bulk_create(
        LeadAssignment(
            lead=lead,
            rule=choice.rule,
            to=choice.to,
            how=choice.how,
            occasion=occasion,
            passed_over=choice.passed_over,
        )
        for lead, choice in chosen
    )
    left = [(lead, choice) for lead, choice in chosen if lead.owner_id is None]
    told_of = (Change(lead, after={"reason": choice.how.label}) for lead, choice in left)
    record_many("leave without owner", told_of, by=by)


def _told_to(to: User, choice: Choice) -> str:
    """Why, for the audit log, in the language of who gets the lead."""
    with override(to.language):
        how = choice.how.label
        if choice.rule is None:
            return str(how)
        return _("rule «%(rule)s»: %(how)s") % {"rule": choice.rule, "how": how}


def has_rules() -> bool:
    """Whether any rule is in force: without one nothing is left to them."""
    return LeadRule.objects.filter(is_active=True).exists()
