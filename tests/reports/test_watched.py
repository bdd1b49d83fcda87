"""Loss 6: what after-care watches can still be stopped; by hand, by a second calculation, and on the page."""

import random
import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from customers.models import Contract, Customer, Merge, Ownership, Revenue
from reports.models import Evidence, Snapshot
from reports.overview.ledger_view import stoppable, totals_of_all
from reports.screens.screen import screen_of
from sales.handing_over.applying import apply
from sales.handing_over.drafting import set_rule, start
from sales.models import Activity, Handover, HandoverLine, Task
from team.models import Company, Employment, User
from tests.kept import kept
from tests.reports.pages import buys, day
from tests.reports.test_screens import take_all

Login = Callable[[User], Client]
PAGE = "/losses/departed-reps/"
SCREENS = [screen_of("departures")]


def noon(ago: int) -> datetime:
    return datetime.combine(day(ago), datetime.min.time(), UTC).replace(hour=9)


def passed_on(customers: list[Customer], giver: User, to: User, ago: int, **more: Any) -> Handover:
    """What a hand-over of so many days ago leaves: the document, its lines, the owners."""
    handover = Handover.everything.create(
        kind=more.pop("kind", "partial"), state="applied", leaver=giver, by=to, reason="other",
        saved_at=noon(ago), asks_at=noon(ago), applied_at=noon(ago), applied_by=to, **more,
    )  # fmt: skip
    HandoverLine.objects.bulk_create(
        HandoverLine(handover=handover, kind="customer", record_id=one.pk, giver=giver, receiver=to)
        for one in customers
    )
    own(customers, to, ago)
    return handover


def own(customers: list[Customer], to: User, ago: int) -> None:
    on = day(ago)
    Ownership.everything.filter(customer__in=customers, to_on=None).update(to_on=on)
    for one in customers:
        Ownership.everything.create(customer=one, rep=to, from_on=on, recorded_on=on)
    Customer.everything.filter(pk__in=[one.pk for one in customers]).update(owner=to)


def called(author: User, customer: Customer, ago: int) -> None:
    told = {"start_at": noon(ago), "created_at": noon(ago), "recorded_on": day(ago), "minutes": 5}
    Activity.everything.create(author=author, customer=customer, direction="out", **told)


def bought(customer: Customer, ago: int, cents: int, deleted: int | None = None) -> None:
    Revenue.everything.create(
        customer=customer, on=day(ago), recorded_on=day(ago), amount=Decimal(cents) / 100, cents=cents,
        deleted_on=None if deleted is None else day(deleted),
    )  # fmt: skip


def shown() -> dict[str, tuple[int, str, bool]]:
    """By customer the money, whose it is, and whether after-care is why."""
    rows = Snapshot.objects.filter(slug="departures").latest("pk").evidence
    found = rows.filter(measure="to_hand_over").select_related("owner")
    assert len({row.line_key for row in found}) == len(found)
    return {row.line_key: (row.cents, row.owner.name, "watched" in row.facets) for row in found}


@pytest.fixture
@kept
def eight(rep: User, sub_rep: User, manager: User) -> dict[str, Customer]:
    """Rita works on; eight of hers went to Sasha 10 days ago, each bought 100.00 twelve times in the year before."""
    made = {name: buys("active", name, rep, 100_00) for name in "ABCDEFGH"}
    passed_on(list(made.values()), rep, sub_rep, 10)
    called(sub_rep, made["B"], 5)
    bought(made["C"], 4, 5_00)
    bought(made["D"], 4, -5_00)
    on = day(3)
    Contract.everything.create(customer=made["E"], start_on=day(-30), recorded_on=on)
    own([made["F"]], rep, 2)
    Contract.everything.create(customer=made["G"], start_on=on, recorded_on=on, cancelled_on=day(2))
    bought(made["H"], 4, 5_00, deleted=2)
    return made


# the purchases of "active" less than 365 days before yesterday, of 100.00 each
YEAR = 12 * 100_00


@pytest.mark.thorough
def test_who_changed_hands_and_has_not_bought_or_renewed_can_still_be_stopped(
    eight: dict[str, Customer],
) -> None:
    take_all(SCREENS)
    sasha = "Sasha Subrep"
    assert shown() == {
        "A": (YEAR, sasha, True),
        "B": (YEAR, sasha, True),
        "D": (YEAR - 5_00, sasha, True),
        "G": (YEAR, sasha, True),
        "H": (YEAR, sasha, True),
    }


@pytest.mark.thorough
@pytest.mark.parametrize("taken_back", [False, True])
def test_once_where_the_giver_has_left_too_and_not_after_it_was_taken_back(
    taken_back: bool, eight: dict[str, Customer], rep: User
) -> None:
    """Rita left the day before: of six nobody has called but of B; F is hers again and waits to be handed over."""
    Employment.objects.filter(user=rep).update(left_on=day(9))
    if taken_back:
        Handover.everything.update(state="undone", undone_at=noon(1))
    take_all(SCREENS)
    told = {name: watched for name, (_cents, _who, watched) in shown().items()}
    # A to H but B, who was called by the receiver, are open by the rule of who leaves
    cared = {} if taken_back else {"B": True}
    assert told == dict.fromkeys("ACDEFGH", False) | cared


@pytest.mark.thorough
@pytest.mark.parametrize(("ago", "kind", "is_there"), [
    (180, "partial", True), (181, "partial", False), (10, "cover", False), (10, "territory", True),
])  # fmt: skip
def test_for_how_long_and_of_which_kinds(
    ago: int, kind: str, is_there: bool, rep: User, sub_rep: User
) -> None:
    """As of yesterday: 179 days after the hand-over, and 180."""
    one = buys("active", "A", rep, 100_00)
    Revenue.everything.filter(customer=one, on__gt=day(50)).update(on=day(49))
    passed_on(
        [one], rep, sub_rep, ago, kind=kind, **({"until": day(-5)} if kind == "cover" else {})
    )
    Revenue.everything.filter(customer=one, on__gte=day(ago)).update(cents=-1, amount="-0.01")
    bought(one, 185, 100_00)
    Contract.everything.create(customer=one, start_on=day(300), recorded_on=day(300))
    take_all(SCREENS)
    assert ("A" in shown()) == is_there


@pytest.mark.thorough
def test_who_is_lost_since_is_a_loss_and_stopped_no_more(rep: User, sub_rep: User) -> None:
    gone, silent = buys("lost", "gone", rep, 100_00), buys("silent", "silent", rep, 100_00)
    passed_on([gone, silent], rep, sub_rep, 30)
    take_all()
    assert set(shown()) == {"silent"}
    # at risk by loss 1 too: there in the sum of loss 6, and once in the total of all
    ledger = Snapshot.objects.filter(slug="ledger").latest("pk")
    found = stoppable(totals_of_all(ledger))
    assert found.by_loss[6].cents == found.by_loss[1].cents == 4 * 100_00
    assert not ledger.evidence.filter(measure="stoppable_6").exists()


@pytest.mark.thorough
def test_the_page_leads_from_the_sum_to_the_orders_and_to_the_call(
    eight: dict[str, Customer], login: Login, manager: User, sub_rep: User
) -> None:
    take_all(SCREENS)
    browser = login(manager)
    page = browser.get(PAGE)
    figure = next(one for one in page.context["strip"] if "stopped" in str(one.label))
    assert [str(text) for text, _url in figure.notes] == [
        "0 customers wait to be handed over",
        "5 handed over have not ordered or renewed since",
    ]
    listed = browser.get(f"{PAGE}?list=to_hand_over")
    assert sum(row.evidence.cents for row in listed.context["rows"]) == 5 * YEAR - 5_00
    row = Evidence.objects.get(measure="to_hand_over", line_key="D")
    layer = browser.get(f"/losses/row/{row.pk}/").content.decode()
    assert "Handed over on" in layer and re.search(r"−.?5(\.00)?\b", layer)
    body = {"all": "1", "do": "call", "due_on": str(day(-2)), "next": PAGE}
    browser.post(f"{PAGE}plan/?list=to_hand_over", body | {"client_ref": str(uuid.uuid4())})
    planned = Task.everything.values_list("customer__name", "owner")
    assert set(planned) == {(name, sub_rep.pk) for name in "ABDGH"}
    browser.get(f"{PAGE}act/", {"list": "to_hand_over", "all": "1", "do": "hand-over"})
    said = browser.get(PAGE).content.decode()
    assert "5 customers have new owners already: they stay there. Nothing was done." in said


@pytest.mark.thorough
def test_a_real_hand_over_is_there_the_morning_after(admin: User, rep: User, sub_rep: User) -> None:
    buys("active", "A", rep, 100_00)
    handover, _new = start("partial", rep, by=admin)
    handover.lines.update(chosen=True)
    set_rule(handover, {"rule": "one"}, [sub_rep], by=admin)
    apply(handover, by=admin, at_any_rate=True)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        take_all(SCREENS)
        assert set(shown()) == {"A"}


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(3))
def test_a_second_calculation_finds_the_same(
    seed: int, rep: User, sub_rep: User, other_rep: User
) -> None:
    """Sixty customers passed around at random, some merged, and each judged by itself in Python."""
    dice, people = random.Random(seed), [rep, sub_rep, other_rep]
    made = [
        buys(dice.choice(["active", "silent", "silent", "silent"]), f"C{n}", rep, 100)
        for n in range(60)
    ]
    for ago in sorted(dice.sample(range(2, 75), 18) + [100, 200], reverse=True):
        some = dice.sample(made, 8)
        more: dict[str, Any] = {}
        if not dice.randrange(9):
            more = {"state": "undone", "undone_at": noon(dice.randrange(ago))}
        kind = dice.choice([*["partial"] * 6, "selection", "cover"])
        giver, to = dice.sample(people, 2)
        handover = passed_on(some, giver, to, ago, kind=kind)
        Handover.everything.filter(pk=handover.pk).update(**more)
    for one in dice.sample(made, 12):
        bought(one, dice.randrange(1, 200), dice.choice([100, -100]))
    for one in dice.sample(made, 10):
        start_ago, noted = dice.randrange(-60, 200), dice.randrange(1, 200)
        Contract.everything.create(customer=one, start_on=day(start_ago), recorded_on=day(noted))
    for one, into in zip(made[:5], made[5:10], strict=True):
        Merge.everything.create(customer=one, into=into, merged_on=day(1), recorded_on=day(1))
    take_all(SCREENS)
    as_of = day(1)
    found = {name: cents for name, (cents, _who, _watched) in shown().items()}
    assert found == {
        one.reference: cents
        for one in made[5:]
        if (cents := second_calculation(one, as_of)) is not None
    }
    assert len(found) > 5


def second_calculation(customer: Customer, as_of: date) -> int | None:
    """The cents of a customer that after-care watches on a day; None: it is not watched, or safe."""
    family = [
        customer.pk,
        *Merge.everything.filter(into=customer).values_list("customer", flat=True),
    ]
    moves = [
        (line.handover.applied_at, line.handover.pk, line)
        for line in HandoverLine.objects.filter(record_id__in=family).select_related("handover")
        if line.handover.kind != "cover"
        and as_of - timedelta(days=180) < local(line.handover.applied_at) <= as_of
        and (line.handover.undone_at is None or local(line.handover.undone_at) > as_of)
    ]
    if not moves:
        return None
    at, _pk, line = max(moves, key=lambda move: move[:2])
    since, owner = local(at), owner_of(customer.pk, as_of) or owner_of(family[-1], as_of)
    sold = [
        (row.on, row.cents) for row in Revenue.everything.filter(customer__in=family, on__lte=as_of)
    ]
    renewed = any(
        row.start_on >= since and since <= row.recorded_on <= as_of
        for row in Contract.everything.filter(customer__in=family)
    )
    again = any(on >= since and cents > 0 for on, cents in sold)
    if owner != line.receiver_id or again or renewed or not is_active(family, sold, as_of):
        return None
    return max(0, sum(cents for on, cents in sold if on > as_of - timedelta(days=365)))


def local(at: datetime | None) -> date:
    assert at is not None
    return at.astimezone(Company.get().zone).date()


def owner_of(customer: int, as_of: date) -> int | None:
    for row in Ownership.everything.filter(customer=customer):
        if row.from_on <= as_of and (row.to_on is None or row.to_on > as_of):
            return row.rep_id
    return None


def is_active(family: list[int], sold: list[tuple[date, int]], as_of: date) -> bool:
    """Monthly buyers are lost on the 91st silent day, and never while under contract."""
    covered = Contract.everything.filter(customer__in=family, start_on__lte=as_of)
    last = max(on for on, cents in sold if cents > 0)
    return covered.filter(recorded_on__lte=as_of).exists() or (as_of - last).days <= 90
