"""Moving the records of a hand-over to their receivers, or back to their givers: set-based, with an audit entry each.

Which ones is said by the lines: those that move, and on the way back those of them that do not stay. Past entries,
closed work and what somebody finished keep their author.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Lower
from django.utils import timezone

from customers.ownership import assign
from sales.deals.deal_owners import give_deals
from sales.handing_over.covering import name_in_covers, pass_cover_on
from sales.handing_over.late_clocks import note_clocks, restart_clocks
from sales.leads.lead_ownership import assign_leads
from sales.models import Campaign, Handover, HandoverLine, LeadRule, Task
from team.audit import Change, record, record_many
from team.models import Company, SavedView, Team, User

Kind = HandoverLine.Kind
CHUNK = 2000
# A change of owner counts as an edit of these: who has one open for editing is told.
COUNTED_UP = (Kind.DEAL, Kind.TASK, Kind.CAMPAIGN, Kind.VIEW, Kind.RULE, Kind.TEAM)


@dataclass(frozen=True)
class Move:
    """A hand-over on its way there, or `back`; `on` is the first day of the new owners."""

    handover: Handover
    on: date
    by: User | None
    back: bool = False

    @property
    def reason(self) -> str:
        return f"hand-over {self.handover.pk}" + (", taken back" if self.back else "")

    def lines(self, *kinds: str) -> Any:
        return self.handover.lines.moving().filter(kind__in=kinds, stayed=False)

    @property
    def target(self) -> str:
        return "giver" if self.back else "receiver"

    def whose(self, *kinds: str) -> dict[int | None, list[int]]:
        """The records by who gets them; None: nobody."""
        groups: dict[int | None, list[int]] = defaultdict(list)
        rows = self.lines(*kinds).order_by(self.target, "record_id")
        for user_id, record_id in rows.values_list(self.target, "record_id"):
            groups[user_id].append(record_id)
        return groups


def move(move_: Move) -> None:
    """Move everything that the lines name. Call it in the transaction that has locked the records."""
    _own(move_, assign, Kind.CUSTOMER)
    _own(move_, assign, Kind.ASIDE)
    _give_leads(move_)
    # deals have no days of their owners: what they said before is kept
    _own(replace(move_, on=Company.get().today), give_deals, Kind.DEAL)
    _give_plain(move_, Task, Kind.TASK, "title")
    _give_plain(move_, Campaign, Kind.CAMPAIGN, "name")
    _give_views(move_)
    _give_rules(move_)
    _give_teams(move_)
    pass_cover_on(move_.handover, back=move_.back)


def _own(move_: Move, write: Any, kind: str) -> None:
    people = User.objects.in_bulk([pk for pk in move_.whose(kind) if pk is not None])
    for user_id, ids in move_.whose(kind).items():
        to = people[user_id] if user_id is not None else None
        write(ids, to, on=move_.on, by=move_.by, reason=move_.reason, tells=False)


def _give_leads(move_: Move) -> None:
    if not move_.back:
        note_clocks(move_.lines(Kind.LEAD))
    _own(move_, assign_leads, Kind.LEAD)
    moved_at = move_.handover.applied_at
    if move_.back and moved_at is not None:
        restart_clocks(move_.lines(Kind.LEAD), moved_at, timezone.now())


def _give_plain(move_: Move, model: Any, kind: str, title: str) -> None:
    """Records of which nothing is kept beside the owner."""
    rows = move_.lines(kind).order_by("record_id")
    lines = list(rows.values_list("record_id", move_.target))
    for start in range(0, len(lines), CHUNK):
        part = lines[start : start + CHUNK]
        found = model._default_manager.filter(pk__in=[pk for pk, _to in part])
        told = {pk: (name, owner) for pk, name, owner in found.values_list("pk", title, "owner")}
        _set_owner(move_, model, kind, [pk for pk, _to in part])
        changes = (
            _change(move_, model(pk=pk, **{title: told[pk][0]}), told[pk][1], to)
            for pk, to in part
            if pk in told
        )
        record_many("assign", changes, by=move_.by)


def _set_owner(move_: Move, model: Any, kind: str, ids: list[int]) -> None:
    to = move_.lines(kind).filter(record_id=OuterRef("pk")).values(move_.target)[:1]
    model._default_manager.filter(pk__in=ids).update(owner=Subquery(to), version=F("version") + 1)


def _change(move_: Move, subject: Any, before: int | None, after: int | None) -> Change:
    return Change(subject, {"owner": before}, {"owner": after, "reason": move_.reason})


def _give_views(move_: Move) -> None:
    """A view whose name the heir has used already gets the giver's beside it."""
    lines = {line.record_id: line for line in move_.lines(Kind.VIEW).select_related("giver")}
    if not lines:
        return
    views = list(SavedView.objects.filter(pk__in=lines).order_by("pk"))
    people = {getattr(line, f"{move_.target}_id") for line in lines.values()}
    taken = {
        (owner, listed, name)
        for owner, listed, name in SavedView.objects.filter(
            owner__in=people, deleted_at__isnull=True
        ).values_list("owner", "listed", Lower("name"))
    }
    changes = []
    for view in views:
        line = lines[view.pk]
        before = {"owner": view.owner_id, "name": view.name}
        view.owner_id = getattr(line, f"{move_.target}_id")
        if move_.back:
            view.name = line.before.get("name", view.name)
        elif (view.owner_id, view.listed, view.name.lower()) in taken:
            view.name = f"{view.name} ({line.giver})"[
                : SavedView._meta.get_field("name").max_length
            ]
        view.version += 1
        line.before = {"name": before["name"]}
        taken.add((view.owner_id, view.listed, view.name.lower()))
        changes.append(Change(view, before, {"owner": view.owner_id, "name": view.name}))
    SavedView.objects.bulk_update(views, ["owner", "name", "version"], batch_size=500)
    HandoverLine.objects.bulk_update(lines.values(), ["before"], batch_size=500)
    record_many("assign", changes, by=move_.by)


def _give_rules(move_: Move) -> None:
    """The receiver stands in for the giver; who was named already is named once."""
    lines = {line.record_id: line for line in move_.lines(Kind.RULE)}
    rules = list(LeadRule.objects.filter(pk__in=lines).order_by("pk"))
    named = LeadRule.people.through
    for rule in rules:
        line = lines[rule.pk]
        before = list(
            named.objects.filter(leadrule=rule).order_by("user_id").values_list("user", flat=True)
        )
        after = line.before["people"] if move_.back else _instead(before, line)
        gone, come = set(before) - set(after), set(after) - set(before)
        named.objects.filter(leadrule=rule, user__in=gone).delete()
        named.objects.bulk_create(named(leadrule=rule, user_id=pk) for pk in sorted(come))
        line.before = {"people": before, "now": sorted(after)}
        name_in_covers(move_.handover, rule.pk, before, after)
        record("name people", rule, by=move_.by, before=_named(before), after=_named(after))
    LeadRule.objects.filter(pk__in=lines).update(version=F("version") + 1)
    HandoverLine.objects.bulk_update(lines.values(), ["before"], batch_size=500)


def _instead(before: Iterable[int], line: HandoverLine) -> list[int]:
    others = {pk for pk in before if pk != line.giver_id}
    return sorted(others | ({line.receiver_id} if line.receiver_id else set()))


def _named(ids: Iterable[int]) -> dict[str, str]:
    names = User.objects.filter(pk__in=ids).order_by("pk").values_list("name", flat=True)
    return {"people": ", ".join(names)}


def _give_teams(move_: Move) -> None:
    for user_id, ids in move_.whose(Kind.TEAM).items():
        teams = list(Team.objects.filter(pk__in=ids).order_by("pk"))
        Team.objects.filter(pk__in=ids).update(manager=user_id, version=F("version") + 1)
        changes = (Change(t, {"manager": t.manager_id}, {"manager": user_id}) for t in teams)
        record_many("update", changes, by=move_.by)
