"""Hand-overs as documents: what is planned, who gets it and why, what moves, what goes back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.merging import merge, unmerge
from customers.models import Contract, Customer, Ownership
from customers.ownership import assign
from sales.deals.changing import change_deal
from sales.handing_over.applying import AlreadyDone, ChangedSince, NoHeir, NothingLeft, apply
from sales.handing_over.changes import differences, in_names
from sales.handing_over.drafting import (
    choose_lines,
    clear_hand,
    give,
    give_rest_to_pool,
    look_again,
    name_heirs,
    set_rule,
    start,
)
from sales.handing_over.records import KINDS
from sales.handing_over.undoing import TooLate, left, undo
from sales.models import (
    Campaign,
    Deal,
    Handover,
    HandoverLine,
    Lead,
    LeadEscalation,
    LeadRule,
    Task,
)
from team.departures import deactivate
from team.models import AuditEntry, Company, Employment, Job, Notice, SavedView, Team, User
from team.refusals import Refusal
from tests.sales.handovers import MOVED, SINCE, book_of, tables, talk

pytestmark = pytest.mark.django_db

# Columns that name a person and do not change hands: what somebody did, was, or keeps for themselves.
STAYS = {
    "what was done, by whom": {
        "Activity.author",
        "Act.by",
        "AuditEntry.actor",
        "BulkAct.by",
        "Complaint.by",
        "Complaint.settled_by",
        "Contract.by",
        "Conversion.by",
        "DealChange.by",
        "Dispute.answered_by",
        "Dispute.by",
        "Handover.applied_by",
        "Handover.by",
        "Handover.undone_by",
        "HandoverLetter.approved_by",
        "HandoverNote.written_by",
        "ImportBatch.by",
        "Parameters.set_by",
        "Revenue.rep",
        "Snapshot.asked_by",
        "Survey.by",
        "TwinPair.by",
        "WebPost.settled_by",
    },
    "what was given to whom, then": {
        "Act.to",
        "ActItem.owner_before",
        "BulkAct.to",
        "Evidence.owner",
        "HandoverHeir.user",
        "Handover.leaver",
        "HandoverLine.giver",
        "HandoverLine.receiver",
        "HandoverLine.second",
        "HandoverLetter.receiver",
        "HandoverNote.giver",
        "LeadAssignment.to",
        "LeadRule.last",
        "Part.owner",
        "TeamSum.owner",
        "SellingDay.rep",
        "Mention.user",
    },
    "periods, written with the owner": {"Ownership.rep", "LeadOwnership.rep", "DealPast.owner"},
    "the person's own employment": {
        "Absence.user",
        "Employment.user",
        "Membership.user",
        "Wage.user",
    },
    "kept for oneself, dead with the sign-in": {
        "Arrangement.user",
        "CallDraft.user",
        "Device.user",
        "Feed.user",
        "Job.requested_by",
        "Sent.user",
        "Subscription.user",
        "Notice.user",
        "NoticeWish.user",
        "Reading.user",
        "HabitAlert.user",
    },
}


def kinds(handover: Handover, **narrow: Any) -> dict[str, int]:
    counted: dict[str, int] = {}
    for kind in handover.lines.filter(**narrow).values_list("kind", flat=True):
        counted[kind] = counted.get(kind, 0) + 1
    return counted


def receivers(handover: Handover, kind: str = "customer") -> dict[str, tuple[str, str]]:
    """By name of the record: who gets it and why."""
    names = {row.pk: str(row) for row in KINDS[kind].model._default_manager.all()}
    lines = handover.lines.filter(kind=kind).select_related("receiver")
    return {names[line.record_id]: (str(line.receiver or ""), line.why) for line in lines}


def planned(leaver: User, by: User, heirs: list[User], **rule: Any) -> Handover:
    handover, _made = start("departure", leaver, by=by, last_day=Company.get().today)
    set_rule(handover, {"rule": "turn"} | rule, heirs, by=by)
    return handover


@pytest.fixture
def heirs(hire: Callable[..., User], north: Team) -> list[User]:
    return [hire(name, team=north, is_rep=True) for name in ("Anna", "Borys", "Clara")]


def test_no_way_to_point_at_a_person_is_forgotten() -> None:
    """A column that names people either changes hands or stays for a reason that is written down here."""
    moves = {kind.whose.partition(".")[2] for kind in KINDS.values()}
    known = moves | {name for names in STAYS.values() for name in names}
    found = set()
    for model in apps.get_models():
        if model._meta.app_label not in ("team", "customers", "sales", "reports"):
            continue
        for field in (*model._meta.fields, *model._meta.many_to_many):
            copied = type(field).__name__ == "OwnerCopy" or field.name == "created_by"
            if field.related_model is User and not copied:
                found.add(f"{model.__name__}.{field.name}")
    assert found - known == {"Handover.heirs"}
    assert known - found == set()


def test_the_plan_holds_what_is_theirs_with_the_tie_and_its_evidence(
    rep: User, other_rep: User, admin: User, heirs: list[User]
) -> None:
    sole, shared, mostly, silent = book_of(rep, 4, deals=4, tasks=8, leads=2)
    talk(rep, [sole], 12)
    talk(rep, [shared], 1)
    talk(heirs[0], [shared], 3)
    talk(rep, [mostly], 3)
    talk(heirs[1], [mostly], 2)
    talk(rep, [silent], 5, days_ago=400)
    book_of(other_rep, 1, deals=1, tasks=1, leads=1)
    ends = Company.get().today + timedelta(days=60)
    Contract.everything.create(customer=sole, start_on=SINCE, end_on=ends, recorded_on=SINCE)
    Contract.everything.create(
        customer=shared, start_on=SINCE, end_on=ends + timedelta(days=1), recorded_on=SINCE
    )
    Task.everything.filter(title="Task 0", owner=rep).update(state="done")
    Deal.everything.filter(title="Deal 3", owner=rep).update(closed_on=SINCE)
    handover = planned(rep, admin, heirs)
    assert kinds(handover) == {"customer": 4, "deal": 3, "task": 7, "lead": 2}
    told = {
        line.record_id: (line.tie, line.calls_own, line.calls_others, line.second, line.renews_on)
        for line in handover.lines.filter(kind="customer")
    }
    assert told == {
        sole.pk: ("high", 12, 0, None, ends),
        shared.pk: ("low", 1, 3, heirs[0], None),
        mostly.pk: ("medium", 3, 2, heirs[1], None),
        silent.pk: ("low", 0, 0, None, None),
    }
    assert handover.lines.get(kind="customer", record_id=sole.pk).cents == 100


def test_in_turn_the_richest_go_first_and_who_knows_them_comes_before_all(
    rep: User, admin: User, heirs: list[User]
) -> None:
    made = book_of(rep, 4, deals=1)
    talk(heirs[2], [made[3]], 1)
    anna, borys, clara = heirs
    handover = planned(rep, admin, heirs)
    assert receivers(handover) == {
        "Customer 4": ("Clara", "knows"),
        "Customer 3": ("Anna", "turn"),
        "Customer 2": ("Borys", "turn"),
        "Customer 1": ("Clara", "turn"),
    }
    assert receivers(handover, "deal") == {"Deal 0": ("Clara", "follows")}
    set_rule(handover, {"knows_first": False}, heirs, by=admin)
    assert receivers(handover)["Customer 4"] == ("Anna", "turn")
    set_rule(handover, {"rule": "one"}, [borys], by=admin)
    assert set(receivers(handover).values()) == {("Borys", "one")}


def test_by_region_goes_to_who_works_there_and_balance_evens_out(
    rep: User, admin: User, heirs: list[User], keep: Any
) -> None:
    anna, borys, _clara = heirs
    keep(anna, "Hers", region="East", annual_cents=1_000_00)
    keep(borys, "His", region="South", annual_cents=5_000_00)
    keep(rep, "In the east", region="East", annual_cents=3_000_00)
    keep(rep, "In the south", region="South", annual_cents=2_000_00)
    keep(rep, "Nowhere", annual_cents=100_00)
    handover = planned(rep, admin, [anna, borys], rule="region")
    assert receivers(handover) == {
        "In the east": ("Anna", "region"),
        "In the south": ("Borys", "region"),
        # Anna has 4,000 by then, Borys 7,000
        "Nowhere": ("Anna", "evens"),
    }
    set_rule(handover, {"rule": "balanced"}, [anna, borys], by=admin)
    # 1,000 and 5,000 before: the east to Anna (4,000), then the south to her as well though a stranger there (6,000)
    assert receivers(handover)["In the east"][0] == "Anna"
    assert receivers(handover)["Nowhere"] == ("Borys", "evens")


def test_the_ceiling_leaves_room_for_others_and_bans_nobody(
    rep: User, admin: User, heirs: list[User], keep: Any
) -> None:
    anna, borys, clara = heirs
    talk(anna, [keep(anna, "Hers")], 9)
    talk(borys, [keep(borys, "His")], 1)
    talk(rep, [keep(rep, "Moves 1"), keep(rep, "Moves 2")], 1)
    # twelve calls over the three who stay: four each is usual
    handover = planned(rep, admin, [anna, borys], ceiling=100)
    assert set(receivers(handover).values()) == {("Borys", "turn")}
    set_rule(handover, {"ceiling": 20}, [anna, borys], by=admin)
    assert {who for who, _why in receivers(handover).values()} == {"Anna", "Borys"}
    assert clara.name not in {who for who, _why in receivers(handover).values()}


def test_choices_by_hand_survive_distributing_again_until_they_are_cleared(
    rep: User, admin: User, heirs: list[User]
) -> None:
    made = book_of(rep, 4, deals=4, tasks=4)
    handover = planned(rep, admin, heirs, knows_first=False)
    before = receivers(handover)
    line = handover.lines.get(kind="customer", record_id=made[0].pk)
    assert before["Customer 1"] == ("Anna", "turn")
    give(handover, [line.pk], heirs[2], by=admin)
    for rule in ("one", "turn", "balanced"):
        set_rule(handover, {"rule": rule}, heirs, by=admin)
        assert receivers(handover)["Customer 1"] == ("Clara", "hand")
    assert receivers(handover, "deal")["Deal 0"] == ("Clara", "follows")
    set_rule(handover, {"rule": "turn"}, heirs, by=admin)
    once = receivers(handover)
    set_rule(handover, {"rule": "turn"}, heirs, by=admin)
    assert receivers(handover) == once
    clear_hand(handover, by=admin)
    assert receivers(handover) == before
    with pytest.raises(Refusal, match="Add Rita Rep"):
        give(handover, [line.pk], rep, by=admin)


def test_everything_moves_once_with_an_entry_each_and_heirs_are_told(
    rep: User, manager: User, admin: User, heirs: list[User]
) -> None:
    made = book_of(rep, 6, deals=3, tasks=9, leads=3)
    talk(rep, made[:2], 2)
    done = Task.everything.create(
        title="Done", owner=rep, customer=made[0], state="done", due_on=SINCE
    )
    closed = Deal.everything.filter(title="Deal 2")
    closed.update(closed_on=SINCE)
    others = Task.everything.create(
        title="Of a colleague", owner=heirs[0], customer=made[0], due_on=SINCE
    )
    handover = planned(rep, admin, heirs, rule="one")
    today = Company.get().today
    result = apply(handover, by=admin)
    assert result.moved == {"customer": 6, "deal": 2, "task": 9, "lead": 3}
    anna = heirs[0]
    assert {c.owner for c in Customer.everything.filter(pk__in=[m.pk for m in made])} == {anna}
    spans = Ownership.everything.filter(customer=made[0]).order_by("from_on")
    assert [(p.rep, p.from_on, p.to_on) for p in spans] == [
        (rep, SINCE, today),
        (anna, today, None),
    ]
    for row, owner in ((done, rep), (closed.get(), rep), (others, anna)):
        row.refresh_from_db()
        assert row.owner == owner
    assert {a.author for a in made[0].activities.all()} == {rep}
    entries = AuditEntry.objects.filter(action__in=MOVED, subject_type__in=KINDS)
    assert entries.count() == 20 and entries.values("batch").distinct().count() == 1
    document = AuditEntry.objects.get(action="hand over")
    assert document.batch == entries[0].batch and document.actor == admin
    told = Notice.objects.get(kind="handover.received")
    assert told.user == anna
    assert told.told["customers"] == 6 and told.told["high"] == 2 and told.told["giver"] == rep.name
    assert not Notice.objects.filter(kind__in=("customer.given", "lead.given")).exists()
    with pytest.raises(AlreadyDone):
        apply(handover, by=admin)
    assert not Employment.objects.filter(user=rep, left_on=None).exists()
    rep.refresh_from_db()
    assert rep.is_active  # until the night after the last day


def test_undoing_leaves_every_table_as_it_was(
    rep: User, manager: User, admin: User, heirs: list[User], south: Team
) -> None:
    book_of(rep, 12, deals=8, tasks=20, leads=5, calls=2)
    survivor, merged, binned = Customer.everything.filter(owner=rep).order_by("pk")[:3]
    Customer.everything.filter(pk=merged.pk).update(merged_into=survivor)
    Customer.everything.filter(pk=binned.pk).update(binned_on=SINCE)
    Campaign.objects.create(name="Autumn", owner=rep)
    over = Campaign.objects.create(name="Long over", owner=rep, ended_on=SINCE)
    SavedView.objects.create(owner=rep, listed="customer-list", name="Ours", for_all=True)
    SavedView.objects.create(owner=heirs[0], listed="customer-list", name="ours")
    own = SavedView.objects.create(owner=rep, listed="customer-list", name="Only mine")
    rule = LeadRule.objects.create(name="East", way="turn")
    rule.people.set([rep, heirs[1]])
    Team.objects.filter(pk=south.pk).update(manager=rep)
    at = timezone.now() + timedelta(hours=3)
    waiting, dealt_with = Lead.everything.filter(owner=rep).order_by("pk")[:2]
    late = LeadEscalation.everything.create(lead=waiting, level=1, rule=rule, pass_on_at=at)
    LeadEscalation.everything.create(lead=dealt_with, level=1, rule=rule)
    before = tables()
    handover = planned(rep, admin, heirs)
    moved = apply(handover, by=admin).moved
    assert moved == {
        "customer": 10,
        "aside": 2,
        "deal": 8,
        "task": 20,
        "lead": 5,
        "campaign": 1,
        "view": 1,
        "rule": 1,
        "team": 1,
    }
    late.refresh_from_db()
    assert late.pass_on_at is None  # the heir is given time
    anna = heirs[0]
    assert {p.name for p in rule.people.all()} == {"Anna", "Borys"}
    assert SavedView.objects.get(for_all=True).owner == anna
    assert SavedView.objects.get(for_all=True).name == "Ours (Rita Rep)"
    own.refresh_from_db(), over.refresh_from_db(), south.refresh_from_db()
    assert (own.owner, over.owner, south.manager) == (rep, rep, manager)
    assert not Ownership.everything.filter(rep=rep, to_on=None, deleted_on=None).exists()
    Employment.objects.filter(user=rep).update(left_on=None, leave_reason="")
    for membership in rep.memberships.all():
        membership.to_on = None
        membership.save()
    User.objects.filter(pk=rep.pk).update(
        team=before_team(before, rep), leaves_on=None, exports=True
    )
    undo(handover, by=admin)
    assert tables() == before
    with pytest.raises(TooLate):
        undo(handover, by=admin)


def before_team(before: dict[str, Any], person: User) -> int:
    return next(row["team_id"] for row in before["team.User"] if row["id"] == person.pk)


def test_what_was_changed_since_is_listed_and_goes_back_as_it_was_chosen(
    rep: User, admin: User, heirs: list[User]
) -> None:
    made = book_of(rep, 4, deals=4, tasks=4)
    handover = planned(rep, admin, heirs[:1])
    apply(handover, by=admin)
    anna, borys, _clara = heirs
    assign([made[0].pk], borys, on=Company.get().today, by=admin)
    kept, edited = Deal.everything.filter(title__in=("Deal 1", "Deal 2")).order_by("title")
    for deal in (kept, edited):
        change_deal(deal, {"note": "Said by Anna"}, by=anna, version=deal.version)
    Task.everything.filter(title="Task 3").update(state="done")
    found = left(handover)
    lines = {line.pk: line for line in handover.lines.all()}
    assert {(lines[pk].kind, lines[pk].record_id) for pk in found.edited} == {
        ("deal", kept.pk),
        ("deal", edited.pk),
    }
    assert {lines[pk].kind for pk in found.given_on} == {"customer", "task"}
    stays = next(pk for pk in found.edited if lines[pk].record_id == kept.pk)
    undo(handover, by=admin, stay=[stays])
    for row in (*made, kept, edited):
        row.refresh_from_db()
    assert [row.owner for row in made] == [borys, rep, rep, rep]
    assert (kept.owner, edited.owner, edited.note) == (anna, rep, "Said by Anna")
    assert Task.everything.get(title="Task 3").owner == anna
    assert handover.lines.filter(stayed=True).count() == 3


def test_a_day_later_it_stands(rep: User, admin: User, heirs: list[User]) -> None:
    book_of(rep, 1)
    handover = planned(rep, admin, heirs)
    apply(handover, by=admin)
    assert handover.applied_at is not None
    with pytest.raises(TooLate):
        undo(handover, by=admin, now=handover.applied_at + timedelta(hours=24, seconds=1))
    undo(handover, by=admin, now=handover.applied_at + timedelta(hours=23, minutes=59))
    assert Customer.everything.get().owner == rep


def test_what_changed_since_the_plan_is_said_before_anything_is_written(
    rep: User, admin: User, heirs: list[User], keep: Any
) -> None:
    made = book_of(rep, 3, deals=1, tasks=1)
    handover = planned(rep, admin, heirs)
    assert differences(handover).count == 0
    Customer.everything.filter(pk=made[2].pk).update(annual_cents=9_00)
    assign([made[0].pk], heirs[1], on=Company.get().today, by=admin)
    keep(rep, "Came since")
    found = differences(handover)
    assert {(d.name, d.what, d.owner) for d in in_names(found)} == {
        ("Customer 1", "gone", "Borys"),
        ("Came since", "new", "Rita Rep"),
        ("Customer 3", "edited", "Rita Rep"),
    }
    with pytest.raises(ChangedSince):
        apply(handover, by=admin)
    assert Customer.everything.filter(owner=rep).count() == 3
    handover.refresh_from_db()
    assert handover.state == "draft"
    apply(handover, by=admin, seen=found.fingerprint)
    assert Customer.everything.filter(owner=rep).count() == 0
    assert Customer.everything.get(pk=made[0].pk).owner == heirs[1]
    assert Customer.everything.get(name="Came since").owner in heirs


def test_two_documents_for_one_book_give_each_record_one_owner(
    rep: User, admin: User, director: User, heirs: list[User]
) -> None:
    made = book_of(rep, 4, deals=2, tasks=2)
    first = planned(rep, admin, heirs[:1])
    second = planned(rep, director, heirs[1:2])
    apply(first, by=admin)
    with pytest.raises(ChangedSince) as refused:
        apply(second, by=director)
    assert {d.owner for d in in_names(refused.value.found)} == {"Anna"}
    with pytest.raises(NothingLeft):
        apply(second, by=director, seen=refused.value.found.fingerprint)
    assert {row.owner for row in Customer.everything.all()} == {heirs[0]}
    live = Ownership.everything.filter(to_on=None, deleted_on=None)
    assert live.count() == len(made)


def test_nothing_goes_without_an_heir_unless_it_is_given_to_the_pool(
    rep: User, admin: User, heirs: list[User]
) -> None:
    made = book_of(rep, 3, deals=3)
    handover, _made = start("departure", rep, by=admin)
    name_heirs(handover, [])
    handover.lines.update(receiver=None, why="")
    with pytest.raises(NoHeir) as missing:
        apply(handover, by=admin)
    assert missing.value.n == 6
    give_rest_to_pool(handover, by=admin)
    apply(handover, by=admin)
    assert {row.owner for row in Customer.everything.filter(pk__in=[m.pk for m in made])} == {None}
    undo(handover, by=admin)
    assert {row.owner for row in Customer.everything.all()} == {rep}


def test_a_part_moves_what_was_chosen_and_what_follows_it(
    rep: User, manager: User, heirs: list[User]
) -> None:
    made = book_of(rep, 3, deals=3, tasks=3, leads=2)
    handover, _made = start("partial", rep, by=manager)
    assert not handover.lines.filter(chosen=True).exists()
    set_rule(handover, {"rule": "one"}, heirs[:1], by=manager)
    line = handover.lines.get(kind="customer", record_id=made[1].pk)
    choose_lines(handover, [line.pk], chosen=True, by=manager)
    assert apply(handover, by=manager).moved == {"customer": 1, "deal": 1, "task": 1}
    assert Customer.everything.filter(owner=heirs[0]).get() == made[1]
    assert Lead.everything.filter(owner=rep).count() == 2
    assert Employment.objects.filter(user=rep, left_on=None).exists()


def test_a_territory_changes_hands_whoever_had_it(
    rep: User, other_rep: User, admin: User, manager: User, heirs: list[User], keep: Any
) -> None:
    book_of(rep, 4, deals=4)
    theirs = keep(other_rep, "Of the south", region="East")
    keep(None, "Nobody's", region="East")
    handover, _made = start("territory", None, by=admin, narrow={"region": "East"})
    set_rule(handover, {"rule": "one"}, heirs[:1], by=admin)
    moved = apply(handover, by=admin).moved
    assert moved == {"customer": 3, "deal": 1}
    assert {c.owner for c in Customer.everything.filter(region="East")} == {heirs[0]}
    undo(handover, by=admin)
    theirs.refresh_from_db()
    assert theirs.owner == other_rep
    assert Customer.everything.get(name="Nobody's").owner is None
    # a manager's territory ends where their teams do
    part, _made = start("territory", None, by=manager, narrow={"region": "East"})
    assert set(part.lines.values_list("giver__name", flat=True)) == {"Rita Rep", None}


def test_managers_hand_over_within_their_teams_alone(
    rep: User, other_rep: User, manager: User, heirs: list[User]
) -> None:
    book_of(rep, 1)
    with pytest.raises(Refusal):
        start("departure", other_rep, by=manager)
    with pytest.raises(Refusal):
        start("departure", manager, by=manager)
    with pytest.raises(Refusal):
        start("departure", rep, by=rep)
    handover, _made = start("departure", rep, by=manager)
    with pytest.raises(Refusal, match="cannot take over"):
        set_rule(handover, {}, [other_rep], by=manager)
    with pytest.raises(Refusal):
        set_rule(handover, {}, [rep], by=manager)
    heirs[0].is_active = False
    heirs[0].save()
    with pytest.raises(Refusal):
        set_rule(handover, {}, heirs, by=manager)


def test_steps_at_a_colleagues_customer_go_to_that_colleague(
    rep: User, admin: User, heirs: list[User], keep: Any
) -> None:
    book_of(rep, 1)
    theirs = keep(heirs[2], "Clara's")
    Task.everything.create(title="Help out", owner=rep, customer=theirs, due_on=SINCE)
    Task.everything.create(title="Of nothing", owner=rep, due_on=SINCE)
    handover = planned(rep, admin, heirs[:2])
    assert receivers(handover, "task") == {
        "Help out": ("Clara", "owner"),
        "Of nothing": ("Anna", "turn"),
    }


def test_what_goes_to_a_colleague_holds_nobody_up_and_goes_to_who_is_that_by_then(
    rep: User, manager: User, admin: User, heirs: list[User], other_rep: User
) -> None:
    """The colleague is of another team, so no heir of the manager's; later they have left."""
    book_of(rep, 1)
    theirs = book_of(other_rep, 1, deals=1, tasks=1)
    for model in (Deal, Task):
        model.everything.update(owner=rep)
    handover = planned(rep, manager, heirs[:2])
    apply(handover, by=manager)
    assert (Deal.everything.get().owner, Task.everything.get().owner) == (other_rep, other_rep)
    undo(handover, by=manager)
    again = planned(rep, admin, heirs[:2])
    assign([theirs[0].pk], heirs[1], on=Company.get().today, by=admin)
    deactivate(other_rep, by=admin)
    apply(again, by=admin)
    assert (Deal.everything.get().owner, Task.everything.get().owner) == (heirs[1], heirs[1])


def test_a_part_given_to_the_pool_that_stands_alone_is_left_to_whom_it_was_given(
    rep: User, admin: User, heirs: list[User], other_rep: User
) -> None:
    whole, part = book_of(rep, 2)
    today = Company.get().today
    merge(part, whole, on=today, by=admin)
    handover = planned(rep, admin, heirs)
    give(
        handover,
        handover.lines.filter(kind="customer").values_list("pk", flat=True),
        None,
        by=admin,
    )
    apply(handover, by=admin)
    unmerge(Customer.everything.get(pk=part.pk), by=admin)
    assign([part.pk], other_rep, on=today, by=admin)
    undo(handover, by=admin)
    owners = dict(Customer.everything.values_list("pk", "owner"))
    assert owners == {whole.pk: rep.pk, part.pk: other_rep.pk}


def test_looking_again_keeps_what_was_chosen_and_drops_what_is_gone(
    rep: User, admin: User, heirs: list[User], keep: Any
) -> None:
    made = book_of(rep, 3, deals=3)
    handover = planned(rep, admin, heirs)
    line = handover.lines.get(kind="customer", record_id=made[2].pk)
    give(handover, [line.pk], heirs[2], by=admin)
    assign([made[0].pk], heirs[1], on=Company.get().today, by=admin)
    keep(rep, "Came since")
    look_again(handover)
    assert set(receivers(handover)) == {"Customer 2", "Customer 3", "Came since"}
    assert receivers(handover)["Customer 3"] == ("Clara", "hand")
    # its deal is the leaver's still: it goes to who looks after the customer now
    moved_on = handover.lines.get(kind="deal", record_id=Deal.everything.get(title="Deal 0").pk)
    assert moved_on.parent is None


def test_the_number_of_statements_does_not_grow_with_the_records(
    hire: Callable[..., User], north: Team, admin: User, heirs: list[User]
) -> None:
    counts = []
    leavers = [hire(name, team=north, is_rep=True) for name in ("Zoya", "Zenon")]
    # neither is a mate of the other
    User.objects.filter(pk__in=[person.pk for person in leavers]).update(is_active=False)
    for owner, n in zip(leavers, (16, 32), strict=True):
        made = book_of(owner, n, deals=n, tasks=2 * n, leads=n)
        talk(owner, made, 1)
        one = []
        with CaptureQueriesContext(connection) as plan:
            handover, _made = start("departure", owner, by=admin, last_day=Company.get().today)
        one.append(len(plan))
        for act in (
            lambda: set_rule(handover, {"rule": "turn"}, heirs, by=admin),  # noqa: B023
            lambda: apply(handover, by=admin),  # noqa: B023
            lambda: undo(handover, by=admin),  # noqa: B023
        ):
            with CaptureQueriesContext(connection) as asked:
                act()
            one.append(len(asked))
        counts.append(one)
        # letters that wait already are not asked for again
        Job.everything.all().delete()
        Notice.objects.all().delete()
    assert counts[0] == counts[1]


def test_a_scheduled_day_is_the_first_of_the_new_owners(
    rep: User, admin: User, heirs: list[User]
) -> None:
    made = book_of(rep, 1)
    handover = planned(rep, admin, heirs[:1])
    yesterday = timezone.now() - timedelta(days=1)
    Handover.everything.filter(pk=handover.pk).update(effect_at=yesterday)
    apply(handover, by=admin)
    period = Ownership.everything.get(customer=made[0], to_on=None, deleted_on=None)
    assert period.from_on == Company.get().today - timedelta(days=1)


def test_lines_need_an_heir_or_the_pool_not_both(rep: User, admin: User) -> None:
    book_of(rep, 1)
    handover, _made = start("departure", rep, by=admin)
    with pytest.raises(IntegrityError):
        HandoverLine.objects.filter(handover=handover).update(pool=True, receiver=rep)
