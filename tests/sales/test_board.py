"""The deal board and the table beside it: sums by hand, what is marked, moves that do not fit, whose deals they are."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from customers.ownership import assign
from sales.deals.changing import add_deal, move_deal
from sales.deals.deal_owners import give_deals
from sales.deals.pipelines import add_pipeline
from sales.deals.stage_pace import refresh_paces
from sales.models import Deal, DealChange, Pipeline, Stage, Task
from team.models import Company, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
Keep = Callable[..., Customer]
TODAY = date(2026, 11, 23)
BOARD = "/deals/board/"


@pytest.fixture(autouse=True)
def today() -> object:
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False):
        yield


def make(
    owner: User, customer: Customer | None, title: str, stage: str = "new", **values: Any
) -> Deal:
    row = Deal(title=title, customer=customer, stage=Stage.objects.get(key=stage), **values)
    return add_deal(row, owner=owner, by=owner)[0]


def stand_since(deal: Deal, days: int) -> None:
    Deal.everything.filter(pk=deal.pk).update(stage_since=TODAY - timedelta(days=days))


def columns(page: str) -> dict[str, str]:
    """The text of each column by its name."""
    parts = page.split('<section class="m-column"')[1:]
    plain = [" ".join(re.sub(r"<[^>]*>", " ", part.split(">", 1)[1]).split()) for part in parts]
    return {text.partition(" open deals")[0].rpartition(" ")[0]: text for text in plain}


def cards(page: str) -> list[str]:
    return re.findall(r'class="m-deal-title"[^>]*>([^<]*)<', page)


def test_columns_count_and_weigh_all_their_deals(login: Login, rep: User, keep: Keep) -> None:
    customer = keep(rep)
    make(rep, customer, "A", amount=100)
    make(rep, customer, "B", amount=205, currency="EUR", fx_rate=2)
    make(rep, customer, "C", "offer", amount=1_000)
    make(rep, customer, "D", "offer")
    page = login(rep).get(BOARD).content.decode()
    told = columns(page)
    # 100 + 205 x 2 = 510, of which a tenth; 1,000 at 40 per cent
    assert told["New"].startswith("New 2 open deals ₴510 ₴510 10% are won weighted ₴51 ₴51")
    assert told["Offer sent"].startswith(
        "Offer sent 2 open deals ₴1,000 ₴1,000 40% are won weighted ₴400 ₴400"
    )
    assert told["Qualified"].startswith("Qualified 0 open deals ₴0")
    assert cards(page) == ["B", "A", "C", "D"]
    assert "4 open deals · " in page and "₴1,510" in page and "₴451" in page


def test_what_was_closed_this_month_is_told_and_not_weighed(
    login: Login, rep: User, keep: Keep
) -> None:
    customer, won, lost = keep(rep), *(Stage.objects.get(key=key) for key in ("won", "lost"))
    for title, amount, stage in (("A", 70, won), ("B", 30, won), ("C", 5, lost), ("Old", 900, won)):
        deal = make(rep, customer, title, amount=amount)
        move_deal(deal, stage, by=rep, reason="price" if stage is lost else "")
    Deal.everything.filter(title="Old").update(closed_on=date(2026, 10, 31))
    make(rep, customer, "Open", amount=1)
    page = login(rep).get(BOARD).content.decode()
    ends = " ".join(re.sub(r"<[^>]*>", " ", page.split("Closed this month", 1)[1]).split())
    assert ends.startswith("Won ₴100 ₴100 2 deals Lost ₴5 ₴5 1 deal")
    assert cards(page) == ["Open"]


def test_a_column_shows_twenty_and_counts_all(login: Login, rep: User, keep: Keep) -> None:
    customer, browser = keep(rep), login(rep)
    for n in range(23):
        make(rep, customer, f"Deal {n:02}", amount=1000 - n)
    make(rep, customer, "Other", "offer", amount=1)
    page = browser.get(BOARD).content.decode()
    assert cards(page) == [f"Deal {n:02}" for n in range(20)] + ["Other"]
    assert "New 23 open deals" in columns(page)["New"] and "3 more" in columns(page)["New"]
    whole = browser.get(f"{BOARD}?whole=new").content.decode()
    assert len(cards(whole)) == 24 and " more" not in columns(whole)["New"]


def test_days_in_a_stage_against_its_median(login: Login, rep: User, keep: Keep) -> None:
    """Five stays of 2, 4, 10, 20 and 50 days: the median is 10, so more than 15 days are long."""
    customer, browser = keep(rep), login(rep)
    offer = Stage.objects.get(key="offer")
    for days in (2, 4, 10, 20, 50):
        deal = make(rep, customer, f"Over {days}")
        DealChange.everything.filter(deal=deal).update(on=TODAY - timedelta(days=days))
        move_deal(deal, offer, by=rep)
    # an edit in between is no new stay
    deal = make(rep, customer, "Edited", amount=1)
    since = make(rep, customer, "Long", amount=3), make(rep, customer, "Usual", amount=2)
    stand_since(since[0], 16)
    stand_since(since[1], 15)
    refresh_paces()
    stage = Stage.objects.get(key="new")
    assert (stage.usual_half_days, stage.longest_usual) == (20, 15)
    assert Stage.objects.get(key="offer").usual_half_days is None  # nobody has left it yet
    page = browser.get(BOARD).content.decode()
    assert "usually 10 d" in columns(page)["New"]
    assert page.count("longer than usual<") == 1
    assert re.search(r"Long</a>.*?16 d<span", page, re.DOTALL)
    table = browser.get("/deals/?stage=new").content.decode()
    assert table.count("longer than usual<") == 1 and "16 d<span" in table and "15 d" in table


def test_an_even_number_of_stays_has_its_median_in_between(rep: User, keep: Keep) -> None:
    customer, offer = keep(rep), Stage.objects.get(key="offer")
    for days in (1, 2, 4, 7, 8, 9):
        deal = make(rep, customer, f"Over {days}")
        DealChange.everything.filter(deal=deal).update(on=TODAY - timedelta(days=days))
        change = DealChange.everything.create(
            deal=deal, on=TODAY - timedelta(days=days), stage=deal.stage, recorded_on=TODAY
        )
        assert change.stage.key == "new"  # a second change in the same stage
        move_deal(deal, offer, by=rep)
    refresh_paces()
    assert Stage.objects.get(key="new").usual_half_days == 11


def test_fewer_than_five_stays_say_nothing(rep: User, keep: Keep) -> None:
    customer, offer = keep(rep), Stage.objects.get(key="offer")
    for n in range(4):
        move_deal(make(rep, customer, f"Over {n}"), offer, by=rep)
    refresh_paces()
    assert set(Stage.objects.values_list("usual_half_days", flat=True)) == {None}


def test_what_needs_attention_is_summed_and_shown_alone(
    login: Login, rep: User, keep: Keep
) -> None:
    customer, browser = keep(rep), login(rep)
    Stage.objects.filter(key="new").update(usual_half_days=20)
    planned, late = make(rep, customer, "Planned", amount=1), make(rep, customer, "Late", amount=20)
    dropped = make(rep, customer, "Dropped", amount=300)
    stand_since(late, 16)
    for deal, state in ((planned, "open"), (late, "open"), (dropped, "dropped")):
        Task.everything.create(title="Ring", owner=rep, deal=deal, due_on=TODAY, state=state)
    page = browser.get(BOARD).content.decode()
    assert "2 deals worth" in page and "₴320" in page
    assert page.count("no next step</a>") == 1
    assert re.search(r"Planned</a>.*?today</time></span>, call", page, re.DOTALL)
    only = browser.get(f"{BOARD}?only=attention").content.decode()
    assert cards(only) == ["Dropped", "Late"]
    table = browser.get("/deals/?only=attention").content.decode()
    assert "Only: no next step, or standing longer than usual" in table
    assert "Planned" not in table and "Dropped" in table and "Late" in table


def test_a_board_is_of_one_pipeline_and_keeps_its_filters(
    login: Login, manager: User, rep: User, sub_rep: User, keep: Keep
) -> None:
    renewals, _made = add_pipeline(Pipeline(name="Renewals", order=2), like=None, by=None)
    first = renewals.stages.get(kind="open")
    customer = keep(rep)
    make(rep, customer, "Sale")
    make(rep, customer, "Renewal", first.key)
    make(sub_rep, customer, "Their renewal", first.key)
    browser = login(manager)
    assert cards(browser.get(BOARD).content.decode()) == ["Sale"]
    here = f"{BOARD}?pipeline={renewals.key}"
    assert set(cards(browser.get(here).content.decode())) == {"Renewal", "Their renewal"}
    page = browser.get(f"{here}&owner={rep.pk}&q=ren").content.decode()
    assert cards(page) == ["Renewal"]
    assert f'href="/deals/?q=ren&amp;owner={rep.pk}&amp;pipeline={renewals.key}"' in page
    table = browser.get(
        f"/deals/?owner={rep.pk}&pipeline={renewals.key}&sort=close"
    ).content.decode()
    assert "Renewal</a>" in table and "Sale</a>" not in table
    assert f'href="/deals/board/?owner={rep.pk}&amp;pipeline={renewals.key}"' in table


def test_everybody_sees_their_own_deals_in_cards_and_sums(
    login: Login, rep: User, other_rep: User, keep: Keep
) -> None:
    make(rep, keep(rep), "Mine", amount=10)
    make(other_rep, keep(other_rep, name="Foreign"), "Theirs", amount=5_000)
    page = login(rep).get(BOARD).content.decode()
    assert cards(page) == ["Mine"]
    assert "5,000" not in page and "Theirs" not in page


def test_deals_in_a_retired_stage_are_not_lost_from_the_board(
    login: Login, rep: User, keep: Keep
) -> None:
    make(rep, keep(rep), "Stranded", "qualified", amount=7)
    Stage.objects.filter(key="qualified").update(is_active=False)
    page = login(rep).get(BOARD).content.decode()
    assert cards(page) == ["Stranded"]
    assert 'data-drop="qualified"' not in page and 'value="qualified"' not in page


def move(browser: Client, deal: Deal, stage: str, version: int, **values: Any) -> Any:
    typed = {"stage": stage, "version": str(version), "next": BOARD} | values
    return browser.post(f"/deals/{deal.pk}/move/", typed)


def test_a_move_from_the_board_comes_back_to_it(login: Login, rep: User, keep: Keep) -> None:
    browser, deal = login(rep), make(rep, keep(rep), "Film")
    answer = move(browser, deal, "offer", 1)
    assert (answer.status_code, answer["Location"]) == (303, BOARD)
    page = browser.get(BOARD).content.decode()
    assert "moved to Offer sent" in page
    change = DealChange.everything.latest("id")
    assert f"/deals/{deal.pk}/moves/{change.pk}/undo/" in page


def test_a_stale_move_is_told_and_changes_nothing(
    login: Login, rep: User, manager: User, keep: Keep
) -> None:
    User.objects.filter(pk=rep.pk).update(time_zone="Europe/Kyiv")
    deal = make(rep, keep(rep), "Film", amount=5)
    move(login(manager), deal, "negotiation", 1)
    browser = login(rep)
    page = browser.post(
        f"/deals/{deal.pk}/move/", {"stage": "offer", "version": "1", "next": BOARD}, follow=True
    ).content.decode()
    said = re.search(r"Maria Manager changed «Film» at (\S+). It stands in (\w+) now.", page)
    assert said and said.groups() == ("11:00", "Negotiation")
    deal.refresh_from_db()
    assert (deal.stage.key, deal.version, DealChange.everything.count()) == ("negotiation", 2, 2)
    # winning it with what was typed is refused once, and kept
    closing = {"amount": "4", "on": "23.11"}
    refused = move(browser, deal, "won", 1, **closing)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "Maria Manager changed «Film»" in text and 'value="4"' in text
    assert 'name="version" value="2"' in text
    assert move(browser, deal, "won", 2, **closing).status_code == 303
    deal.refresh_from_db()
    assert (deal.stage.key, deal.cents) == ("won", 400)


def test_a_deal_closed_meanwhile_is_not_moved_by_an_old_card(
    login: Login, rep: User, keep: Keep
) -> None:
    browser, deal = login(rep), make(rep, keep(rep), "Film", amount=5)
    move(browser, deal, "lost", 1, reason="price", on="23.11")
    page = browser.post(
        f"/deals/{deal.pk}/move/", {"stage": "offer", "version": "1", "next": BOARD}, follow=True
    ).content.decode()
    assert "It stands in Lost now." in page
    deal.refresh_from_db()
    assert (deal.stage.key, deal.reason) == ("lost", "price")


def test_a_stage_that_is_gone_is_told(login: Login, rep: User, keep: Keep) -> None:
    browser, deal = login(rep), make(rep, keep(rep), "Film")
    for wrong in ("elsewhere", "\0", ""):
        page = browser.post(
            f"/deals/{deal.pk}/move/", {"stage": wrong, "next": BOARD}, follow=True
        ).content.decode()
        assert "This stage is not in use. Choose another one." in page
    assert DealChange.everything.count() == 1


def test_a_card_that_is_somebody_elses_by_now_leads_back_to_the_board(
    login: Login, rep: User, other_rep: User, keep: Keep
) -> None:
    """Dragged on an old board; whether it is gone or another's is not told, and where one was is one step away."""
    deal = make(rep, keep(rep), "Film")
    browser, board = login(rep), "http://testserver/deals/board/?owner=1"
    customer = deal.customer
    assert customer is not None
    assign([customer.pk], other_rep, on=Company.get().today, by=other_rep)
    give_deals([deal.pk], other_rep, on=Company.get().today, by=other_rep, reason="", tells=False)
    headers = {"HX-Request": "true", "HX-Current-URL": board}
    for pk in (deal.pk, 10**9):
        answer = browser.post(f"/deals/{pk}/move/", {"stage": "offer"}, headers=headers)
        page = answer.content.decode()
        assert answer.status_code == 404
        assert "somebody else looks after it by now. Nothing was changed." in page
        assert 'href="/deals/board/?owner=1"' in page and "Load the page again" in page
    foreign = headers | {"HX-Current-URL": "https://elsewhere.example/deals/"}
    page = browser.post(f"/deals/{deal.pk}/move/", headers=foreign).content.decode()
    assert "elsewhere.example" not in page and 'href="/"' in page


def test_the_same_move_twice_is_one(login: Login, rep: User, keep: Keep) -> None:
    browser, deal = login(rep), make(rep, keep(rep), "Film")
    for _n in range(2):
        assert move(browser, deal, "offer", 1).status_code == 303
    assert DealChange.everything.count() == 2


def test_the_close_form_goes_back_to_the_board_and_nowhere_else(
    login: Login, rep: User, keep: Keep
) -> None:
    browser, deal = login(rep), make(rep, keep(rep), "Film")
    page = browser.get(f"/deals/{deal.pk}/close/?stage=won&next={BOARD}").content.decode()
    assert f'name="next" value="{BOARD}"' in page
    page = browser.get(f"/deals/{deal.pk}/close/?stage=won&next=//evil.example/").content.decode()
    assert f'name="next" value="/deals/{deal.pk}/"' in page and 'href="//evil' not in page


def test_the_table_sums_and_weighs_the_whole_filter(login: Login, rep: User, keep: Keep) -> None:
    customer, browser = keep(rep), login(rep)
    for n in range(60):
        make(rep, customer, f"Deal {n}", amount=10)
    make(rep, customer, "Offer", "offer", amount=1_000)
    # 60 x 10 at a tenth, 1,000 at 40 per cent
    foot = browser.get("/deals/").content.decode().split("m-card-foot", 1)[1]
    assert "<b>61</b>" in foot and "₴1,600" in foot and "weighted ₴460" in foot
    assert "weighted ₴400" in browser.get("/deals/?q=offer").content.decode()
    assert "weighted" not in browser.get("/deals/?state=all").content.decode().split("foot")[-1]


def test_the_queries_do_not_grow(login: Login, manager: User, rep: User, keep: Keep) -> None:
    browser, customer, counts = login(manager), keep(rep), []
    for more in (1, 30):
        for n in range(more):
            deal = make(rep, customer, f"Deal {more} {n}", amount=n)
            Task.everything.create(title="Ring", owner=rep, deal=deal, due_on=TODAY)
            make(rep, customer, f"Offer {more} {n}", "offer", amount=n)
        with CaptureQueriesContext(connection) as board:
            browser.get(BOARD)
        with CaptureQueriesContext(connection) as table:
            browser.get("/deals/")
        counts.append((len(board), len(table)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 16 and counts[0][1] <= 16, counts


def test_no_pipeline_no_board(login: Login, rep: User) -> None:
    Stage.objects.all().delete()
    Pipeline.objects.all().delete()
    assert "No open deals" in login(rep).get(BOARD).content.decode()


def _many(rep: User, count: int) -> None:
    stage = Stage.objects.filter(kind="open").order_by("order").first()
    day = Company.get().today
    Deal.everything.bulk_create(
        Deal(title=f"Deal {n}", owner=rep, stage=stage, stage_since=day, opened_on=day)
        for n in range(count)
    )


def test_a_board_of_more_than_200_deals_opens_as_a_table_and_says_why(login, rep: User) -> None:
    browser = login(rep)
    _many(rep, 200)
    assert browser.get("/deals/board/").status_code == 200
    _many(rep, 1)
    answer = browser.get("/deals/board/?q=Deal")
    assert answer.status_code == 200  # what was searched for was found nowhere: few cards
    answer = browser.get("/deals/board/")
    assert answer.status_code == 303
    assert answer["Location"].startswith("/deals/?pipeline=")
    page = browser.get(answer["Location"]).content.decode()
    assert "More than 200 open deals do not fit on a board, so they stand as a table." in page
    anyway = re.search(r'href="(/deals/board/\?[^"]*anyway=1)"', page)
    assert anyway is not None
    board = browser.get(anyway[1].replace("&amp;", "&"))
    assert board.status_code == 200
    assert "data-board" in board.content.decode()
    assert 'name="anyway" value="1"' in board.content.decode()
    assert "do not fit" not in browser.get("/deals/").content.decode()


def test_a_filter_that_opens_too_large_a_board_leads_to_the_table(login, rep: User) -> None:
    _many(rep, 201)
    answer = login(rep).get("/deals/board/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"].partition("?")[0]) == (204, "/deals/")
