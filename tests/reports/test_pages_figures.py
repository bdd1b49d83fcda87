"""Figures of the loss pages and the lists behind them, for everybody: page, file and command agree."""

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from customers.models import Customer
from reports.models import Snapshot
from team.models import AuditEntry, User
from tests.kept import kept
from tests.reports.conftest import printed
from tests.reports.pages import CHURN, buys, churn_page, day, exported, last_night, night

pytestmark = pytest.mark.thorough

Login = Callable[[User], Client]

# list, count, money
OPENED = [
    ("at_risk", "at_risk_customers", "at_risk_value_cents"),
    ("loss", "lost_customers", "loss_cents"),
    ("recovered", "recovered_customers", "recovered_value_cents"),
    ("opening", "opening_customers", ""),
    ("lost_of_opening", "lost_of_opening", ""),
    ("active", "active_at_end", ""),
    ("departed", "", "loss_to_departures_cents"),
]


@pytest.fixture
@kept
def company(rep: User, sub_rep: User, other_rep: User) -> None:
    """Who loses how much: Rita 7 × 100.01 less what is older than a year, and so on, by hand below."""
    buys("lost", "Rita lost", rep, 100_01)
    buys("silent", "Rita silent", rep, 50_10)
    buys("active", "Rita active", rep, 10_00)
    buys("back", "Rita back", rep, 20_00)
    buys("lost", "Sasha lost", sub_rep, 30_33)
    buys("lost", "Otto lost", other_rep, 3_07)
    buys("silent", "Otto silent", other_rep, 2_00)
    buys("lost", "Nobody lost", None, 1_01)
    night()


def test_figures_by_hand(company: None, login: Login, rep: User, admin: User) -> None:
    """The year up to the last purchase (200 days ago) holds all seven purchases."""
    shown = churn_page(login(rep)).figures
    assert (shown["lost_customers"], shown["loss_cents"]) == (1, 7 * 100_01)
    assert (shown["at_risk_customers"], shown["at_risk_value_cents"]) == (1, 4 * 50_10)
    assert shown["recovered_customers"] == 1
    whole = churn_page(login(admin)).figures
    assert whole["loss_cents"] == 7 * (100_01 + 30_33 + 3_07 + 1_01)
    assert whole["at_risk_value_cents"] == 4 * (50_10 + 2_00)


@pytest.mark.parametrize("who", ["rep", "manager", "other_manager", "admin", "director"])
@pytest.mark.thorough
def test_every_figure_opens_a_list_of_the_same_count_and_sum(
    who: str, company: None, login: Login, request: pytest.FixtureRequest
) -> None:
    browser = login(request.getfixturevalue(who))
    for key, count, money in OPENED:
        page = churn_page(browser, list=key)
        listing = page.answer.context["listing"]
        assert listing.count == len(page.names)
        if count:
            assert len(page.names) == page.figures[count], key
        if money:
            assert page.cents == page.figures[money] == listing.total, key
        if who != "rep":
            rows = exported(browser, list=key)
            assert [row[0] for row in rows] == page.names
            assert sum(Decimal(row[3]) for row in rows) * 100 == page.cents


def test_page_file_command_and_the_sum_of_the_parts_agree(
    company: None, login: Login, rep: User, sub_rep: User, other_rep: User, manager: User,
    other_manager: User, admin: User,
) -> None:  # fmt: skip
    loss = {one: churn_page(login(one)).figures["loss_cents"] for one in
            (rep, sub_rep, other_rep, manager, other_manager, admin)}  # fmt: skip
    told = last_night("12-months")
    words = ["--from", str(told.from_on), "--to", str(told.to_on), "--as-of", str(told.as_of)]
    command = printed("churn", *words)
    assert Decimal(str(command["loss"])) * 100 == loss[admin]
    assert sum(Decimal(row[3]) for row in exported(login(admin), list="loss")) * 100 == loss[admin]
    nobodys = 7 * 1_01
    assert loss[rep] + loss[sub_rep] + loss[other_rep] + nobodys == loss[admin]
    assert loss[manager] + loss[other_manager] + nobodys == loss[admin]


def test_a_month_of_the_chart_opens_its_rows(company: None, login: Login, admin: User) -> None:
    """Lost on the 91st day after the last purchase, 109 days ago."""
    month = f"{day(109):%Y-%m}"
    page = churn_page(login(admin), list="loss", month=month)
    assert set(page.names) == {"Rita lost", "Sasha lost", "Otto lost", "Nobody lost"}
    assert page.answer.context["listing"].total == page.cents == 7 * 134_42
    assert churn_page(login(admin), list="loss", month=f"{day(40):%Y-%m}").names == []


def test_a_whole_month_is_shown_as_it_was_frozen(company: None, login: Login, admin: User) -> None:
    ended = day(1).replace(day=1)
    frozen = Snapshot.objects.filter(slug="churn", kind="month-end").order_by("-as_of")[0]
    assert frozen.to_on < ended or frozen.to_on == day(1)
    page = churn_page(login(admin), period=f"{frozen.from_on:%Y-%m}")
    assert page.answer.context["snapshot"] == frozen


def test_everybody_sees_their_own_alone(
    company: None, login: Login, rep: User, manager: User, other_manager: User, admin: User
) -> None:
    browser = login(rep)
    for address in (
        "/losses/",
        CHURN,
        f"{CHURN}?list=loss",
        f"{CHURN}?list=opening",
        f"{CHURN}how/",
    ):
        told = browser.get(address).content.decode()
        assert not any(name in told for name in ("Sasha", "Otto", "Nobody lost")), address
    assert set(churn_page(login(manager), list="loss").names) == {"Rita lost", "Sasha lost"}
    assert set(churn_page(login(other_manager), list="loss").names) == {"Otto lost"}
    assert "Nobody lost" in churn_page(login(admin), list="loss").names


def test_a_team_narrows_figures_and_list_alike(
    company: None, login: Login, manager: User, north_sub, south
) -> None:
    page = churn_page(login(manager), list="loss", team=str(north_sub.pk))
    assert page.names == ["Sasha lost"]
    assert page.figures["loss_cents"] == 7 * 30_33
    foreign = churn_page(login(manager), list="loss", team=str(south.pk))
    assert foreign.figures["loss_cents"] == 7 * (100_01 + 30_33)


def test_reps_take_no_lists_away_and_others_leave_a_trace(
    company: None, login: Login, rep: User, manager: User
) -> None:
    assert login(rep).get(f"{CHURN}export.csv").status_code == 403
    assert not AuditEntry.objects.filter(action="export").exists()
    assert len(exported(login(manager), list="loss")) == 2
    entry = AuditEntry.objects.get(action="export")
    assert entry.actor == manager
    table = login(manager).get(f"{CHURN}export.xlsx", {"list": "loss"})
    assert b"".join(table.streaming_content).startswith(b"PK")
    assert login(manager).get(f"{CHURN}export.pdf").status_code == 404


def test_a_customer_named_like_a_formula_is_text_in_the_file(
    company: None, login: Login, manager: User
) -> None:
    Customer.everything.filter(reference="Rita lost").update(name='=HYPERLINK("http://x","y")')
    assert exported(login(manager), list="loss")[0][0] == '\'=HYPERLINK("http://x","y")'


def test_a_workbook_holds_days_as_days_and_texts_as_they_are(
    company: None, login: Login, manager: User
) -> None:
    """A day can be counted with; a name that begins like a formula is a text by its type, without an apostrophe."""
    formula = '=HYPERLINK("http://x","y")'
    Customer.everything.filter(reference="Rita lost").update(name=formula)
    browser = login(manager)
    sheet, _raw = workbook(browser, list="loss")
    rows = list(sheet.iter_rows())
    as_of = next(row[1] for row in rows if row[0].value == "As of")
    snapshot = churn_page(browser).answer.context["snapshot"]
    assert (as_of.value.date(), as_of.is_date) == (snapshot.as_of, True)
    head = next(row for row in rows if row[0].value == "Customer")
    place = next(n for n, cell in enumerate(head) if cell.value == "Last order")
    lost = next(row for row in rows if row[0].value == formula)
    assert (lost[0].data_type, lost[place].is_date) == ("s", True)
    assert lost[place].number_format == "yyyy-mm-dd"
    evidence = snapshot.evidence.get(measure="loss", line_key="Rita lost")
    assert f"{lost[place].value:%Y-%m-%d}" == evidence.facets["last_purchase"]
    assert "<f>" not in workbook(browser, list="loss")[1]


def test_the_file_of_a_split_ends_with_all_of_them(
    company: None, login: Login, manager: User
) -> None:
    rows = exported(login(manager), list="loss", split="owner")
    assert [row[:3] for row in rows] == [
        ["Rita Rep", "1", "700.07"],
        ["Sasha Subrep", "1", "212.31"],
        ["All of them", "2", "912.38"],
    ]


def workbook(browser: Client, **parameters: str) -> tuple[Any, str]:
    """The sheet of the file, and the text it is stored as."""
    answer = browser.get(f"{CHURN}export.xlsx", parameters)
    content = io.BytesIO(b"".join(answer.streaming_content))
    raw = zipfile.ZipFile(content).read("xl/worksheets/sheet1.xml").decode()
    return load_workbook(content).active, raw


UNKNOWN = [
    *(
        "?period=never",
        "?period=2026-13",
        "?period=99999",
        "?team=987654321",
        "?team=x",
        "?owner=1",
    ),
    *("?list=nothing", "?month=2026-99", "?month=²026-01", "?sort=owner__password", "?after=!!"),
    "?stay=maybe",
]


def test_what_is_not_known_is_ignored(company: None, login: Login, rep: User) -> None:
    browser = login(rep)
    known = churn_page(browser).figures
    for query in UNKNOWN:
        told = browser.get(CHURN + query)
        assert told.status_code == 200, query
        assert told.context["figures"].headline == known, query
        assert browser.get("/losses/" + query).status_code == 200, query
        assert browser.get(f"{CHURN}how/{query}").status_code == 200, query


@pytest.mark.thorough
@pytest.mark.parametrize("who", ["rep", "manager", "director"])
def test_pages_take_as_many_queries_for_twice_the_rows(
    who: str, company: None, login: Login, request: pytest.FixtureRequest, rep: User,
    django_assert_max_num_queries, django_assert_num_queries,
) -> None:  # fmt: skip
    browser = login(request.getfixturevalue(who))
    pages = (CHURN, f"{CHURN}?list=loss", f"{CHURN}?list=opening")
    counts = {}
    for page in pages:
        browser.get(page)
        with django_assert_max_num_queries(14) as first:
            browser.get(page)
        counts[page] = len(first)
    for kind in ("lost", "silent", "active", "back"):
        for number in range(6):
            buys(kind, f"More {kind} {number}", rep, 5_00)
    night()
    for page in pages:
        with django_assert_num_queries(counts[page]):
            browser.get(page)


def test_a_rep_reads_of_their_own_numbers_and_a_manager_of_losses(
    company: None, login: Login, rep: User, manager: User
) -> None:
    assert "My numbers</" in login(rep).get(CHURN).content.decode().split("<main")[1]
    assert "My numbers" not in login(manager).get(CHURN).content.decode()


def test_how_it_is_computed_names_units_and_words(company: None, login: Login, rep: User) -> None:
    told = login(rep).get(f"{CHURN}how/").content.decode()
    for written in (
        "<dd>30 days</dd>",
        "<dd>0.67</dd>",
        "<dd>by silence beyond its own rhythm</dd>",
    ):
        assert written in told
    assert "<dd>rule</dd>" not in told
    rep.language = "uk"
    rep.save(update_fields=["language"])
    told = login(rep).get(f"{CHURN}how/").content.decode()
    assert "<dd>30 днів</dd>" in told and "<dd>0,67</dd>" in told
