"""The board of after-care: reminding a new owner, the last answer, who is at risk, late second conversations."""

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

from customers.models import Customer, Merge, Survey
from customers.ownership import assign
from sales.handing_over.calling_again import tell_of_second_calls
from sales.handing_over.undoing import undo
from sales.models import HandoverLine
from team.jobs import ask
from team.jobs.running import run
from team.models import AuditEntry, Company, Notice, Team, User
from tests.sales.handovers import book_of
from tests.sales.test_after_care import DAY, HOUR, call, hand_over, told

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
Login = Callable[[User], Client]
BOARD = "/handovers/care/"


@pytest.fixture
def heir(hire: Callable[..., User], north: Team) -> User:
    return hire("Anna Heir", team=north, is_rep=True)


def line_of(customer: Customer) -> HandoverLine:
    return HandoverLine.objects.filter(kind="customer", record_id=customer.pk).latest("pk")


def remind(browser: Client, customer: Customer) -> Any:
    address = f"/customers/{customer.pk}/handover-remind/"
    return browser.post(address, {"next": f"{BOARD}?of=waiting"})


def board(browser: Client, of: str = "") -> str:
    return html.unescape(browser.get(BOARD, {"of": of} if of else {}).content.decode())


def test_the_new_owner_is_reminded_once_a_day_of_a_customer(
    login: Login, admin: User, rep: User, heir: User, manager: User
) -> None:
    made = book_of(rep, 2)
    handover = hand_over(rep, [heir], admin)
    leads, runs = login(manager), login(admin)
    answer = remind(leads, made[0])
    assert (answer.status_code, answer["Location"]) == (303, f"{BOARD}?of=waiting")
    page = board(leads, "waiting")
    assert "Anna Heir was reminded." in page
    assert page.count("reminded today") == 1 and page.count("Remind<span") == 1
    remind(runs, made[0])
    assert "Anna Heir was reminded today already." in board(runs)
    words = {"by": "Maria Manager", "customer": "Customer 1", "from": "Rita Rep"}
    assert told("handover.remind") == [("Anna Heir", words)]
    notice = Notice.objects.get(kind="handover.remind")
    assert notice.path == made[0].get_absolute_url()
    seen = html.unescape(login(heir).get("/notices/").content.decode())
    assert "Maria Manager reminds you to call Customer 1, whom you took over from Rita Rep." in seen
    entry = AuditEntry.objects.get(action="remind")
    assert (entry.actor_id, entry.subject_id) == (manager.pk, made[0].pk)
    with time_machine.travel(handover.applied_at + DAY, tick=False):
        remind(login(admin), made[0])
        remind(login(admin), made[1])
    assert len(told("handover.remind")) == 3


def test_nobody_is_reminded_who_is_not_waited_for(
    login: Login, admin: User, rep: User, heir: User, other_rep: User, sub_rep: User
) -> None:
    made = book_of(rep, 4)
    handover = hand_over(rep, [heir], admin)
    browser = login(admin)
    call(heir, made[0], timezone.now())
    assign([made[1].pk], other_rep, on=Company.get().today, by=admin)
    User.objects.filter(pk=heir.pk).update(is_active=False)
    for customer in made[:3]:
        remind(browser, customer)
        assert "Nobody waits for this call any more." in board(browser)
    User.objects.filter(pk=heir.pk).update(is_active=True)
    undo(handover, by=admin)
    covered = book_of(sub_rep, 1)[0]
    hand_over(sub_rep, [heir], admin, "cover")
    for customer in (made[3], covered):
        remind(browser, customer)
        assert "Nobody waits for this call any more." in board(browser)
    assert told("handover.remind") == [] and not AuditEntry.objects.filter(action="remind").exists()


def test_who_may_remind_is_who_reads_the_row(
    login: Login, admin: User, rep: User, heir: User, other_manager: User, manager: User
) -> None:
    made = book_of(rep, 1)
    hand_over(rep, [heir], admin)
    assert remind(login(other_manager), made[0]).status_code == 404
    assert remind(login(heir), made[0]).status_code == 403
    assert login(manager).get(f"/customers/{made[0].pk}/handover-remind/").status_code == 405
    # who takes over from somebody is waited for, and does not remind themselves
    other = book_of(heir, 1)
    hand_over(heir, [manager], admin)
    assert "Remind<span" not in board(login(manager)).split("Customer 1")[-1]
    remind(login(manager), other[0])
    assert told("handover.remind") == []


def test_the_last_answer_and_the_broken_rhythm_stand_in_the_row(
    login: Login, admin: User, rep: User, heir: User, manager: User, other_rep: User
) -> None:
    made, today = book_of(rep, 4), Company.get().today
    hand_over(rep, [heir, other_rep], admin)
    mine = [one for one in made if line_of(one).receiver_id == heir.pk]
    theirs = next(one for one in made if line_of(one).receiver_id == other_rep.pk)
    before = {"recorded_on": today}
    for score, ago in ((5, 40), (2, 9)):
        Survey.everything.create(
            customer=mine[0], kind="csat", score=score, answered_on=today - ago * DAY, **before
        )
    Survey.everything.create(
        customer=mine[0], kind="csat", score=1, answered_on=today, deleted_on=today, **before
    )
    Survey.everything.create(
        customer=theirs, kind="nps", score=9, answered_on=today - 3 * DAY, **before
    )
    part = Customer.everything.create(name="Part", owner=heir, recorded_on=today)
    Merge.everything.create(customer=part, into=mine[1], merged_on=today, recorded_on=today)
    Customer.everything.filter(pk=part.pk).update(merged_into=mine[1])
    Survey.everything.create(customer=part, kind="nps", score=7, answered_on=today, **before)
    Customer.everything.filter(pk__in=[mine[0].pk, theirs.pk]).update(
        last_purchase_on=today - 80 * DAY, threshold_half_days=180, at_risk_on=today - 5 * DAY
    )

    def rows(who: User) -> dict[str, str]:
        parts = board(login(who)).split("<tr data-row>")[1:]
        return {re.findall(r"Customer \d", one)[0]: one.split("</tr>")[0] for one in parts}

    seen = rows(admin)
    assert "2 of 5" in seen[mine[0].name] and "m-loss" in seen[mine[0].name]
    assert "7 of 10" in seen[mine[1].name] and "9 of 10" in seen[theirs.name]
    assert {name for name, row in seen.items() if "At risk" in row} == {mine[0].name, theirs.name}
    # the leader of the leaver sees that the row is there, and nothing of the customer of another team
    seen = rows(manager)
    assert "2 of 5" in seen[mine[0].name] and "At risk" in seen[mine[0].name]
    assert "9 of 10" not in seen[theirs.name] and "At risk" not in seen[theirs.name]


def test_who_leads_is_told_of_a_late_second_conversation_once(
    admin: User, rep: User, heir: User, manager: User
) -> None:
    made = book_of(rep, 4)
    handover = hand_over(rep, [heir], admin)
    at = timezone.now()
    for n, customer in enumerate(made[:3]):
        call(heir, customer, at + n * HOUR)
    call(heir, made[1], at + 3 * DAY)

    def late(after: timedelta) -> int:
        with time_machine.travel(at + after, tick=False):
            return tell_of_second_calls(timezone.now())

    # a month after the first conversation; the fourth had none, which is told elsewhere
    assert late(29 * DAY) == 0 and late(31 * DAY) == 2
    words = {"n": 2, "giver": "Rita Rep", "heir": "Anna Heir"}
    assert told("handover.late_again") == [("Maria Manager", words)]
    assert late(31 * DAY + HOUR) == late(32 * DAY) == 0
    call(heir, made[3], at + 5 * DAY)
    assert late(36 * DAY) == 1
    assert told("handover.late_again")[1:] == [("Maria Manager", {**words, "n": 1})]
    assert handover.lines.filter(second_told=True).count() == 3
    notice = Notice.objects.filter(kind="handover.late_again").first()
    assert notice is not None and notice.path == "/handovers/care/?of=late"


def test_what_has_been_late_for_long_is_no_news_and_what_was_taken_back_none(
    admin: User, rep: User, heir: User, other_rep: User
) -> None:
    made = book_of(rep, 1)
    hand_over(rep, [heir], admin)
    call(heir, made[0], timezone.now())
    other = book_of(other_rep, 1)
    back = hand_over(other_rep, [heir], admin)
    call(heir, other[0], timezone.now())
    undo(back, by=admin)
    assert tell_of_second_calls(timezone.now() + 60 * DAY) == 1
    assert told("handover.late_again") == []


def test_the_night_tells_of_second_conversations(admin: User, rep: User, heir: User) -> None:
    made = book_of(rep, 1)
    hand_over(rep, [heir], admin)
    call(heir, made[0], timezone.now())
    with time_machine.travel(timezone.now() + 31 * DAY, tick=False):
        asked = ask("sales.second_calls", {"day": f"{Company.get().today}"}, by=None)
        assert run(asked.pk)
    assert len(told("handover.late_again")) == 1


def test_the_board_asks_as_much_for_many_as_for_few(
    login: Login, admin: User, rep: User, heir: User, other_rep: User
) -> None:
    counts = []
    for owner, n in ((rep, 3), (other_rep, 20)):
        book_of(owner, n)
        hand_over(owner, [heir], admin)
        browser = login(admin)
        browser.get(BOARD)
        with CaptureQueriesContext(connection) as asked:
            browser.get(BOARD)
        counts.append(len(asked))
    assert counts[0] == counts[1]
