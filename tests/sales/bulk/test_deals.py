"""Many deals moved, lost and given, once, and back to the last row."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sales.deals.changing import move_deal
from sales.models import (
    Deal,
    DealChange,
    DealPast,
    Pipeline,
    Stage,
)
from team.models import AuditEntry, Company, Notice, User
from tests.sales.bulk.kit import act, chosen, rows_of, told, undo

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def test_deals_move_to_a_stage_and_back(login: Login, rep: User, deals: list[Deal]) -> None:
    offer, lost = Stage.objects.get(key="offer"), Stage.objects.get(key="lost")
    move_deal(deals[2], lost, by=rep, reason="price")
    before = rows_of(Deal), rows_of(DealChange)
    browser = login(rep)
    page = browser.get(f"/bulk/deal/?do=stage&{chosen(*deals)}").content.decode()
    assert "is closed already" in page and "Offer sent" in page and ">Won<" not in page
    answer = act(browser, "deal", "stage", chosen(*deals), stage=offer.pk)
    assert told(answer, browser) == "Now in stage «Offer sent»: 2 deals. Left as they were: 1."
    today = Company.get().today
    moved = Deal.everything.filter(stage=offer)
    assert {(d.pk, d.stage_since, d.version) for d in moved} == {
        (deals[0].pk, today, 2), (deals[1].pk, today, 2),
    }  # fmt: skip
    assert DealChange.everything.filter(stage=offer, on=today, amount=100).count() == 2
    move_deal(deals[1], Stage.objects.get(key="negotiation"), by=rep)
    undo(browser)
    stages = [deal.stage.key for deal in Deal.everything.order_by("pk")]
    assert stages == ["new", "negotiation", "lost"]
    assert rows_of(Deal)[0] == before[0][0]
    live = [row for row in rows_of(DealChange) if row["deleted_on"] is None]
    assert [row for row in live if row["deal_id"] == deals[0].pk] == [
        row for row in before[1] if row["deal_id"] == deals[0].pk
    ]
    won = Stage.objects.get(key="won")
    assert act(browser, "deal", "stage", chosen(deals[0]), stage=won.pk).status_code == 422


def test_moving_twice_as_many_deals_costs_as_many_queries(
    login: Login, rep: User, deals: list[Deal], keep: Any
) -> None:
    offer, browser, counts = Stage.objects.get(key="offer"), login(rep), []
    for rows in (deals[:1], deals[1:]):
        with CaptureQueriesContext(connection) as done:
            act(browser, "deal", "stage", chosen(*rows), stage=offer.pk)
        with CaptureQueriesContext(connection) as taken_back:
            undo(browser)
        counts.append((len(done), len(taken_back)))
        browser.get("/profile/")
    assert counts[0] == counts[1]


def test_deals_are_lost_for_a_reason_of_the_list_and_open_again(
    login: Login, rep: User, deals: list[Deal]
) -> None:
    move_deal(deals[2], Stage.objects.get(key="won"), by=rep, amount=Decimal(5))
    before, browser = (rows_of(Deal), rows_of(DealChange)), login(rep)
    look = browser.get(f"/bulk/deal/?do=lose&{chosen(*deals)}").content.decode()
    assert "Mark as lost: 2 deals" in look and "is closed already" in look
    assert act(browser, "deal", "lose", chosen(*deals)).status_code == 422
    assert act(browser, "deal", "lose", chosen(*deals), text="nonsense").status_code == 422
    assert rows_of(Deal) == before[0]
    ref = str(uuid.uuid4())
    for _again in range(2):
        answer = act(browser, "deal", "lose", chosen(*deals), text="price", ref=ref)
    assert told(answer, browser) == "Lost (Price): 2 deals. Left as they were: 1."
    today = Company.get().today
    lost = list(Deal.everything.filter(stage__key="lost").order_by("pk"))
    assert lost == deals[:2]
    assert {(deal.closed_on, deal.stage_since, deal.reason) for deal in lost} == {
        (today, today, "price")
    }
    made = DealChange.everything.filter(stage__key="lost")
    assert {(row.on, row.recorded_on, row.reason, row.by) for row in made} == {
        (today, today, "price", rep)
    }
    assert made.count() == 2
    entries = AuditEntry.objects.filter(action="change stage", subject_id__in=[d.pk for d in lost])
    assert entries.count() == 2
    assert told(undo(browser), browser) == "It was taken back."
    assert rows_of(Deal) == before[0]
    assert set(made.values_list("deleted_on", flat=True)) == {today}
    made.delete()
    assert rows_of(DealChange) == before[1]


def test_each_is_lost_in_its_own_pipeline(login: Login, rep: User, deals: list[Deal]) -> None:
    other = Pipeline.objects.create(key="other", name="Other", order=9)
    first = Stage.objects.create(key="o1", name="First", pipeline=other, kind="open", order=1)
    end = Stage.objects.create(key="o2", name="Gone", pipeline=other, kind="lost", order=2)
    Deal.everything.filter(pk=deals[0].pk).update(stage=first)
    browser = login(rep)
    act(browser, "deal", "lose", chosen(*deals), text="price")
    stages = [deal.stage.key for deal in Deal.everything.order_by("pk").select_related("stage")]
    assert stages == [end.key, "lost", "lost"]
    Stage.objects.filter(pk=end.pk).update(is_active=False)
    undo(browser)
    answer = act(browser, "deal", "lose", chosen(*deals), text="price")
    assert told(answer, browser).endswith("2 deals. Left as they were: 1.")
    assert Deal.everything.get(pk=deals[0].pk).closed_on is None


def test_what_was_opened_again_since_is_not_taken_back(
    login: Login, rep: User, deals: list[Deal]
) -> None:
    browser, new = login(rep), Stage.objects.get(key="new")
    act(browser, "deal", "lose", chosen(*deals), text="price")
    move_deal(Deal.everything.get(pk=deals[0].pk), new, by=rep)
    answer = undo(browser)
    page = browser.get(answer["Location"]).content.decode()
    assert "Taken back: 2. Changed since, so left: 1." in page
    stage_ids = set(Deal.everything.values_list("stage__key", flat=True))
    assert stage_ids == {"new"}
    live = DealChange.everything.filter(deal=deals[0], deleted_on__isnull=True)
    assert live.filter(stage__key="lost").count() == 1


def test_deals_are_won_one_by_one_and_the_form_says_why(
    login: Login, rep: User, deals: list[Deal]
) -> None:
    browser = login(rep)
    look = browser.get(f"/bulk/deal/?do=stage&{chosen(*deals)}").content.decode()
    assert "each books revenue with its own amount and day" in look
    won = Stage.objects.get(key="won")
    assert act(browser, "deal", "stage", chosen(*deals), stage=won.pk).status_code == 422
    assert not Deal.everything.filter(closed_on__isnull=False).exists()


def test_open_deals_change_owner_and_closed_ones_never(
    login: Login, manager: User, rep: User, sub_rep: User, other_rep: User, deals: list[Deal]
) -> None:
    move_deal(deals[2], Stage.objects.get(key="lost"), by=rep, reason="price")
    before, browser = rows_of(Deal), login(manager)
    assert "Give to another owner" in browser.get("/deals/").content.decode()
    assert act(browser, "deal", "give", chosen(*deals), to=other_rep.pk).status_code == 422
    answer = act(browser, "deal", "give", chosen(*deals), to=sub_rep.pk)
    assert told(answer, browser) == "Now with Sasha Subrep: 2 deals. Left as they were: 1."
    owners = Deal.everything.order_by("pk").values_list("owner", flat=True)
    assert list(owners) == [sub_rep.pk, sub_rep.pk, rep.pk]
    past = DealPast.everything.order_by("deal")
    assert [(row.deal, row.owner, row.deleted_on) for row in past] == [
        (deal, rep, Company.get().today) for deal in deals[:2]
    ]
    notice = Notice.objects.get(kind="deal.given")
    assert (notice.user, notice.told["n"], notice.path) == (sub_rep, 2, "/deals/")
    assert "2 deals are yours now" in login(sub_rep).get("/notices/").content.decode()
    undo(browser)
    assert rows_of(Deal) == before
    assert not DealPast.everything.exists()
    theirs = login(rep)
    assert "cannot be planned here" in told(
        act(theirs, "deal", "give", chosen(*deals), to=rep.pk), theirs
    )


@pytest.mark.parametrize("do", ["give", "lose"])
def test_ending_and_giving_twice_as_many_costs_as_many_queries(
    login: Login, manager: User, sub_rep: User, deals: list[Deal], do: str
) -> None:
    browser, counts = login(manager), []
    values = {"give": {"to": sub_rep.pk}, "lose": {"text": "price"}}[do]
    more = [
        Deal.everything.create(
            title=f"More {n}",
            customer=deals[0].customer,
            owner=deals[0].owner,
            stage=deals[0].stage,
            stage_since=deals[0].stage_since,
            opened_on=deals[0].opened_on,
        )
        for n in range(3)
    ]
    # the first telling of somebody asks for their letter besides
    for rows in (deals[:1], deals[1:], more):
        with CaptureQueriesContext(connection) as asked:
            act(browser, "deal", do, chosen(*rows), **values)
        counts.append(len(asked))
    assert Deal.everything.filter(owner=sub_rep).count() == (6 if do == "give" else 0)
    assert counts[1] == counts[2]
