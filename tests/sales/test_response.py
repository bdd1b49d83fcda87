"""The response clock: set by the company, standing on the lead, shown on the list, the page and Today."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from sales.models import Lead
from team.models import Company, Holiday, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
KYIV = ZoneInfo("Europe/Kyiv")
FRIDAY, MONDAY, TUESDAY = date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24)


def at(on: date, hour: int, minute: int = 0) -> time_machine.travel:
    return time_machine.travel(datetime.combine(on, time(hour, minute), KYIV), tick=False)


def set_goal(login: Login, admin: User, hours: str, clock: str) -> int:
    company = Company.get()
    typed = {
        "version": str(company.version), "name": "Mill", "time_zone": "Europe/Kyiv",
        "base_currency": "UAH", "workdays": ["0", "1", "2", "3", "4"], "work_start": "09:00",
        "work_end": "18:00", "response_hours": hours, "response_clock": clock,
    }  # fmt: skip
    return int(login(admin).post("/settings/", typed).status_code)


def enter(login: Login, rep: User, name: str) -> Lead:
    login(rep).post("/leads/new/", {"client_ref": str(uuid.uuid4()), "name": name, "second": "on"})
    lead: Lead = Lead.everything.get(name=name)
    return lead


def seen(login: Login, rep: User, lead: Lead) -> list[str]:
    """What the three pages say of the clock of the one lead."""
    pages = [
        login(rep).get(url).content.decode() for url in ("/leads/", f"/leads/{lead.pk}/", "/today/")
    ]
    return [
        " ".join(page.split(f'data-clock="{lead.pk}">')[1].split("</svg>")[1].split("<progress")[0].split())
        for page in pages
    ]  # fmt: skip


def test_working_hours_run_by_the_companys_calendar(login: Login, admin: User, rep: User) -> None:
    with at(FRIDAY, 10):
        assert set_goal(login, admin, "8", "working") == 303
    with at(FRIDAY, 17):
        lead = enter(login, rep, "Harbour Ltd")
        assert seen(login, rep, lead) == ["0 of 8 working h"] * 3
    assert lead.response_due_at == datetime.combine(MONDAY, time(16), KYIV)
    with at(MONDAY, 8):
        assert seen(login, rep, lead) == ["1 of 8 working h"] * 3
    with at(MONDAY, 15, 59):
        assert seen(login, rep, lead) == ["7 of 8 working h"] * 3
    with at(TUESDAY, 10, 30):
        assert seen(login, rep, lead) == ["3 working h late"] * 3
    with at(date(2026, 11, 27), 10):
        assert seen(login, rep, lead) == ["3 days late"] * 3


def test_a_change_of_goal_or_calendar_moves_no_clock_that_runs(
    login: Login, admin: User, rep: User
) -> None:
    with at(FRIDAY, 17):
        old = enter(login, rep, "Old Ltd")
        assert set_goal(login, admin, "4", "elapsed") == 303
        new = enter(login, rep, "New Ltd")
        assert set_goal(login, admin, "2", "working") == 303
        works = enter(login, rep, "Works Ltd")
        Holiday.objects.create(on=MONDAY, recorded_on=FRIDAY)
        holiday = enter(login, rep, "Holiday Ltd")
    start = datetime.combine(FRIDAY, time(17), KYIV)
    assert old.response_due_at == start + timedelta(hours=24)
    assert new.response_due_at == start + timedelta(hours=4)
    assert works.response_due_at == datetime.combine(MONDAY, time(10), KYIV)
    assert holiday.response_due_at == datetime.combine(TUESDAY, time(10), KYIV)
    with at(FRIDAY, 19):
        assert [seen(login, rep, lead)[0] for lead in (old, new)] == ["2 h of 24 h", "2 h of 4 h"]
    with at(FRIDAY, 23):
        assert seen(login, rep, new)[0] == "2 h late"


@pytest.mark.parametrize("hours", ["0", "721", "soon", ""])
def test_a_goal_that_is_none_is_refused(login: Login, admin: User, hours: str) -> None:
    assert set_goal(login, admin, hours, "working") == 422
    assert Company.get().response_hours == 24
