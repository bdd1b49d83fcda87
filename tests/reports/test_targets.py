"""Targets by month, and what they make for other periods."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from crm.lib.periods import Period
from reports.models import Target
from reports.rules.targets import months_of, set_targets, target_of, targets_in
from team.models import AuditEntry, Company, User

Login = Callable[[User], Client]
YEAR = datetime.now(UTC).year
PAGE = f"/losses/targets/?year={YEAR}"
JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


def test_months_add_up_and_parts_go_by_days() -> None:
    known = {("churn", JAN): 310_00, ("churn", FEB): 280_01}
    whole = Period(JAN, date(2026, 2, 28))
    assert target_of("churn", whole, known) == 590_01
    # ten days of January and half of February: 100.00 + 140.005
    assert target_of("churn", Period(date(2026, 1, 22), date(2026, 2, 14)), known) == 240_01
    assert target_of("churn", Period(JAN, date(2026, 3, 1)), known) is None
    assert target_of("time", whole, known) is None


def test_the_months_of_a_period() -> None:
    assert months_of(Period(date(2025, 12, 31), date(2026, 2, 1))) == [date(2025, 12, 1), JAN, FEB]


@pytest.mark.django_db
def test_targets_are_set_changed_and_removed_and_logged_once(director: User) -> None:
    assert set_targets({("churn", JAN): 100_00, ("time", JAN): 5_00}, by=director) == 2
    assert set_targets({("churn", JAN): 100_00, ("time", JAN): 5_00}, by=director) == 0
    assert set_targets({("churn", JAN): 90_00, ("time", JAN): None}, by=director) == 2
    assert targets_in(["churn", "time"], Period(JAN, MAR)) == {("churn", JAN): 90_00}
    assert Target.objects.count() == 1
    entries = AuditEntry.objects.filter(action="set-targets").order_by("pk")
    assert len(entries) == 2


def test_the_page_keeps_what_was_typed_and_saves_amounts_as_people_write_them(
    login, director: User
) -> None:
    browser = login(director)
    page = f"/losses/targets/?year={Company.get().today.year}"
    answer = browser.post(page, {"churn-01": "1.2m", "time-02": "12 500,50", "ledger-12": "soon"})
    assert answer.status_code == 422
    assert 'value="1.2m"' in answer.content.decode() and not Target.objects.exists()
    answer = browser.post(page, {"churn-01": "1.2m", "time-02": "12 500,50"})
    assert answer.status_code == 303
    year = Company.get().today.year
    assert set(Target.objects.values_list("slug", "month", "cents")) == {
        ("churn", date(year, 1, 1), 1_200_000_00),
        ("time", date(year, 2, 1), 12_500_50),
    }
    assert "1,200,000" in browser.get(page).content.decode()


def test_targets_are_for_those_who_set_the_rules(login, manager, rep: User) -> None:
    for person in (manager, rep):
        browser = login(person)
        assert browser.get("/losses/targets/").status_code == 403
        assert browser.post("/losses/targets/", {"churn-01": "1"}).status_code == 403
    assert not Target.objects.exists()


def _form(browser: Client) -> dict[str, str]:
    """The fields of the page as a browser would send them back, hidden ones and all."""
    page = browser.get(PAGE).content.decode()
    fields = [
        dict(re.findall(r'(name|value)="([^"]*)"', tag)) for tag in re.findall("<input[^>]*>", page)
    ]
    return {each["name"]: each.get("value", "") for each in fields if "-" in each.get("name", "")}


def _stored() -> dict[str, int]:
    return {f"{row.slug}-{row.month:%m}": row.cents for row in Target.objects.all()}


def test_what_somebody_else_saved_meanwhile_stays(
    login: Login, admin: User, director: User
) -> None:
    theirs, mine = login(admin), login(director)
    first, second = _form(theirs), _form(mine)
    assert theirs.post(PAGE, first | {"churn-01": "500"}).status_code == 303
    assert mine.post(PAGE, second | {"churn-02": "700"}).status_code == 303
    assert _stored() == {"churn-01": 500_00, "churn-02": 700_00}
    entries = AuditEntry.objects.filter(action="set-targets").order_by("pk")
    assert [list(entry.detail.after) for entry in entries] == [
        [f"churn {YEAR}-01"],
        [f"churn {YEAR}-02"],
    ]


def test_the_same_cell_is_refused_with_both_values_and_what_was_typed(
    login: Login, admin: User, director: User
) -> None:
    theirs, mine = login(admin), login(director)
    theirs.post(PAGE, {"churn-01": "300,50"})
    first, second = _form(theirs), _form(mine)
    theirs.post(PAGE, first | {"churn-01": "500"})
    answer = mine.post(PAGE, second | {"churn-01": "7h", "churn-02": "8"})
    assert answer.status_code == 422
    answer = mine.post(PAGE, second | {"churn-01": "700", "churn-02": "8"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r"This page showed \D*300\.50; meanwhile it is \D*500\. Save again", page)
    assert "Somebody else set some of these targets" in page
    assert 'value="700"' in page and 'value="8"' in page
    assert _stored() == {"churn-01": 500_00}
    # told of it, the person may put theirs there
    told = dict(re.findall(r'name="(seen-[^"]*)" value="([^"]*)"', page))
    assert mine.post(PAGE, {**told, "churn-01": "700", "churn-02": "8"}).status_code == 303
    assert _stored() == {"churn-01": 700_00, "churn-02": 8_00}


def test_the_same_value_twice_is_no_quarrel_and_a_removed_target_is_one(
    login: Login, admin: User, director: User
) -> None:
    theirs, mine = login(admin), login(director)
    theirs.post(PAGE, {"churn-01": "300", "time-01": "20"})
    first, second = _form(theirs), _form(mine)
    assert theirs.post(PAGE, first | {"churn-01": "", "time-01": "30"}).status_code == 303
    assert mine.post(PAGE, second | {"time-01": "30.00"}).status_code == 303
    answer = mine.post(PAGE, second | {"churn-01": "301"})
    assert answer.status_code == 422
    assert re.search(r"showed \D*300; meanwhile it is no target\.", answer.content.decode())
    assert _stored() == {"time-01": 30_00}


def test_a_page_without_hidden_fields_writes_over_nothing(login: Login, director: User) -> None:
    browser = login(director)
    browser.post(PAGE, {"churn-01": "300"})
    assert browser.post(PAGE, {"churn-01": "400", "seen-churn-01": "x"}).status_code == 422
    assert browser.post(PAGE, {"churn-02": "5"}).status_code == 303
    assert _stored() == {"churn-01": 300_00, "churn-02": 5_00}
