"""The roll-up of purchases against worlds worked out by hand (loss-reports.md section 3)."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import median

import pytest
from django.db import connection

from crm.lib.periods import day_of
from customers.models import Contract, Customer, Merge, PurchaseDay, Revenue
from customers.purchases import refresh_purchases
from customers.rhythm_rule import RhythmRule

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture
def tea():
    return Customer.everything.create(name="Tea House", reference="T")


def buy(customer, on, amount="100", order="", **fields):
    return Revenue.everything.create(
        customer=customer,
        on=date.fromisoformat(on),
        amount=Decimal(amount),
        order_ref=order,
        recorded_on=date.fromisoformat(fields.pop("recorded_on", on)),
        **fields,
    )


def refreshed(customer, today, **rule):
    refresh_purchases([customer.pk], today=date.fromisoformat(today), rule=RhythmRule(**rule))
    customer.refresh_from_db()
    return customer


def days(customer):
    rows = PurchaseDay.objects.filter(customer=customer).order_by("day")
    return [(day_of(row.day).isoformat(), row.cents, row.purchases) for row in rows]


def medians(customer):
    """The typical interval kept with each purchase day, in days."""
    rows = PurchaseDay.objects.filter(customer=customer).order_by("day")
    return [None if row.halves is None else row.halves / 2 for row in rows]


def places(customer):
    """Of each purchase day: the how manieth it is, since when, purchases up to it, and the next one."""
    rows = PurchaseDay.objects.filter(customer=customer).order_by("day")
    return [
        (
            row.n,
            day_of(row.first_day).isoformat(),
            row.so_far,
            None if row.next_day is None else day_of(row.next_day).isoformat(),
        )
        for row in rows
    ]


def medians_by_hand(customer, memory=12):
    bought = PurchaseDay.objects.filter(customer=customer).order_by("day")
    numbers = list(bought.values_list("day", flat=True))
    gaps = [later - earlier for earlier, later in pairwise(numbers)]
    return [median(gaps[max(0, n - memory) : n]) if n else None for n in range(len(numbers))]


def sqlite_changes():
    """Rows written by this connection; SQLite does not count them for a statement that begins with WITH."""
    return connection.connection.total_changes if connection.vendor == "sqlite" else None


@pytest.fixture
def written():
    """Call it for the rows written since the last call, by table: a refresh counts what it touches."""
    tables = ("customers_purchaseday", "customers_customer")
    counts = dict.fromkeys(tables, 0)

    def watch(execute, sql, params, many, context):
        before = sqlite_changes()
        answer = execute(sql, params, many, context)
        for table in tables:
            words = (f"INSERT INTO {table}", f"UPDATE {table}", f"DELETE FROM {table}")
            if any(word in sql for word in words):
                now = sqlite_changes()
                counts[table] += context["cursor"].rowcount if now is None else now - before
        return answer

    def taken():
        found = tuple(counts.values())
        counts.update(dict.fromkeys(tables, 0))
        return found

    with connection.execute_wrapper(watch):
        yield taken


def lost_on(customer, today, **rule):
    lost = refreshed(customer, today, **rule).lost_on
    return lost and lost.isoformat()


def test_four_purchases_a_quarter_apart(tea):
    for on in ("2024-01-15", "2024-04-15", "2024-07-15", "2024-10-15"):
        buy(tea, on, "25000")
    refreshed(tea, "2025-07-15")
    assert tea.last_purchase_on == date(2024, 10, 15)
    assert (tea.purchases, tea.typical_half_days, tea.threshold_half_days) == (4, 182, 546)
    assert tea.lost_on == date(2025, 7, 16)
    assert tea.at_risk_on == date(2025, 4, 16)  # 0.67 * 273 = 182.91: the 183rd day
    assert tea.annual_cents == 10_000_000


def test_the_floor_and_a_purchase_on_the_very_day_it_would_be_lost(tea):
    for on in ("2025-01-01", "2025-01-11", "2025-01-21"):
        buy(tea, on)
    assert lost_on(tea, "2025-02-20") == "2025-02-21"
    assert tea.threshold_half_days == 60
    buy(tea, "2025-02-21")
    assert lost_on(tea, "2025-02-21") == "2025-03-24"
    assert tea.typical_half_days == 20


def test_one_purchase_waits_three_default_intervals(tea):
    buy(tea, "2025-01-01")
    assert lost_on(tea, "2025-01-01") == "2025-12-28"
    assert (tea.typical_half_days, tea.threshold_half_days) == (240, 720)


def test_an_even_number_of_gaps_takes_the_mean_of_the_middle_two(tea):
    for on in ("2025-01-01", "2025-01-12", "2025-02-02"):  # gaps 11, 21
        buy(tea, on)
    assert lost_on(tea, "2025-02-02") == "2025-03-23"  # 48 days after: one more than floor(48.0)
    assert (tea.typical_half_days, tea.threshold_half_days) == (32, 96)


def test_a_threshold_that_ends_in_half_a_day(tea):
    for on in ("2025-01-01", "2025-01-11", "2025-01-22"):  # gaps 10, 11: median 10.5, 31.5 days
        buy(tea, on)
    assert lost_on(tea, "2025-01-22") == "2025-02-23"
    assert tea.threshold_half_days == 63


def test_other_parameters(tea):
    for on in ("2025-01-01", "2025-01-11", "2025-01-22"):
        buy(tea, on)
    # 2.5 * 10.5 = 26.25 days, floor 5
    assert lost_on(tea, "2025-01-22", k=Decimal("2.5"), floor_days=5) == "2025-02-18"
    assert lost_on(tea, "2025-01-22", cap_days=20, floor_days=30) == "2025-02-12"
    assert lost_on(tea, "2025-01-22", min_gaps=3) == "2026-01-18"


def test_only_the_last_twelve_gaps_count(tea):
    day = date(2023, 1, 1)
    for gap in [0] + [200] * 11 + [40] * 7:
        day += timedelta(days=gap)
        buy(tea, day.isoformat())
    assert refreshed(tea, "2035-01-01").typical_half_days == 80


def test_a_reversed_order_is_gone_from_the_day_it_is_known(tea):
    buy(tea, "2025-01-21", order="A")
    buy(tea, "2025-02-15", "80", order="B")
    buy(tea, "2025-03-01", "-80", order="B")
    assert refreshed(tea, "2025-02-28").last_purchase_on == date(2025, 2, 15)
    assert refreshed(tea, "2025-03-01").last_purchase_on == date(2025, 1, 21)
    assert days(tea) == [("2025-01-21", 10000, 1)]


def test_rows_count_when_recorded_and_until_deleted(tea):
    buy(tea, "2025-02-10", recorded_on="2025-04-10")
    assert refreshed(tea, "2025-04-09").purchases == 0
    assert (tea.last_purchase_on, tea.lost_on, tea.annual_cents) == (None, None, 0)
    assert refreshed(tea, "2025-04-10").purchases == 1
    Revenue.everything.update(deleted_on=date(2025, 5, 1))
    assert refreshed(tea, "2025-04-30").purchases == 1
    assert refreshed(tea, "2025-05-01").purchases == 0
    assert days(tea) == []


def test_orders_purchases_and_days(tea):
    buy(tea, "2025-01-02", "30", order="A")
    buy(tea, "2025-01-05", "20", order="A")  # a later line of the same order
    buy(tea, "2025-01-02", "7")  # without number: an order by itself
    buy(tea, "2025-01-02", "8")
    buy(tea, "2025-01-09", "-15", order="A")  # partial refund: the purchase stays
    buy(tea, "2025-02-01", "-40")  # a credit is no purchase
    buy(tea, "2025-02-02", "0.004", order="C")  # no cent, no purchase
    refreshed(tea, "2025-03-01")
    assert days(tea) == [("2025-01-02", 5000, 3)]
    assert tea.purchases == 3
    assert tea.annual_cents == 3500 - 2500  # 30 + 20 + 7 + 8 - 15 - 40


def test_an_order_number_belongs_to_one_customer(tea):
    other = Customer.everything.create(name="Other")
    buy(tea, "2025-01-02", "50", order="7")
    buy(other, "2025-01-03", "-50", order="7")
    refresh_purchases(None, today=TODAY)
    assert days(tea) == [("2025-01-02", 5000, 1)]
    assert days(other) == []


def test_three_purchases_less_a_later_credit(tea):
    for on in ("2025-01-01", "2025-02-01", "2025-03-01"):
        buy(tea, on)
    buy(tea, "2025-06-01", "-40")
    assert refreshed(tea, "2025-06-01").annual_cents == 26000
    buy(tea, "2025-06-02", "-500")
    assert refreshed(tea, "2025-06-02").annual_cents == 0


def test_the_value_is_the_last_year_of_buying(tea):
    for on in ("2024-03-01", "2024-03-02", "2025-03-01"):
        buy(tea, on)
    assert refreshed(tea, "2026-01-01").annual_cents == 20000  # from 2024-03-02, 364 days before


@pytest.mark.parametrize(
    ("bought", "ends", "cancelled", "lost"),
    [
        ("2025-01-10", "2025-03-31", None, "2025-05-01"),
        ("2025-01-10", None, None, None),
        ("2025-01-10", "2025-12-31", "2025-03-31", "2025-05-01"),
        ("2025-01-10", None, "2025-03-31", "2025-05-01"),
        ("2025-01-10", "2025-12-31", "2027-03-31", "2026-01-31"),  # not yet known
        ("2025-01-10", "9999-12-31", None, None),
        ("2025-03-31", "2025-03-31", None, "2025-05-01"),
        ("2025-04-01", "2025-03-31", None, "2026-03-28"),  # bought after the cover: simple rule
    ],
)
def test_contracts(tea, bought, ends, cancelled, lost):
    buy(tea, bought)
    Contract.everything.create(
        customer=tea,
        start_on=date(2025, 1, 1),
        end_on=ends and date.fromisoformat(ends),
        cancelled_on=cancelled and date.fromisoformat(cancelled),
        recorded_on=date(2025, 1, 1),
    )
    assert lost_on(tea, "2025-12-01") == lost
    assert (tea.at_risk_on is None) == (bought <= "2025-03-31")


def test_a_contract_still_to_begin_or_deleted_covers_nothing(tea):
    buy(tea, "2025-01-01")
    ahead = Contract.everything.create(
        customer=tea, start_on=date(2025, 6, 1), recorded_on=date(2025, 1, 1)
    )
    assert lost_on(tea, "2025-05-31") == "2025-12-28"
    assert lost_on(tea, "2025-06-01") is None
    ahead.deleted_on = date(2025, 7, 1)
    ahead.save()
    assert lost_on(tea, "2025-07-01") == "2025-12-28"


def test_a_merge_gives_all_rows_to_the_survivor_along_the_chain(tea):
    shop = Customer.everything.create(name="Shop")
    chain = Customer.everything.create(name="Chain")
    buy(tea, "2025-01-01", "60", order="A")
    buy(shop, "2025-01-05", "-50", order="A")  # one order once they are one customer
    buy(chain, "2025-01-01", "5")
    for one, into, on in ((tea, shop, "2025-03-01"), (shop, chain, "2025-04-01")):
        day = date.fromisoformat(on)
        Merge.everything.create(customer=one, into=into, merged_on=day, recorded_on=day)
    for customer, before, after in ((tea, 1, 0), (shop, 0, 0), (chain, 1, 2)):
        assert refreshed(customer, "2025-02-28").purchases == before
        assert refreshed(customer, "2025-04-01").purchases == after
    assert days(chain) == [("2025-01-01", 1500, 2)]
    assert days(tea) == days(shop) == []


def test_test_customers_are_left_out_with_what_was_merged_into_them(tea):
    trial = Customer.everything.create(name="Trial", is_test=True)
    old = Customer.everything.create(name="Old")
    for customer in (tea, trial, old):
        buy(customer, "2025-01-01")
    for one, into in ((trial, tea), (old, trial)):
        Merge.everything.create(
            customer=one, into=into, merged_on=date(2025, 2, 1), recorded_on=date(2025, 2, 1)
        )
    refresh_purchases(None, today=date(2025, 1, 31))
    assert [days(c) != [] for c in (tea, trial, old)] == [True, False, True]
    refresh_purchases(None, today=date(2025, 2, 1))
    # old -> trial -> tea: the survivor is no test, only the trial's own rows are left out
    assert days(tea) == [("2025-01-01", 20000, 2)]
    Customer.everything.filter(pk=tea.pk).update(is_test=True)
    refresh_purchases([old.pk], today=date(2025, 2, 1))
    assert not PurchaseDay.objects.exists()


def test_the_last_day_of_the_calendar(tea):
    buy(tea, "9999-12-30")
    assert lost_on(tea, "9999-12-31") is None
    assert tea.last_purchase_on == date(9999, 12, 30)


def test_a_refresh_costs_the_same_for_one_and_for_many(django_assert_num_queries):
    customers = [Customer.everything.create(name=f"C{n}") for n in range(30)]
    for customer in customers:
        buy(customer, "2025-01-01")
    for some in (customers[:1], customers):
        with django_assert_num_queries(8):
            refresh_purchases([c.pk for c in some], today=TODAY)


def test_all_by_stretches_reach_over_their_edges(monkeypatch):
    """Stretches of two customers; the merges lead from one stretch into another and back."""
    monkeypatch.setattr("customers.families.STRETCH", 2)
    customers = [Customer.everything.create(name=f"C{n}") for n in range(7)]
    for customer in customers:
        buy(customer, "2025-01-01")
    for one, into in ((0, 5), (5, 2), (6, 1)):
        Merge.everything.create(
            customer=customers[one],
            into=customers[into],
            merged_on=date(2025, 2, 1),
            recorded_on=date(2025, 2, 1),
        )
    refresh_purchases(None, today=TODAY)
    found = [Customer.everything.get(pk=c.pk).purchases for c in customers]
    assert found == [0, 2, 3, 1, 1, 0, 0]
    before = list(PurchaseDay.objects.order_by("pk").values())
    refresh_purchases(None, today=TODAY)
    assert list(PurchaseDay.objects.order_by("pk").values()) == before  # nothing was written again


def irregular(customer, purchases=30):
    """Gaps that never come twice in the order of their length."""
    day = date(2021, 1, 1)
    for n in range(purchases):
        buy(customer, day.isoformat())
        day += timedelta(days=3 + n * 17 % 41)
    return day


def test_every_purchase_day_keeps_the_median_of_its_last_gaps(tea):
    for on in ("2025-01-01", "2025-01-12", "2025-02-02", "2025-02-05"):  # gaps 11, 21, 3
        buy(tea, on)
    refreshed(tea, "2025-03-01")
    assert medians(tea) == [None, 11, 16, 11]
    assert list(PurchaseDay.objects.order_by("day").values_list("gap", flat=True)) == [
        None, 11, 21, 3,
    ]  # fmt: skip
    refreshed(tea, "2025-03-01", gap_memory=2)
    assert medians(tea) == [None, 11, 16, 12]
    refreshed(tea, "2025-03-01", gap_memory=1)
    assert medians(tea) == [None, 11, 21, 3]
    assert tea.typical_half_days == 6
    refreshed(tea, "2025-03-01", gap_memory=2, min_gaps=4)
    assert medians(tea) == [None, 11, 16, 12]  # too few for a rhythm: who reads them decides that
    assert tea.typical_half_days == 240


def test_a_day_that_comes_or_goes_moves_the_medians_after_it(tea, written):
    today = irregular(tea).isoformat()
    refreshed(tea, today)
    assert written()[0] == 30
    before = medians(tea)
    assert before == medians_by_hand(tea)

    middle = date(2021, 1, 1) + timedelta(days=100)
    assert not Revenue.everything.filter(on=middle).exists()
    buy(tea, middle.isoformat())
    refreshed(tea, today)
    assert medians(tea) == medians_by_hand(tea) != before
    later = Revenue.everything.filter(on__gt=middle).count()
    assert 1 < later < 29
    assert written()[0] == later + 2  # what comes after it, itself, and the one before it

    Revenue.everything.filter(on=middle).update(deleted_on=middle)
    refreshed(tea, today)
    assert medians(tea) == medians_by_hand(tea) == before

    Revenue.everything.filter(on=date(2021, 1, 1)).delete()
    refreshed(tea, today)
    assert medians(tea) == medians_by_hand(tea)
    assert (len(medians(tea)), medians(tea)[0]) == (29, None)

    written()
    buy(tea, today)
    refreshed(tea, today)
    assert medians(tea) == medians_by_hand(tea)
    assert written() == (2, 1)  # the day before has a next one now


def test_another_amount_on_a_day_writes_what_hangs_on_it_alone(tea, written):
    irregular(tea)
    last = Revenue.everything.order_by("-on").first().on.isoformat()
    refreshed(tea, last)
    before = PurchaseDay.objects.order_by("day").last()
    written()
    buy(tea, last, "7")
    refreshed(tea, last)
    assert written()[0] == 1
    after = PurchaseDay.objects.order_by("day").last()
    assert (after.pk, after.cents, after.purchases) == (before.pk, 10700, 2)
    assert after.so_far == before.so_far + 1 == 31
    buy(tea, "2021-01-01", "7")
    refreshed(tea, last)
    assert written()[0] == 30  # each of them has one purchase more up to it
    assert medians(tea) == medians_by_hand(tea)


def test_a_purchase_day_tells_where_it_stands_among_the_others(tea):
    shop = Customer.everything.create(name="Shop")
    for on in ("2025-01-01", "2025-01-01", "2025-01-12", "2025-02-02", "2025-02-05"):
        buy(tea, on)
    buy(shop, "2025-01-05")
    refresh_purchases(None, today=date(2025, 3, 1))
    assert places(tea) == [
        (1, "2025-01-01", 2, "2025-01-12"),
        (2, "2025-01-01", 3, "2025-02-02"),
        (3, "2025-01-01", 4, "2025-02-05"),
        (4, "2025-01-01", 5, None),
    ]
    assert places(shop) == [(1, "2025-01-05", 1, None)]

    Revenue.everything.filter(on__in=("2025-01-01", "2025-02-05")).delete()
    buy(tea, "2025-01-20")
    refreshed(tea, "2025-03-01")
    assert places(tea) == [
        (1, "2025-01-12", 1, "2025-01-20"),
        (2, "2025-01-12", 2, "2025-02-02"),
        (3, "2025-01-12", 3, None),
    ]


def test_a_merge_and_its_end_move_the_medians(tea):
    shop = Customer.everything.create(name="Shop")
    last = irregular(tea, 20)
    for n in range(8):
        buy(shop, (date(2021, 2, 2) + timedelta(days=n * n * 5)).isoformat())
    refresh_purchases(None, today=last)
    apart = medians(tea), medians(shop)
    assert apart == (medians_by_hand(tea), medians_by_hand(shop))
    both = Merge.everything.create(customer=shop, into=tea, merged_on=last, recorded_on=last)
    refresh_purchases([shop.pk], today=last)
    assert medians(shop) == []
    assert medians(tea) == medians_by_hand(tea) != apart[0]
    both.delete()
    refresh_purchases([shop.pk, tea.pk], today=last)
    assert (medians(tea), medians(shop)) == apart


def test_another_rule_works_all_medians_out_anew(tea, written):
    today = irregular(tea).isoformat()
    refreshed(tea, today)
    for memory in (3, 12, 40):
        refreshed(tea, today, gap_memory=memory)
        assert medians(tea) == medians_by_hand(tea, memory)
        assert set(PurchaseDay.objects.values_list("gap_memory", flat=True)) == {memory}
    written()
    refreshed(tea, today, gap_memory=40, k=Decimal(2), min_gaps=5, default_interval_days=7)
    assert written() == (0, 1)  # what else the rule says touches no purchase day


def test_a_refresh_that_changes_nothing_writes_nothing(tea, written):
    last = irregular(tea)
    open_end = Customer.everything.create(name="Open contract")
    Customer.everything.create(name="Never bought")
    buy(open_end, "2021-05-05")
    Contract.everything.create(
        customer=open_end, start_on=date(2021, 5, 1), recorded_on=date(2021, 5, 1)
    )
    refresh_purchases(None, today=last)
    assert written() == (31, 2)
    for _again in range(2):
        refresh_purchases(None, today=last)
        assert written() == (0, 0)
