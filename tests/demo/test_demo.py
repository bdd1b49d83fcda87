"""The demonstration company: the same for the same seed and day, whole, and with something for each loss."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.db.models import Count, F, Max, Q, Sum
from django.test import Client

from crm.lib.parsing.phones import parse_phone
from customers.models import (
    Complaint,
    Contact,
    Contract,
    Customer,
    Merge,
    Ownership,
    Revenue,
    Survey,
)
from reports.demo import seeding
from reports.demo.clock import Clock
from reports.demo.seeding import seed_demo
from reports.demo.staff import PASSWORD
from reports.demo.world import Size
from reports.models import Snapshot
from reports.report import all_reports
from sales.models import (
    Activity,
    Campaign,
    CampaignCost,
    Deal,
    DealChange,
    DealLine,
    Lead,
    LeadEnding,
    LeadOwnership,
    Stage,
    Task,
)
from sales.search import find
from team.access import scope_of
from team.models import Absence, AuditEntry, Company, Employment, Membership, Team, User, Wage
from tests.require import BRIEF, TOO_LONG

DAY = date(2026, 11, 23)
A_YEAR_AGO = DAY - timedelta(days=365)
SMALL = Size(customers=60, deals=40, months=2)
STORED = [
    Team, User, Employment, Membership, Wage, Absence, Customer, Contact, Ownership, Merge, Revenue, Contract, Survey,
    Complaint, Campaign, CampaignCost, Lead, LeadEnding, LeadOwnership, Deal, DealChange, Activity, Task,
]  # fmt: skip
# keys, what is made of keys, and what is salted
OWN_TO_EACH_RUN = {"id", "path", "password"}


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demonstration in full size, made once for this module and taken away again."""
    if BRIEF:
        pytest.skip(TOO_LONG)
    with django_db_blocker.unblock(), transaction.atomic():
        # on any later day the figures as of that morning are no longer last night's
        with mock.patch.object(Company, "today", DAY):
            seed_demo(1, DAY)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def world(demo, db):
    """A test's own view of it."""


def dump():
    """All rows; keys as places in their table, so that two runs can be compared."""
    places = {
        model: {
            pk: n
            for n, pk in enumerate(model._base_manager.order_by("pk").values_list("pk", flat=True))
        }
        for model in STORED
    }
    return {
        model.__name__: [_row(row, places) for row in model._base_manager.order_by("pk")]
        for model in STORED
    }


def _row(row, places):
    values = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if (
            isinstance(field, models.ForeignKey)
            and field.related_model in places
            and value is not None
        ):
            value = places[field.related_model][value]
        if field.name not in OWN_TO_EACH_RUN:
            values[field.name] = value
    return values


def amounts():
    return list(Revenue.everything.values_list("amount", flat=True))


def made(seed, look=dump):
    with transaction.atomic():
        seed_demo(seed, DAY, SMALL)
        seen = look()
        transaction.set_rollback(True)
    return seen


@pytest.mark.thorough
@pytest.mark.django_db
def test_same_seed_and_day_make_the_same_company(monkeypatch):
    # figures follow from the rows, and have tests of their own
    monkeypatch.setattr(seeding, "first_figures", lambda clock: None)
    first, second = made(7), made(7)
    assert [name for name in first if first[name] != second[name]] == []
    assert [name for name in first if not first[name]] == []
    assert set(made(8, amounts)) != {row["amount"] for row in first["Revenue"]}


@pytest.mark.django_db
def test_it_refuses_a_database_with_records(rep):
    with pytest.raises(
        CommandError, match=r"already has records \(2 people, 0 customers, 0 leads\)"
    ):
        call_command("seed")
    assert (User.objects.count(), Customer.everything.count(), Company.get().is_demo) == (
        2,
        0,
        False,
    )


def test_before_the_morning_of_the_day_nothing_has_happened_yet():
    kyiv = ZoneInfo("Europe/Kyiv")
    at_three = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert Clock.on(DAY, kyiv, at_three).moment == at_three
    assert Clock.on(DAY, kyiv, at_three + timedelta(days=9)).moment == datetime(
        2026, 11, 23, 8, 45, tzinfo=UTC
    )


def test_some_complained_and_a_few_still_wait(world):
    assert 40 <= Complaint.everything.count() <= 130
    assert 1 <= Complaint.everything.filter(settled_on__isnull=True).count() <= 20


def test_who_may_sign_in(world):
    for email in (
        "rep@example.com",
        "manager@example.com",
        "admin@example.com",
        "director@example.com",
    ):
        assert Client().login(username=email, password=PASSWORD)
    assert not Client().login(username="a.shevchuk@dnipro-pakuvannia.example", password=PASSWORD)
    manager = User.objects.get(email="manager@example.com")
    assert len(scope_of(manager).team_ids) == 2
    assert User.objects.get(email="rep@example.com").team_id in scope_of(manager).team_ids
    assert Team.objects.filter(parent__isnull=True).count() == 3
    assert Company.get().is_demo
    assert AuditEntry.objects.filter(action="seed").count() == 1


def test_sizes(world):
    last_year = Revenue.everything.filter(on__gt=A_YEAR_AGO, deleted_on__isnull=True)
    lines = Revenue.everything.filter(deleted_on__isnull=True)
    assert Customer.everything.count() == 400
    assert 60_000_000 < last_year.aggregate(Sum("cents"))["cents__sum"] / 100 < 120_000_000
    assert lines.aggregate(models.Min("on"))["on__min"] < date(2023, 11, 23)
    assert set(lines.values_list("currency", flat=True)) == {"UAH", "EUR", "CNY"}
    assert not lines.filter(currency="UAH").exclude(fx_rate="1").exists()
    assert 28 <= Customer.everything.filter(owner__email="rep@example.com").count() <= 40
    assert Customer.everything.filter(is_test=True).count() == 3
    assert Merge.everything.count() == 3


def test_one_owner_at_a_time_and_the_column_says_who(world):
    open_periods = Ownership.everything.filter(to_on__isnull=True)
    assert not open_periods.values("customer").annotate(n=Count("pk")).filter(n__gt=1).exists()
    owners = dict(open_periods.values_list("customer", "rep"))
    columns = Customer.everything.values_list("pk", "merged_into", "owner")
    assert {(pk, owners.get(into or pk)) for pk, into, _owner in columns} == {
        (pk, owner) for pk, _into, owner in columns
    }
    periods = list(
        Ownership.everything.order_by("customer", "from_on").values_list(
            "customer", "from_on", "to_on"
        )
    )
    for (customer, _start, end), (other, start, _end) in zip(periods, periods[1:], strict=False):
        assert customer != other or (end is not None and end <= start)
    assert not Customer.everything.filter(owner__is_active=False).exists()


def test_deals_and_leads_repeat_their_history(world):
    last = {
        change.deal_id: change
        for change in DealChange.everything.order_by("deal", "on", "reference")
    }
    for deal in Deal.everything.all():
        change = last[deal.pk]
        assert (deal.stage_id, deal.stage_since, deal.amount) == (
            change.stage_id,
            change.on,
            change.amount,
        )
        assert (deal.cents, deal.reason, deal.competitor) == (
            change.cents,
            change.reason,
            change.competitor,
        )
    owners = dict(LeadOwnership.everything.filter(to_on__isnull=True).values_list("lead", "rep"))
    assert dict(Lead.everything.values_list("pk", "owner")) == owners
    ended = set(LeadEnding.everything.values_list("lead", "kind", "on", "reason"))
    columns = set(
        Lead.everything.filter(closed_on__isnull=False).values_list(
            "pk", "closed_on", "closed_reason"
        )
    )
    assert {(pk, on, reason) for pk, kind, on, reason in ended if kind == "closed"} == columns


def test_nothing_lies_ahead_of_the_morning(world):
    morning = datetime(2026, 11, 23, 8, 45, tzinfo=UTC)
    assert Activity.everything.aggregate(Max("start_at"))["start_at__max"] < morning
    assert Lead.everything.aggregate(Max("arrived_at"))["arrived_at__max"] < morning
    assert Revenue.everything.aggregate(Max("on"))["on__max"] < DAY
    assert Revenue.everything.aggregate(Max("recorded_on"))["recorded_on__max"] <= DAY
    assert not Activity.everything.filter(lead__arrived_at__gt=F("start_at")).exists()


def test_customers_leave_come_back_and_are_at_risk(world):
    listed = Customer.everything.filter(is_test=False, merged_into__isnull=True)
    assert 20 <= listed.filter(lost_on__gt=A_YEAR_AGO, lost_on__lte=DAY).count() <= 42
    at_risk = listed.filter(at_risk_on__lte=DAY, lost_on__gt=DAY)
    assert 8 <= at_risk.count() <= 30
    assert at_risk.filter(name="ТОВ «Карпатська Кава»", owner__email="rep@example.com").exists()
    kinds = Counter(
        ("cancelled" if cancelled else "ended" if end else "open")
        for end, cancelled in Contract.everything.values_list("end_on", "cancelled_on")
    )
    assert min(kinds["open"], kinds["ended"], kinds["cancelled"]) >= 4


def test_leads_were_answered_late_and_never(world):
    mature = Lead.everything.filter(
        arrived_at__gt=datetime(2025, 6, 1, tzinfo=UTC),
        arrived_at__lt=datetime(2026, 8, 1, tzinfo=UTC),
    )
    valid = mature.exclude(closed_reason__in=["junk", "duplicate"])
    timely = valid.filter(first_touch_at__lte=F("response_due_at"))
    assert timely.count() >= 100
    assert timely.filter(converted_on__isnull=False).count() >= 15
    assert valid.filter(first_touch_at__gt=F("response_due_at")).count() >= 50
    assert valid.filter(first_touch_at__isnull=True).count() >= 50
    assert mature.filter(closed_reason="junk").count() >= 10


def test_campaigns_cost_money_and_some_of_their_leads_lie(world):
    spent = CampaignCost.objects.filter(on__gt=A_YEAR_AGO).aggregate(Sum("cents"))["cents__sum"]
    assert 1_000_000_00 < spent < 3_000_000_00
    touched = Lead.everything.filter(campaign__isnull=False).annotate(touches=Count("activities"))
    assert touched.filter(touches__lt=3).count() >= 50
    assert Campaign.objects.filter(leads__isnull=True).exists()


def test_reps_record_some_of_their_hours(world):
    rep = User.objects.get(email="rep@example.com")
    minutes = Activity.everything.filter(
        author=rep, kind__in=["call", "meeting", "visit"], start_at__year=2026
    )
    assert 15_000 < minutes.aggregate(Sum("minutes"))["minutes__sum"] < 90_000
    assert Wage.objects.values("user").annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert Absence.objects.filter(on__year=2026).exists()


def test_newcomers_without_result_or_record(world):
    quiet = []
    for hire in Employment.objects.filter(hired_on__gt=DAY - timedelta(days=420)).select_related(
        "user"
    ):
        ramp = Q(on__range=(hire.hired_on, hire.hired_on + timedelta(days=91)))
        sold = Revenue.everything.filter(ramp, rep=hire.user).exists()
        recorded = Activity.everything.filter(
            author=hire.user, start_at__date__lte=hire.hired_on + timedelta(days=91)
        ).count()
        quiet.append((sold, recorded > 60))
    assert quiet.count((False, False)) >= 3
    assert (False, True) in quiet


def test_customers_went_with_reps_who_left(world):
    left = Employment.objects.filter(left_on__lt=DAY - timedelta(days=100)).select_related("user")
    followed = {
        hire.user.name: Customer.everything.filter(
            ownerships__rep=hire.user,
            ownerships__to_on=hire.left_on + timedelta(days=1),
            lost_on__range=(hire.left_on, DAY),
            last_purchase_on__lte=hire.left_on + timedelta(days=90),
        ).count()
        for hire in left
    }
    assert len([name for name, count in followed.items() if count >= 3]) >= 3
    leaving = Employment.objects.get(left_on__gt=DAY)
    assert Customer.everything.filter(owner=leaving.user).count() >= 30


def test_the_morning_of_the_rep(world):
    mine = Task.everything.filter(owner__email="rep@example.com", state=Task.State.OPEN)
    assert (mine.filter(due_on__lt=DAY).count(), mine.filter(due_on=DAY).count()) == (4, 10)
    waiting = Lead.everything.filter(
        owner__email="rep@example.com",
        first_touch_at__isnull=True,
        closed_on__isnull=True,
        converted_on__isnull=True,
    )
    assert waiting.count() == 3
    calls = Activity.everything.filter(
        author__email="rep@example.com", kind="call", start_at__date=DAY
    )
    assert Counter(calls.values_list("outcome__key", flat=True)) == {
        "reached": 6,
        "no_answer": 2,
        "call_back": 1,
    }


def test_phones_are_written_as_the_forms_write_them(world):
    """Else whoever saves something else about a customer has changed its phone as well."""
    for model in (Customer, Contact, Lead):
        phones = set(model.everything.exclude(phone="").values_list("phone", flat=True))
        assert len(phones) > 100
        assert {phone for phone in phones if parse_phone(phone) != phone} == set()


def test_records_can_be_found(world):
    rep = User.objects.get(email="rep@example.com")
    found = find(rep, "karp")
    assert "ТОВ «Карпатська Кава»" in [customer.name for customer in found.customers]
    assert [customer.name for customer in find(rep, "义乌").customers] == ["义乌新程贸易有限公司"]
    assert find(rep, "Coffee bags 2027").deals
    assert find(rep, "Полісся").leads


def test_the_losses_page_has_figures_at_the_first_start(world):
    churn = Snapshot.objects.filter(slug="churn", is_complete=True)
    # the year of the ledger; the first night takes the rest
    months = churn.filter(kind=Snapshot.Kind.MONTH_END).values("from_on").distinct()
    assert months.count() == 12
    assert set(Snapshot.objects.values_list("slug", flat=True)) == {r.slug for r in all_reports()}
    year = churn.get(from_on=date(2025, 11, 23), to_on=date(2026, 11, 22), as_of=date(2026, 11, 22))
    assert 20 <= year.headline["lost_customers"] <= 40
    assert 0.06 <= year.headline["logo_churn"] <= 0.11
    assert 3_000_000_00 < year.headline["loss_cents"] < 9_000_000_00
    assert year.headline["loss_to_departures_cents"] > 1_000_000_00
    value = Snapshot.objects.filter(slug="clv", is_complete=True).latest("as_of")
    assert value.headline["model"]["ok"], (
        "customers who leave early and late, or no model tells them apart"
    )
    assert value.headline["spend"] is not None


def test_the_board_of_the_morning_tells_what_is_usual(world):
    """Stages know their pace, most open deals a next step, and the best-known deal is the sum of its lines."""
    open_stages = Stage.objects.filter(kind="open")
    assert all(stage.usual_half_days for stage in open_stages)
    standing = Deal.everything.open().filter(owner__is_active=True)
    planned = standing.filter(tasks__state=Task.State.OPEN).distinct().count()
    assert 0.5 < planned / standing.count() < 0.9
    deal = Deal.everything.get(title="Coffee bags 2027")
    lines = DealLine.everything.filter(deal=deal)
    assert [line.amount for line in lines.order_by("pk")] == [190_000, 112_800, 7_200]
    assert deal.amount == sum(line.amount for line in lines) == 310_000
