"""What people are paid is told to directors (ruling 19): attacks by address, file, order, split and small teams."""

import base64
import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from conftest import Hire
from crm.lib.periods import month_start
from customers.models import Customer, Revenue
from reports.calendar import choice_named, choices, month_ends
from reports.definitions.ledger import LEDGER
from reports.definitions.new_reps import NEW_REPS
from reports.definitions.time import TIME
from reports.models import Evidence, Part, Snapshot, TeamSum
from reports.reading.evidence import listed
from reports.report import Run
from reports.rules.parameters import values_for
from reports.showing import run_for
from reports.snapshots.filling import SUMS_BY_TEAM
from reports.snapshots.taking import run_of, take_snapshot
from team.models import AuditDetail, Employment, Team, User, Wage
from tests.kept import kept
from tests.reports.pages import day

pytestmark = pytest.mark.thorough

Login = Callable[[User], Client]
TIME_PAGE, NEW_PAGE = "/losses/paid-hours/", "/losses/new-reps/"
# Wages by which no other number on a page can be mistaken.
ODD_WAGE = 77_777


def taken(report: Any, choice: str = "last-month") -> Snapshot:
    named = choice_named(choice, day(1))
    assert named is not None
    return take_snapshot(report, run_for(report, named.period, day(1)))


@pytest.fixture
@kept
def paid(rep: User, sub_rep: User, other_rep: User, hire: Hire, north: Team, south: Team) -> None:
    """Six people in the teams of one manager, two in that of the other; each with a wage of its own."""
    staff = [rep, sub_rep, *(hire(f"North {n}", team=north, is_rep=True) for n in range(4))]
    staff += [other_rep, hire("South Two", team=south, is_rep=True)]
    for number, person in enumerate(staff):
        Wage.objects.create(
            user=person,
            from_on=day(700),
            recorded_on=day(700),
            monthly_wage=ODD_WAGE + number,
            monthly_expenses=1_000,
        )
    taken(TIME)


def page(browser: Client, path: str, **parameters: str) -> Any:
    answer = browser.get(path, {"period": "last-month", **parameters})
    assert answer.status_code == 200
    return answer


def file(browser: Client, path: str, **parameters: str) -> str:
    answer = browser.get(f"{path}export.csv", {"period": "last-month", **parameters})
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def amounts(text: str) -> set[int]:
    """Every number that may be a wage or the sum of a few."""
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    numbers = {int(each) for each in re.findall(r"\d+", plain) if len(each) < 10}
    return {n for n in numbers if any(77_700 * k <= n <= 77_800 * k for k in range(1, 9))}


# The manager was hired too.
NORTH = {"Maria Manager", "Rita Rep", "Sasha Subrep", *(f"North {n}" for n in range(4))}
SPLITS = ("owner", "team", "month")
LISTS = ("loss", "selling", "working_days", "logged_days", "available")


def test_a_director_reads_all_and_a_rep_their_own(
    paid: None, login: Login, director: User, rep: User
) -> None:
    told = page(login(director), TIME_PAGE, list="loss")
    wages = [row.evidence.cents for row in told.context["rows"] if row.evidence.cents]
    assert wages == sorted(((ODD_WAGE + n) * 100 for n in range(8)), reverse=True)
    own = page(login(rep), TIME_PAGE, list="loss")
    assert [row.evidence.cents for row in own.context["rows"]] == [ODD_WAGE * 100]
    assert own.context["figures"].headline["loss_cents"] == ODD_WAGE * 100
    assert "77,778" not in own.content.decode()


@pytest.mark.parametrize("who", ["manager", "admin"])
def test_others_read_one_sum_over_all_whom_they_answer_for(
    who: str, paid: None, login: Login, request: pytest.FixtureRequest
) -> None:
    taken(TIME, "12-months")
    browser = login(request.getfixturevalue(who))
    told = page(browser, TIME_PAGE, period="12-months")
    snapshot = told.context["snapshot"]
    rows = snapshot.evidence.filter(measure="loss")
    if who == "manager":
        rows = rows.filter(owner__name__in=NORTH)
    whole = sum(rows.values_list("cents", flat=True))
    assert told.context["figures"].headline["loss_cents"] == whole > 0
    assert amounts(told.content.decode()) == set()
    # each person by hours and shares
    assert {row["label"] for row in told.context["split_rows"]} >= {"Rita Rep", "Sasha Subrep"}


@pytest.mark.parametrize("who", ["manager", "admin"])
def test_months_tell_no_sum(
    who: str, paid: None, login: Login, request: pytest.FixtureRequest
) -> None:
    """Beside the year they would tell what is left of it, and with the shares what each person earns."""
    taken(TIME, "12-months")
    browser = login(request.getfixturevalue(who))
    told = page(browser, TIME_PAGE, period="last-month")
    assert told.context["figures"].headline["loss_cents"] is None
    assert amounts(told.content.decode()) == set()


def test_a_team_of_two_has_no_sum(paid: None, login: Login, other_manager: User) -> None:
    told = page(login(other_manager), TIME_PAGE)
    assert told.context["figures"].headline["loss_cents"] is None
    assert told.context["figures"].headline["cost_cents"] is None
    assert amounts(told.content.decode()) == set()


def test_a_team_in_the_address_does_not_tell_the_rest(
    paid: None, login: Login, manager: User, north: Team, north_sub: Team, admin: User, south: Team
) -> None:
    """The sum over one team, beside the sum over all, would tell what the few others earn."""
    for who, team in ((manager, north), (manager, north_sub), (admin, north), (admin, south)):
        told = page(login(who), TIME_PAGE, team=str(team.pk))
        assert told.context["figures"].headline["loss_cents"] is None, (who, team)
        assert amounts(told.content.decode()) == set()


@pytest.mark.parametrize(
    "sort", ["money", "-money", "cost", "low", "cents", "-cents", "base_cents"]
)
def test_no_order_tells_who_earns_more(sort: str, paid: None, login: Login, manager: User) -> None:
    told = page(login(manager), TIME_PAGE, list="loss", sort=sort)
    listing = told.context["listing"]
    assert not any("cents" in name for name in listing.ordering)
    assert listing.total in (None, 0)
    assert all(row.evidence.cents is None for row in told.context["rows"])


def test_a_cursor_made_by_hand_does_not_compare_money(
    paid: None, login: Login, manager: User
) -> None:
    made = base64.urlsafe_b64encode(json.dumps([ODD_WAGE * 100, 1]).encode()).decode().rstrip("=")
    for way in ("after", "before"):
        told = page(login(manager), TIME_PAGE, list="loss", sort="-money", **{way: made})
        assert len(told.context["rows"]) == len(NORTH)


@pytest.mark.parametrize("split", SPLITS)
def test_no_split_tells_money(
    split: str, paid: None, login: Login, manager: User, rep: User
) -> None:
    for more in ({}, {"owner": str(rep.pk)}, {"list": "loss"}, {"month": f"{day(31):%Y-%m}"}):
        told = page(login(manager), TIME_PAGE, split=split, **more)
        kinds = {cell["kind"] for row in told.context["split_rows"] for cell in row["cells"]}
        assert "money" not in kinds
        whole = sum(ODD_WAGE + n for n in range(6))
        assert amounts(told.content.decode()) <= {whole}


@pytest.mark.parametrize("list_", LISTS)
def test_files_have_no_money(
    list_: str, paid: None, login: Login, manager: User, rep: User
) -> None:
    browser = login(manager)
    for more in ({}, {"owner": str(rep.pk)}, {"sort": "-money"}):
        told = file(browser, TIME_PAGE, list=list_, **more)
        assert amounts(told) == set(), told
    assert amounts(file(browser, TIME_PAGE, split="owner")) == set()
    table = list(csv.reader(io.StringIO(file(browser, TIME_PAGE, list="loss"))))
    assert "Currency" not in table[4] and "Wage" not in table[4]
    assert {row[0] for row in table[5:]} == NORTH


def test_one_person_in_the_address_is_told_without_money(
    paid: None, login: Login, manager: User, rep: User
) -> None:
    browser = login(manager)
    whole = sum(ODD_WAGE + n for n in range(6))
    told = page(browser, TIME_PAGE, list="loss", owner=str(rep.pk))
    assert [row.name for row in told.context["rows"]] == ["Rita Rep"]
    assert amounts(told.content.decode()) <= {whole}
    assert told.context["listing"].total in (None, 0)


def test_what_makes_up_a_row_has_no_wage(
    paid: None, login: Login, manager: User, director: User, rep: User, other_manager: User
) -> None:
    row = Evidence.objects.get(snapshot__slug="time", measure="loss", owner=rep)
    address = f"/losses/row/{row.pk}/"
    part = {"HX-Request": "true", "HX-Target": "layer"}
    whole = sum(ODD_WAGE + n for n in range(6))
    for headers in (part, {}):
        told = login(manager).get(address, headers=headers)
        assert told.status_code == 200
        assert amounts(told.content.decode()) <= ({whole} if not headers else set())
    assert f"{ODD_WAGE:,}" in login(director).get(address, headers=part).content.decode()
    assert f"{ODD_WAGE:,}" in login(rep).get(address, headers=part).content.decode()
    assert login(other_manager).get(address).status_code == 404


@pytest.mark.parametrize("measure", [each for each in LISTS if each != "loss"])
def test_what_makes_up_minutes_and_days_has_no_wage(
    measure: str, paid: None, login: Login, manager: User, rep: User
) -> None:
    """Their rows hold no money that could be left out: a day of a month is a share of the wage all the same."""
    row = Evidence.objects.get(snapshot__slug="time", measure=measure, owner=rep)
    part = {"HX-Request": "true", "HX-Target": "layer"}
    told = login(manager).get(f"/losses/row/{row.pk}/", headers=part)
    assert told.status_code == 200
    assert "₴" not in told.content.decode()


def test_how_it_is_computed_tells_no_more(paid: None, login: Login, other_manager: User) -> None:
    told = page(login(other_manager), f"{TIME_PAGE}how/")
    assert amounts(told.content.decode()) == set()


def test_rows_are_read_without_their_money(paid: None, manager: User) -> None:
    """Not blanked on the way out: never read."""
    snapshot = Snapshot.objects.get(slug="time")
    rows = listed(snapshot, manager, "loss")
    assert {"cents", "low_cents", "high_cents", "base_cents"} <= rows[0].get_deferred_fields() | {
        name
        for name in ("cents", "low_cents", "high_cents", "base_cents")
        if rows[0].__dict__[name] is None
    }
    assert "cents" not in str(rows.query).split("FROM")[0]
    minutes = listed(snapshot, manager, "selling")
    assert all(row.cents == 0 for row in minutes)


def test_newcomers_cost_is_hidden_alike(
    hire: Hire, north: Team, login: Login, manager: User, director: User
) -> None:
    """Judged last month, without anything: the manager reads who, the director also how much."""
    hired = month_start(day(130))
    for n in range(3):
        person = hire(f"New {n}", team=north, is_rep=True)
        Employment.objects.filter(user=person).update(hired_on=hired, recorded_on=hired)
        Wage.objects.create(
            user=person, from_on=hired, recorded_on=hired, monthly_wage=ODD_WAGE, monthly_expenses=0
        )
    taken(NEW_REPS, "12-months")
    for who, sees in ((manager, False), (director, True)):
        answer = login(who).get(NEW_PAGE, {"list": "loss"})
        rows = answer.context["rows"]
        assert len(rows) == 3
        assert all((row.evidence.cents is None) != sees for row in rows)
        assert (answer.context["figures"].headline["loss_cents"] is None) != sees
        assert bool(amounts(answer.content.decode())) == sees


def test_a_file_leaves_an_entry_that_names_its_narrowing(
    paid: None, login: Login, manager: User, rep: User
) -> None:
    file(login(manager), TIME_PAGE, list="loss", owner=str(rep.pk))
    told = AuditDetail.objects.get(entry__action="export").after
    assert told["what"] == "time" and told["filter"]["owner"] == str(rep.pk)


@pytest.fixture
@kept
def crowd(hire: Hire, north: Team, manager: User) -> list[User]:
    """Six newcomers of the manager judged last month; one brought neither sales nor a record of work."""
    hired = month_start(day(130))
    crowd = [hire(f"New {n}", team=north, is_rep=True) for n in range(6)]
    for n, person in enumerate(crowd):
        Employment.objects.filter(user=person).update(hired_on=hired, recorded_on=hired)
        Wage.objects.create(
            user=person,
            from_on=hired,
            recorded_on=hired,
            monthly_wage=ODD_WAGE + n,
            monthly_expenses=0,
        )
        if n:
            customer = Customer.everything.create(name=f"C{n}", reference=f"C{n}")
            Revenue.everything.create(
                customer=customer,
                rep=person,
                on=hired,
                recorded_on=hired,
                amount=10_000,
                cents=1_000_000,
            )
    return crowd


def test_the_cost_of_one_is_not_told_among_many_who_cost_nothing(
    crowd: list[User], login: Login, manager: User, admin: User, director: User
) -> None:
    snapshot = taken(NEW_REPS, "12-months")
    assert snapshot.evidence.filter(measure="loss").count() == 1
    for who, sees in ((manager, False), (admin, False), (director, True)):
        told = login(who).get(NEW_PAGE).context["figures"].headline
        assert (told["loss_cents"] is not None) == sees


def test_a_period_before_with_fewer_people_is_not_told(
    paid: None, login: Login, manager: User
) -> None:
    """Then two of the six were paid: how the sum has changed would tell what theirs was."""
    late = User.objects.filter(name__startswith="North ")
    Employment.objects.filter(user__in=late).update(hired_on=day(300), recorded_on=day(300))
    Wage.objects.filter(user__in=late).update(from_on=day(300), recorded_on=day(300))
    now = taken(TIME, "12-months")
    take_snapshot(TIME, run_of(now).previous())
    told = page(login(manager), TIME_PAGE, period="12-months").context["figures"]
    assert told.headline["loss_cents"] > 0
    assert told.before["loss_cents"] is None and told.before["cost_cents"] is None


def test_the_losses_page_tells_the_year_alone(
    paid: None, crowd: list[User], login: Login, manager: User, admin: User, director: User
) -> None:
    """No month, nothing that single newcomers can still cost, nothing that one is counted twice with."""
    waiting = User.objects.get(name="New 0")
    Employment.objects.filter(user=waiting).update(hired_on=day(20), recorded_on=day(20))
    year, month = choices(day(1))[0], month_ends(day(1))[-1]
    take_snapshot(LEDGER, run_for(LEDGER, year.period, day(1)), kind=Snapshot.Kind.DAILY)
    frozen = run_for(LEDGER, month, month.end)
    take_snapshot(LEDGER, frozen, kind=Snapshot.Kind.MONTH_END)
    for who, sees in ((manager, False), (admin, False), (director, True)):
        answer = login(who).get("/losses/", {"period": "12-months"})
        told = answer.context["overview"]
        assert told.basis.losses[4].cents > 0
        assert told.hidden == (frozenset() if sees else {5})
        waits = next(row for row in answer.context["rows"] if row.number == 5).stop
        assert waits.count == 1
        assert (waits.cents is not None) == sees
        assert bool(told.stoppable.by_loss[5].cents) == sees
        assert bool(told.trend(4)[0]) == sees
        assert any(one.losses.get(4) for one in told.months) == sees
        one_month = login(who).get("/losses/", {"period": f"{month.start:%Y-%m}"})
        assert bool(one_month.context["overview"].basis.losses[4].cents) == sees


def twice_of(browser: Client, **parameters: str) -> int | None:
    """What the page of the overlaps says of newcomers' wages."""
    told = browser.get("/losses/counted-twice/", parameters).context["figures"].headline
    found: int | None = told["overlap_4_5_cents"]
    return found


def add_up_teams(*snapshots: Snapshot) -> None:
    """Bring the sums by team in step with parts that a test wrote by hand."""
    TeamSum.objects.filter(snapshot__in=snapshots).delete()
    with connection.cursor() as cursor:
        for one in snapshots:
            cursor.execute(SUMS_BY_TEAM, [one.pk])


def test_what_newcomers_are_counted_twice_with_is_of_five(
    paid: None, login: Login, manager: User, north: Team
) -> None:
    """Five cost without a result; of one alone the wages stand in loss 4 as well."""
    year = choices(day(1))[0]
    ledger = take_snapshot(LEDGER, run_for(LEDGER, year.period, day(1)), kind=Snapshot.Kind.DAILY)
    newcomers = Snapshot.objects.get(pk=ledger.whole["snapshots"]["5"])
    people = list(User.objects.filter(name__in=NORTH).exclude(pk=manager.pk))
    for one in people:
        Part.objects.create(snapshot=newcomers, measure="loss", owner=one, n=1, cents=100)
    Part.objects.create(snapshot=ledger, measure="overlap_4_5", owner=people[0], n=1, cents=50)
    add_up_teams(newcomers, ledger)
    browser = login(manager)
    told = browser.get("/losses/").context["overview"]
    assert told.hidden == {5} and told.basis.overlaps["4&5"] == 0
    assert twice_of(browser) is None
    for one in people[1:]:
        Part.objects.create(snapshot=ledger, measure="overlap_4_5", owner=one, n=1, cents=50)
    add_up_teams(newcomers, ledger)
    assert twice_of(browser) == 50 * len(people)
    assert twice_of(browser, team=str(north.pk)) is None
    few = Part.objects.filter(snapshot=newcomers, owner__in=people[:2])
    few.update(cents=0)
    add_up_teams(newcomers, ledger)
    assert twice_of(browser) is None
    few.update(cents=100)
    Part.objects.filter(snapshot=ledger, measure="overlap_4_5").delete()
    add_up_teams(newcomers, ledger)
    told = login(manager).get("/losses/").context["overview"]
    assert told.hidden == frozenset() and told.basis.losses[5].cents == 600


def test_a_rule_that_is_tried_out_tells_no_wage(
    crowd: list[User], login: Login, admin: User, director: User
) -> None:
    year = choices(day(1))[0]
    for values in ({}, {"ramp_months": 2}):
        take_snapshot(NEW_REPS, run_for(NEW_REPS, year.period, day(1)), kind=Snapshot.Kind.DAILY)
        named = values_for(NEW_REPS.parameter_names, values)
        take_snapshot(NEW_REPS, Run(year.period, day(1), named))
    asked = {"report": "new_reps", "ramp_months": "2"}
    for who, sees in ((admin, False), (director, True)):
        rows = login(who).get("/losses/rules/", asked).context["compared"]
        assert any(row["counts"] for row in rows)
        assert any(row["money"] for row in rows) == sees


def test_a_doubt_says_nothing_of_wages(
    paid: None, login: Login, rep: User, admin: User, director: User
) -> None:
    """Administrators answer, and may read no wage."""
    for who in (rep, director):
        about = {"report": "time", "list": "loss", "period": "last-month"}
        path = f"/losses/questions/new/?{urlencode(about)}"
        assert login(who).post(path, {"comment": "I was ill."}).status_code == 303
    assert amounts(login(admin).get("/losses/questions/").content.decode()) == set()
