"""After-care: who has spoken with the customers taken over, who is reminded, who is told, who is safe."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.merging import merge
from customers.models import Contact, Contract, Customer, Revenue
from customers.ownership import assign
from sales.handing_over.applying import apply
from sales.handing_over.calling import is_care_due, tell_of_care
from sales.handing_over.care import cared, sums
from sales.handing_over.drafting import set_rule, start
from sales.handing_over.undoing import undo
from sales.handing_over.watching import board_of, received_by
from sales.models import Activity, Handover, HandoverLine, Outcome
from team.models import Company, Notice, Team, User
from tests.sales.handovers import book_of, talk

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
Login = Callable[[User], Client]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def heir(hire: Callable[..., User], north: Team) -> User:
    return hire("Anna Heir", team=north, is_rep=True)


def hand_over(leaver: User, heirs: list[User], by: User, kind: str = "departure") -> Handover:
    more: dict[str, Any] = {"last_day": Company.get().today, "reason": "resigned"}
    if kind == "cover":
        more = {"until": Company.get().today + 30 * DAY}
    handover, _new = start(kind, leaver, by=by, **more)
    set_rule(handover, {"rule": "turn"}, heirs, by=by)
    apply(handover, by=by, at_any_rate=True)
    handover.refresh_from_db()
    return handover


def states(handover: Handover, after: timedelta = timedelta()) -> dict[str, str]:
    """By name of the customer what is said of it so long after the hand-over."""
    assert handover.applied_at is not None
    with time_machine.travel(handover.applied_at + after, tick=False):
        lines = cared(HandoverLine.objects.all(), [handover.pk], timezone.now())
        names = dict(Customer.everything.values_list("pk", "name"))
        return {names[line.record_id]: line.care for line in lines}


def call(author: User, customer: Customer, at: Any, **values: Any) -> None:
    told = {"start_at": at, "created_at": at, "recorded_on": Company.get().today, "minutes": 5}
    Activity.everything.create(author=author, customer=customer, **told, **values)


def told(kind: str) -> list[tuple[str, dict[str, Any]]]:
    rows = Notice.objects.filter(kind=kind).order_by("pk")
    return [(row.user.name, row.told) for row in rows.select_related("user")]


def test_the_clock_runs_48_hours_for_close_ties_and_large_customers_a_week_for_others(
    admin: User, rep: User, heir: User
) -> None:
    made = book_of(rep, 4)
    talk(rep, made[:1], 3)
    Customer.everything.filter(pk=made[3].pk).update(annual_cents=1_000_000)
    handover = hand_over(rep, [heir], admin)
    HandoverLine.objects.filter(handover=handover, record_id=made[3].pk).update(cents=1_000_000)
    assert set(states(handover, 47 * HOUR).values()) == {"due"}
    assert states(handover, 49 * HOUR) == {
        "Customer 1": "late",
        "Customer 2": "due",
        "Customer 3": "due",
        "Customer 4": "late",
    }
    assert set(states(handover, 7 * DAY).values()) == {"late"}


def test_only_a_conversation_of_the_new_owner_counts_and_a_second_is_due_a_month_later(
    admin: User, rep: User, heir: User, manager: User
) -> None:
    made = book_of(rep, 5)
    at = timezone.now()
    call(heir, made[4], at - DAY)
    handover = hand_over(rep, [heir], admin)
    soon = timezone.now() + HOUR
    unreached = Outcome.objects.filter(reached=False)[0]
    call(heir, made[0], soon)
    call(heir, made[1], soon, outcome=unreached)
    call(manager, made[2], soon)
    call(heir, made[3], soon, kind="note")
    # the fifth was called before the hand-over only
    late = states(handover, 8 * DAY)
    assert late.pop("Customer 1") == "called" and set(late.values()) == {"late"}
    assert states(handover, 32 * DAY)["Customer 1"] == "late again"
    call(heir, made[0], soon + 3 * DAY)
    assert states(handover, 32 * DAY)["Customer 1"] == "called"


def test_an_order_or_a_renewal_makes_safe_and_money_back_does_not(
    admin: User, rep: User, heir: User
) -> None:
    made = book_of(rep, 4)
    handover = hand_over(rep, [heir], admin)
    today = Company.get().today
    for customer, on, cents in (
        (made[0], today, 500),
        (made[1], today - DAY, 500),
        (made[2], today, -500),
    ):
        Revenue.everything.create(
            customer=customer, on=on, amount=cents // 100, cents=cents, recorded_on=today
        )
    Contract.everything.create(customer=made[3], start_on=today, recorded_on=today)
    assert states(handover, DAY) == {
        "Customer 1": "safe",
        "Customer 2": "due",
        "Customer 3": "due",
        "Customer 4": "safe",
    }


def test_heirs_are_reminded_once_and_leaders_told_once(
    admin: User, rep: User, heir: User, manager: User
) -> None:
    made = book_of(rep, 5)
    talk(rep, made[:3], 3)
    Customer.everything.update(annual_cents=0)
    handover = hand_over(rep, [heir], admin)
    HandoverLine.objects.update(cents=0)
    at = handover.applied_at
    assert at is not None and not is_care_due(at + 23 * HOUR)
    call(heir, made[0], at + HOUR)
    assert [tell_of_care(at + hours * HOUR) for hours in (24, 24, 25)] == [1, 0, 0]
    assert told("handover.call") == [("Anna Heir", {"n": 2, "giver": "Rita Rep"})]
    assert told("handover.late") == []
    call(heir, made[1], at + 26 * HOUR)
    tell_of_care(at + 48 * HOUR)
    tell_of_care(at + 49 * HOUR)
    first = ("Maria Manager", {"n": 1, "giver": "Rita Rep", "heir": "Anna Heir"})
    assert told("handover.late") == [first]
    tell_of_care(at + 7 * DAY)
    assert told("handover.call")[1:] == [("Anna Heir", {"n": 2, "giver": "Rita Rep"})]
    assert told("handover.late")[1:] == [
        ("Maria Manager", {"n": 2, "giver": "Rita Rep", "heir": "Anna Heir"})
    ]
    assert not is_care_due(at + 170 * DAY) and tell_of_care(at + 170 * DAY) == 0


def test_nobody_is_told_of_what_is_safe_given_on_taken_back_or_long_ago(
    admin: User, rep: User, heir: User, manager: User, other_rep: User, sub_rep: User
) -> None:
    made = book_of(rep, 1)
    handover = hand_over(rep, [heir], admin)
    assign([made[0].pk], other_rep, on=Company.get().today, by=admin)
    assert states(handover, 8 * DAY) == {"Customer 1": "elsewhere"}
    tell_of_care(handover.applied_at + 8 * DAY)
    book_of(other_rep, 1)
    back = hand_over(other_rep, [heir], admin)
    undo(back, by=admin)
    tell_of_care(timezone.now() + 8 * DAY)
    book_of(manager, 1)
    old = hand_over(manager, [heir], admin)
    tell_of_care(old.applied_at + 60 * DAY)
    cover = hand_over(heir, [sub_rep], admin, "cover")
    assert not is_care_due(cover.applied_at + 8 * DAY)
    assert told("handover.call") == told("handover.late") == []


def test_the_board_shows_the_late_ones_with_their_number_and_the_sums(
    login: Login, admin: User, rep: User, heir: User
) -> None:
    made = book_of(rep, 3)
    Customer.everything.update(phone="+380675550142", phone_e164="+380675550142")
    handover = hand_over(rep, [heir], admin)
    call(heir, made[0], timezone.now())
    with time_machine.travel(handover.applied_at + 8 * DAY, tick=False):
        browser = login(admin)
        for address in (f"/handovers/{handover.pk}/watch/", "/handovers/care/"):
            page = html.unescape(browser.get(address).content.decode())
            assert page.count("tel:+380675550142") == 2 and page.count("was due") == 2
            page = html.unescape(browser.get(f"{address}?of=called").content.decode())
            assert ">Customer 1<" in page and ">Customer 2<" not in page
        assert "Rita Rep" in page and "Anna Heir" in page
    with time_machine.travel(handover.applied_at + 181 * DAY, tick=False):
        assert "Customer 1" not in login(admin).get("/handovers/care/").content.decode()


def test_who_sees_which_part_of_the_board(
    login: Login,
    admin: User,
    rep: User,
    heir: User,
    manager: User,
    other_manager: User,
    other_rep: User,
) -> None:
    book_of(rep, 2)
    hand_over(rep, [heir, other_rep], admin)
    Customer.everything.update(phone="+380675550142", phone_e164="+380675550142")

    def page(who: User) -> str:
        return html.unescape(login(who).get("/handovers/care/").content.decode()).split("<main")[1]

    # the other team's part is in sight of the leader of the leaver, but its pages are not
    assert "Customer 1" in page(manager) and "Customer 2" in page(manager)
    assert len(re.findall(r'href="/customers/\d', page(manager))) == 1
    theirs = page(other_manager)
    assert theirs.count("<tr data-row") == 1 and "Otto Otherrep" in theirs
    assert login(heir).get("/handovers/care/").status_code == 403
    assert login(other_manager).get("/handovers/care/?of=late").status_code == 200


def test_a_manager_who_leaves_takes_no_number_along(
    login: Login, admin: User, rep: User, heir: User, manager: User
) -> None:
    made = book_of(rep, 1)
    Customer.everything.update(phone="+380675550142", phone_e164="+380675550142")
    Contact.everything.create(customer=made[0], name="Olha", email="olha@shop.example")
    handover = hand_over(rep, [heir], admin)
    at = handover.applied_at
    assert at is not None

    def pages() -> str:
        found = [f"/handovers/{handover.pk}/{part}/" for part in ("watch", "letters")]
        with time_machine.travel(at + 8 * DAY, tick=False):
            browser = login(manager)
            return "".join(browser.get(page).content.decode() for page in found)

    before = pages()
    assert "tel:+380675550142" in before and "olha@shop.example" in before
    User.objects.filter(pk=manager.pk).update(leaves_on=Company.get().today + timedelta(days=30))
    after = pages()
    assert "Customer 1" in after and "Olha" in after
    assert "tel:" not in after and "olha@shop.example" not in after


def test_a_leaver_who_leads_reads_nothing_of_their_own_going(
    login: Login, admin: User, hire: Callable[..., User], heir: User
) -> None:
    leaving = hire("Leaving Lead", is_manager=True, is_rep=True)
    book_of(leaving, 1)
    hand_over(leaving, [heir], admin)
    User.objects.filter(pk=leaving.pk).update(is_active=True)
    leaving.refresh_from_db()
    assert "Customer 1" not in login(leaving).get("/handovers/care/").content.decode()


def test_today_gives_the_reason_until_they_have_spoken(
    login: Login, admin: User, rep: User, heir: User, other_rep: User
) -> None:
    made = book_of(rep, 2)
    handover = hand_over(rep, [heir], admin)
    call(heir, made[0], timezone.now())
    with time_machine.travel(handover.applied_at + DAY, tick=False):
        page = html.unescape(login(heir).get("/today/").content.decode())
        section = page.split("Handed over to you")[1].split("</section>")[0]
        assert "Customer 2" in section and "Customer 1" not in section
        assert "First call · handed over to you by Rita Rep on" in section and "due" in section
        assert "Handed over to you" not in login(other_rep).get("/today/").content.decode()
        assert "m-due is-bad" not in section
    with time_machine.travel(handover.applied_at + 8 * DAY, tick=False):
        page = html.unescape(login(heir).get("/today/").content.decode())
        assert "m-due is-bad" in page.split("Handed over to you")[1].split("</section>")[0]


def test_boards_and_today_cost_the_same_for_twice_as_many(
    login: Login, admin: User, rep: User, heir: User, other_rep: User
) -> None:
    counts: dict[str, list[int]] = {"board": [], "today": [], "job": []}
    for owner, n in ((rep, 60), (other_rep, 120)):
        book_of(owner, n)
        handover = hand_over(owner, [heir], admin)
        browser = login(admin)
        for name, address in (
            ("board", "/handovers/care/"),
            ("board", f"/handovers/{handover.pk}/watch/"),
        ):
            browser.get(address)
            with CaptureQueriesContext(connection) as asked:
                page = browser.get(address).content.decode()
            assert 'rel="next"' in page
            counts[name].append(len(asked))
        with CaptureQueriesContext(connection) as asked:
            received_by(heir, timezone.now(), 26)
        counts["today"].append(len(asked))
        with CaptureQueriesContext(connection) as asked:
            tell_of_care(handover.applied_at + DAY)
        counts["job"].append(len(asked))
    assert counts["board"][:2] == counts["board"][2:]
    assert len(set(counts["today"])) == 1 and len(set(counts["job"])) == 1


def test_pages_of_the_board_hold_every_customer_once(
    login: Login, admin: User, rep: User, heir: User
) -> None:
    book_of(rep, 60)
    hand_over(rep, [heir], admin)
    browser, seen, address = login(admin), [], "/handovers/care/?of=waiting"
    while address:
        page = html.unescape(browser.get(address).content.decode())
        seen += re.findall(r">(Customer \d+)</a>", page)
        found = re.search(r'href="(\?[^"]+)"[^>]*rel="next"|rel="next"[^>]*href="(\?[^"]+)"', page)
        address = f"/handovers/care/{found[1] or found[2]}" if found else ""
    assert len(seen) == len(set(seen)) == 60


def test_the_sums_split_all_customers(admin: User, rep: User, heir: User) -> None:
    made = book_of(rep, 6)
    handover = hand_over(rep, [heir], admin)
    today = Company.get().today
    call(heir, made[0], timezone.now())
    Revenue.everything.create(customer=made[1], on=today, amount=1, cents=100, recorded_on=today)
    Customer.everything.filter(pk=made[2].pk).update(lost_on=today)
    found = sums(cared(HandoverLine.objects.all(), [handover.pk], timezone.now()))
    assert (found.customers, found.called, found.safe, found.waiting, found.gone) == (6, 2, 1, 4, 1)
    assert (found.spoken, found.late, found.elsewhere) == (1, 0, 0)


def test_the_watch_page_leads_to_what_the_departure_cost_and_cover_does_not(
    login: Login, admin: User, rep: User, heir: User, sub_rep: User
) -> None:
    book_of(rep, 1)
    handover = hand_over(rep, [heir], admin)
    page = html.unescape(login(admin).get(f"/handovers/{handover.pk}/watch/").content.decode())
    report = f"/losses/departed-reps/?owner={rep.pk}"
    for address in (report, f"{report}&split=successor", f"{report}&split=without_owner"):
        assert f'href="{address}"' in page
    assert f"?departure={rep.reference}&list=effect" in page
    cover = hand_over(heir, [sub_rep], admin, "cover")
    page = login(admin).get(f"/handovers/{cover.pk}/watch/").content.decode()
    assert "departed-reps/?owner" not in page


def test_what_is_bought_by_and_said_to_a_merged_customer_counts_for_whom_it_is_part_of(
    rep: User, admin: User, heir: User
) -> None:
    """Invoices go on naming the duplicate; whoever finds it has often called it first."""
    made = book_of(rep, 4)
    today = Company.get().today
    merge(made[1], made[0], on=today, by=admin)
    handover = hand_over(rep, [heir], admin)
    assert handover.applied_at is not None
    call(heir, made[3], handover.applied_at + HOUR)
    merge(made[3], made[2], on=today, by=admin)
    Revenue.everything.create(
        customer=made[1], on=today, amount=40, cents=4000, reference="r1", recorded_on=today
    )
    found = states(handover, 2 * HOUR)
    assert found == {"Customer 1": "safe", "Customer 3": "called", "Customer 4": "elsewhere"}
    board = board_of(handover, {}, admin, handover.applied_at + 2 * HOUR)
    rows: list[Any] = board.page.rows
    assert {row.name: row.cents for row in rows}["Customer 1"] == 4000


def test_high_ties_that_are_elsewhere_are_not_waited_for(
    rep: User, admin: User, heir: User, other_rep: User
) -> None:
    made = book_of(rep, 3, calls=2)
    handover = hand_over(rep, [heir], admin)
    assign([made[0].pk], other_rep, on=Company.get().today, by=admin)
    found = sums(cared(handover.lines, [handover.pk], timezone.now()))
    assert (found.customers, found.at_stake, found.high, found.high_called) == (3, 2, 2, 0)
