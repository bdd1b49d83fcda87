"""Targets by month, and what they make for other periods."""

from datetime import date

import pytest

from crm.lib.periods import Period
from reports.models import Target
from reports.rules.targets import months_of, set_targets, target_of, targets_in
from team.models import AuditEntry, Company, User

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
