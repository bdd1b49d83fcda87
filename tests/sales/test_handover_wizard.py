"""The hand-over by its pages: from who leaves to taking it back, as people click through it."""

import html
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import PASSWORD
from customers.models import Customer
from customers.ownership import assign
from sales.deals.changing import change_deal
from sales.handing_over.drafting import start
from sales.handing_over.due import do_due, is_due
from sales.models import Deal, Handover, HandoverLine, Task
from team.departures import end_due_sign_ins
from team.feeds import make_feed
from team.models import AuditEntry, Company, Notice, Team, User
from tests.sales.handovers import book_of, talk

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
Login = Callable[[User], Client]


@pytest.fixture
def heirs(hire: Callable[..., User], north: Team) -> list[User]:
    return [hire(name, team=north, is_rep=True) for name in ("Anna", "Borys", "Clara")]


def begin(browser: Client, leaver: User, kind: str = "departure", **more: Any) -> Handover:
    today = Company.get().today
    typed = {"leaver": leaver.pk, "last_day": str(today), "reason": "resigned", "sign_in": "then"}
    answer = browser.post(f"/handovers/new/?kind={kind}", typed | more)
    assert answer.status_code == 303, answer.content.decode()
    made = Handover.everything.latest("pk")
    assert answer["Location"] == f"/handovers/{made.pk}/holds/"
    return made


def rule(browser: Client, handover: Handover, heirs: list[User], **more: Any) -> Any:
    typed = {
        "rule": "turn",
        "balance": "revenue",
        "deals_follow": "on",
        "tasks_follow": "on",
        "heirs": [heir.pk for heir in heirs],
    }
    return browser.post(f"/handovers/{handover.pk}/heirs/", typed | more)


def confirm(browser: Client, handover: Handover, **more: Any) -> Any:
    page = read(browser, handover, "check")
    seen = re.search(r'name="seen" value="(\w*)"', page)
    typed = {"effect": "now", "password": PASSWORD, "seen": seen[1] if seen else ""}
    return browser.post(f"/handovers/{handover.pk}/check/", typed | more)


def read(browser: Client, handover: Handover, step: str) -> str:
    answer = browser.get(f"/handovers/{handover.pk}/{step}/")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_five_steps_from_who_leaves_to_taking_it_back(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    made = book_of(rep, 4, deals=2, tasks=4, leads=1)
    talk(rep, made[:1], 12)
    browser = login(admin)
    page = browser.get("/handovers/new/").content.decode()
    assert "Who leaves?" in page and "Rita Rep" in page
    handover = begin(browser, rep)
    page = read(browser, handover, "holds")
    assert "12 conversations, with nobody else" in page and "nobody" in page
    assert rule(browser, handover, heirs).status_code == 303
    page = read(browser, handover, "heirs")
    assert "Load after the hand-over" in page and "in turn" in page
    page = read(browser, handover, "check")
    assert "Hand over 4 customers" in page
    assert "To: Anna" in page and "you look after 2 customers of Rita Rep" in page
    assert Customer.everything.filter(owner=rep).count() == 4
    answer = confirm(browser, handover)
    assert answer["Location"] == f"/handovers/{handover.pk}/watch/"
    assert not Customer.everything.filter(owner=rep).exists()
    page = read(browser, handover, "watch")
    assert "You can undo this hand-over until" in page and "Undo hand-over" in page
    page = read(browser, handover, "undo")
    assert "11</b> records go back exactly as they were." in page
    browser.post(f"/handovers/{handover.pk}/undo/")
    assert Customer.everything.filter(owner=rep).count() == 4
    assert "You can undo" not in read(browser, handover, "watch")


def test_money_is_called_what_it_is(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    """Of who is silent it is the year up to the last order; the customer's page tells of the last twelve months."""
    book_of(rep, 1)
    browser = login(admin)
    handover = begin(browser, rep)
    page = read(browser, handover, "holds")
    assert "Revenue a year" in page and "of the year up to the last order" in page
    rule(browser, handover, heirs)
    pages = [page, read(browser, handover, "heirs")]
    confirm(browser, handover)
    pages.append(read(browser, handover, "watch"))
    assert not [one for one in pages if re.search("Revenue, (last )?12 months", one)]


def test_the_same_post_makes_one_draft(login: Login, admin: User, rep: User) -> None:
    book_of(rep, 1)
    browser, ref = login(admin), str(uuid.uuid4())
    first = begin(browser, rep, client_ref=ref)
    assert begin(browser, rep, client_ref=ref) == first
    assert Handover.everything.count() == 1


def test_nothing_moves_without_the_password_and_guessing_is_slowed_down(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 1)
    browser = login(admin)
    handover = begin(browser, rep)
    rule(browser, handover, heirs)
    answer = confirm(browser, handover, password="wrong")
    assert answer.status_code == 422
    assert "This is not your present password." in answer.content.decode()
    assert confirm(browser, handover, password="").status_code == 422
    assert Customer.everything.get().owner == rep
    assert AuditEntry.objects.filter(action="wrong password", actor=admin).count() == 1
    for _n in range(12):
        answer = confirm(browser, handover, password="wrong")
    assert "Too many tries" in answer.content.decode()


def test_a_second_press_finds_it_done(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 1)
    browser = login(admin)
    handover = begin(browser, rep)
    rule(browser, handover, heirs)
    typed = {"effect": "now", "password": PASSWORD, "seen": ""}
    answers = [browser.post(f"/handovers/{handover.pk}/check/", typed) for _n in range(2)]
    assert {a["Location"] for a in answers} == {f"/handovers/{handover.pk}/watch/"}
    assert AuditEntry.objects.filter(action="hand over").count() == 1


def test_what_changed_meanwhile_stops_the_press_and_is_listed(
    login: Login, admin: User, rep: User, heirs: list[User], keep: Any
) -> None:
    made = book_of(rep, 3)
    browser = login(admin)
    handover = begin(browser, rep)
    rule(browser, handover, heirs)
    read(browser, handover, "check")
    assign([made[0].pk], heirs[2], on=Company.get().today, by=admin)
    keep(rep, "Came since")
    answer = browser.post(
        f"/handovers/{handover.pk}/check/", {"effect": "now", "password": PASSWORD, "seen": ""}
    )
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "2 records changed since the preview." in page
    assert "Customer 1: is with Clara by now" in page and "Came since: has come since" in page
    assert Customer.everything.filter(owner=rep).count() == 3
    browser.post(f"/handovers/{handover.pk}/again/", {"do": "look", "step": "check"})
    assert "changed since the preview" not in read(browser, handover, "check")
    assert confirm(browser, handover).status_code == 303
    assert not Customer.everything.filter(owner=rep).exists()


def test_the_second_of_two_administrators_is_told_who_has_them(
    login: Login, admin: User, director: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 2)
    one, other = login(admin), login(director)
    first, second = begin(one, rep), begin(other, rep)
    rule(one, first, heirs[:1])
    rule(other, second, heirs[1:2])
    read(other, second, "check")
    assert confirm(one, first).status_code == 303
    answer = other.post(
        f"/handovers/{second.pk}/check/", {"effect": "now", "password": PASSWORD, "seen": ""}
    )
    page = html.unescape(answer.content.decode())
    assert "2 records changed since the preview." in page and "is with Anna by now" in page
    assert {row.owner for row in Customer.everything.all()} == {heirs[0]}


def test_rows_are_chosen_and_left_where_they_are(
    login: Login, manager: User, rep: User, heirs: list[User]
) -> None:
    made = book_of(rep, 3, deals=3)
    browser = login(manager)
    handover = begin(browser, rep, "partial")
    lines = {
        line.record_id: line.pk
        for line in HandoverLine.objects.filter(handover=handover, kind="customer")
    }
    address = f"/handovers/{handover.pk}/holds/?kind=customer"
    browser.post(address, {"seen": list(lines.values()), "on": [lines[made[1].pk]]})
    chosen = HandoverLine.objects.filter(handover=handover, chosen=True)
    assert sorted(chosen.values_list("kind", flat=True)) == ["customer", "deal"]
    rule(browser, handover, heirs[:1])
    assert confirm(browser, handover).status_code == 303
    assert Customer.everything.filter(owner=heirs[0]).get() == made[1]
    again = begin(browser, rep, "partial")
    browser.post(f"/handovers/{again.pk}/holds/?kind=customer", {"every": "all"})
    assert again.lines.filter(kind="customer", chosen=True).count() == 2


def test_a_cell_of_the_matrix_gives_one_customer_and_answers_with_its_row(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    made = book_of(rep, 3, deals=3)
    browser = login(admin)
    handover = begin(browser, rep)
    rule(browser, handover, heirs)
    line = handover.lines.get(kind="customer", record_id=made[0].pk)
    answer = browser.post(
        f"/handovers/{handover.pk}/give/",
        {f"to-{line.pk}": heirs[1].pk},
        headers={"HX-Request": "true"},
    )
    part = answer.content.decode()
    assert "<html" not in part and f'id="line-{line.pk}"' in part and "chosen by hand" in part
    assert 'id="loads"' in part and "1 chosen by hand" in part
    line.refresh_from_db()
    assert (line.receiver, line.by_hand) == (heirs[1], True)
    rule(browser, handover, heirs, rule="one")
    line.refresh_from_db()
    assert line.receiver == heirs[1]
    page = html.unescape(browser.get(f"/handovers/{handover.pk}/heirs/?of=hand").content.decode())
    assert "Customer 1" in page and "Customer 2" not in page
    # without scripts the whole page is posted: what says what stands is no choice by hand
    others = handover.lines.filter(kind="customer").exclude(pk=line.pk)
    typed = {f"to-{row.pk}": row.receiver_id for row in others}
    assert browser.post(f"/handovers/{handover.pk}/give/", typed).status_code == 303
    assert handover.lines.filter(by_hand=True).count() == 1
    browser.post(f"/handovers/{handover.pk}/again/", {"do": "clear"})
    assert not handover.lines.filter(by_hand=True).exists()


def test_records_without_an_heir_stop_it_until_the_pool_has_them(
    login: Login, admin: User, hire: Any, rep: User, heirs: list[User]
) -> None:
    loner = hire("Lone Some", is_rep=True)
    book_of(loner, 2)
    browser = login(admin)
    handover = begin(browser, loner)
    page = read(browser, handover, "check")
    assert "2 have no heir. Choose one, or give them to the pool." in page
    answer = confirm(browser, handover)
    assert answer.status_code == 422 and "Without an heir: 2." in answer.content.decode()
    browser.post(f"/handovers/{handover.pk}/again/", {"do": "pool", "step": "check"})
    assert "2 go to the pool." in read(browser, handover, "check")
    assert confirm(browser, handover).status_code == 303
    assert Customer.everything.filter(owner=None).count() == 2


def test_who_may_and_whose(
    login: Login, manager: User, other_manager: User, rep: User, other_rep: User, heirs: list[User]
) -> None:
    book_of(rep, 1)
    book_of(other_rep, 1)
    browser = login(manager)
    handover = begin(browser, rep)
    assert login(rep).get("/handovers/").status_code == 403
    for step in ("", "holds/", "heirs/", "check/"):
        address = f"/handovers/{handover.pk}/{step}"
        assert login(other_manager).get(address).status_code == 404
    assert "Otto Otherrep" not in browser.get("/handovers/new/").content.decode()
    today = str(Company.get().today)
    typed = {"leaver": other_rep.pk, "last_day": today, "reason": "resigned"}
    assert browser.post("/handovers/new/", typed).status_code == 422
    # heirs outside the own teams are no choice
    answer = rule(browser, handover, [other_rep])
    assert answer.status_code == 422
    line = handover.lines.get(kind="customer")
    browser.post(f"/handovers/{handover.pk}/give/", {f"to-{line.pk}": other_rep.pk})
    line.refresh_from_db()
    assert line.receiver != other_rep


def test_a_leaver_who_leads_never_sees_their_own_departure(
    login: Login, admin: User, hire: Any, heirs: list[User]
) -> None:
    leaving = hire("Leaving Lead", is_manager=True, is_rep=True)
    book_of(leaving, 1)
    handover = begin(login(admin), leaving)
    browser = login(leaving)
    assert browser.get(f"/handovers/{handover.pk}/heirs/").status_code == 404
    assert "Leaving Lead" not in browser.get("/handovers/").content.decode().split("<main")[1]


def test_scheduled_for_the_evening_it_happens_then_whatever_came_meanwhile(
    login: Login, admin: User, rep: User, heirs: list[User], keep: Any
) -> None:
    book_of(rep, 2, deals=1)
    browser = login(admin)
    last_day = Company.get().today + timedelta(days=3)
    handover = begin(browser, rep, last_day=str(last_day))
    rule(browser, handover, heirs)
    answer = confirm(browser, handover, effect="then")
    assert answer["Location"] == f"/handovers/{handover.pk}/check/"
    handover.refresh_from_db()
    assert handover.state == "scheduled" and handover.effect_at is not None
    assert Customer.everything.filter(owner=rep).count() == 2
    keep(rep, "Came since")
    assert not is_due(handover.effect_at - timedelta(seconds=1))
    assert is_due(handover.effect_at)
    assert do_due(handover.effect_at) == 1
    assert not Customer.everything.filter(owner=rep).exists()
    handover.refresh_from_db()
    assert handover.state == "applied" and handover.applied_by == admin
    assert not is_due(handover.effect_at)
    assert do_due(handover.effect_at) == 0


def test_what_cannot_be_done_at_its_hour_is_a_draft_again_and_says_why(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 1)
    browser = login(admin)
    handover = begin(browser, rep, last_day=str(Company.get().today + timedelta(days=1)))
    rule(browser, handover, heirs[:1])
    confirm(browser, handover, effect="then")
    User.objects.filter(pk=heirs[0].pk).update(is_active=False)
    handover.refresh_from_db()
    assert handover.effect_at is not None
    assert do_due(handover.effect_at) == 0
    handover.refresh_from_db()
    assert handover.state == "draft" and "Anna cannot take over" in handover.problem
    assert Customer.everything.get().owner == rep
    assert Notice.objects.filter(kind="handover.failed", user=admin).count() == 1
    assert "Anna cannot take over" in read(browser, handover, "check")


def test_cover_gives_itself_back_after_the_absence(
    login: Login, manager: User, rep: User, heirs: list[User]
) -> None:
    made = book_of(rep, 2, deals=1, tasks=1)
    browser = login(manager)
    today = Company.get().today
    until = today + timedelta(days=7)
    handover = begin(browser, rep, "cover", until=str(until))
    rule(browser, handover, heirs[:1])
    assert "They go back by themselves after" in read(browser, handover, "check")
    assert confirm(browser, handover).status_code == 303
    deal = Deal.everything.get()
    assert deal.owner == heirs[0]
    change_deal(deal, {"note": "Said while away"}, by=heirs[0], version=deal.version)
    assign([made[0].pk], heirs[1], on=today, by=manager)
    rep.refresh_from_db()
    assert rep.is_active
    noon = timezone.now()
    assert not is_due(noon + timedelta(days=7))
    assert is_due(noon + timedelta(days=8))
    do_due(noon + timedelta(days=8))
    deal.refresh_from_db()
    assert (deal.owner, deal.note) == (rep, "Said while away")
    assert Customer.everything.get(pk=made[1].pk).owner == rep
    assert Customer.everything.get(pk=made[0].pk).owner == heirs[1]
    assert Task.everything.get().owner == rep
    handover.refresh_from_db()
    assert handover.state == "returned" and not is_due(noon + timedelta(days=9))


def test_access_ends_with_the_hand_over_or_after_the_last_day(
    login: Login, admin: User, rep: User, sub_rep: User, heirs: list[User]
) -> None:
    book_of(rep, 1)
    book_of(sub_rep, 1)
    theirs, later, browser = login(rep), login(sub_rep), login(admin)
    feed = f"/calendar/{make_feed(rep)}.ics"
    assert theirs.get("/today/").status_code == Client().get(feed).status_code == 200
    handover = begin(browser, rep, sign_in="now")
    rule(browser, handover, heirs)
    assert theirs.get("/today/").status_code == 200
    confirm(browser, handover)
    assert theirs.get("/today/").status_code == 302
    assert Client().get(feed).status_code == 410
    rep.refresh_from_db()
    assert not rep.is_active and User.objects.filter(pk=rep.pk).exists()
    second = begin(browser, sub_rep)
    rule(browser, second, heirs)
    confirm(browser, second)
    assert later.get("/today/").status_code == 200
    end_due_sign_ins(Company.get().today + timedelta(days=1))
    assert later.get("/today/").status_code == 302


def test_a_managers_hand_over_leaves_the_employment_to_administrators(
    login: Login, manager: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 1)
    browser = login(manager)
    handover = begin(browser, rep, sign_in="now")
    rule(browser, handover, heirs)
    confirm(browser, handover)
    rep.refresh_from_db()
    assert rep.is_active and rep.employments.get().left_on is None


def test_an_edited_record_stays_or_goes_back_as_ticked(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 1, deals=2)
    browser = login(admin)
    handover = begin(browser, rep)
    rule(browser, handover, heirs[:1])
    confirm(browser, handover)
    for deal in Deal.everything.all():
        change_deal(deal, {"note": "Anna's"}, by=heirs[0], version=deal.version)
    page = read(browser, handover, "undo")
    assert "Changed by somebody since" in page and "Deal 0" in page and "Deal 1" in page
    line = handover.lines.get(kind="deal", record_id=Deal.everything.get(title="Deal 0").pk)
    browser.post(f"/handovers/{handover.pk}/undo/", {"stay": [line.pk]})
    assert Deal.everything.get(title="Deal 0").owner == heirs[0]
    kept = Deal.everything.get(title="Deal 1")
    assert (kept.owner, kept.note) == (rep, "Anna's")


def test_long_lists_have_pages_at_one_price(
    login: Login, admin: User, rep: User, other_rep: User, heirs: list[User]
) -> None:
    counts: dict[str, list[int]] = {}
    browser = login(admin)
    for owner, n in ((rep, 60), (other_rep, 120)):
        book_of(owner, n, deals=n, tasks=n, leads=2)
        handover, _made = start("departure", owner, by=admin)
        rule(browser, handover, heirs)
        for step in ("holds", "heirs", "check"):
            browser.get(f"/handovers/{handover.pk}/{step}/")
            with CaptureQueriesContext(connection) as asked:
                page = browser.get(f"/handovers/{handover.pk}/{step}/").content.decode()
            counts.setdefault(step, []).append(len(asked))
            assert step == "check" or 'rel="next"' in page
        page = browser.get(f"/handovers/{handover.pk}/holds/?last=1").content.decode()
        # the poorest stand on the last page
        assert ">Customer 1<" in page and f">Customer {n}<" not in page
        # out of the way of the next one
        Customer.everything.filter(owner=owner).update(owner=heirs[0])
        Deal.everything.filter(owner=owner).update(closed_on=Company.get().today)
    assert {step: len(set(n)) for step, n in counts.items()} == {
        "holds": 1,
        "heirs": 1,
        "check": 1,
    }


def test_drafts_are_thrown_away_and_wait_in_the_rail(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 1, deals=1, tasks=1)
    browser = login(admin)
    handover = begin(browser, rep)
    page = browser.get("/handovers/").content.decode()
    assert "Rita Rep" in page
    browser.post(f"/handovers/{handover.pk}/discard/")
    assert not Handover.everything.exists() and not HandoverLine.objects.exists()
    assert Customer.everything.get().owner == rep
    assert AuditEntry.objects.filter(action="delete", subject_type="handover").count() == 1


def test_any_customers_of_a_list_go_the_same_way(
    login: Login, manager: User, rep: User, sub_rep: User, other_rep: User, heirs: list[User]
) -> None:
    one, two, left = book_of(rep, 3, deals=3)
    three = book_of(sub_rep, 1, tasks=1)[0]
    foreign = book_of(other_rep, 1)[0]
    browser = login(manager)
    rows = f"row={one.pk}&row={three.pk}"
    page = browser.get(f"/bulk/customer/?do=give&{rows}").content.decode()
    assert "Plan a hand-over" in page and f'name="row" value="{three.pk}"' in page
    answer = browser.post("/handovers/chosen/", {"row": [one.pk, foreign.pk]})
    assert answer["Location"] == "/customers/" and not Handover.everything.exists()
    ref = str(uuid.uuid4())
    chosen = {"row": [one.pk, three.pk], "client_ref": ref}
    answers = [browser.post("/handovers/chosen/", chosen) for _n in range(2)]
    handover = Handover.everything.get()
    assert {a["Location"] for a in answers} == {f"/handovers/{handover.pk}/holds/"}
    assert sorted(handover.lines.values_list("kind", flat=True)) == [
        "customer",
        "customer",
        "deal",
        "task",
    ]
    assert browser.get(f"/handovers/{handover.pk}/").status_code == 200
    rule(browser, handover, heirs[:1])
    assert confirm(browser, handover).status_code == 303
    for row in (one, two, left, three, foreign):
        row.refresh_from_db()
    owners = [row.owner for row in (one, two, left, three, foreign)]
    assert owners == [heirs[0], rep, rep, heirs[0], other_rep]
    browser.post(f"/handovers/{handover.pk}/undo/")
    one.refresh_from_db(), three.refresh_from_db()
    assert (one.owner, three.owner) == (rep, sub_rep)
