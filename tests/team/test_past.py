"""What is kept of what a record said: a row for each stretch of days, and none where no report can have read it."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from crm.lib.periods import SINCE_EVER
from customers.models import Customer, Revenue
from sales.models import Lead, LeadPast, LeadSource
from team.models import Company, CompanyPast, Holiday, User

KYIV = ZoneInfo("Europe/Kyiv")
Login = Callable[[User], Client]


@pytest.fixture
def on() -> Iterator[Callable[[int], None]]:
    """`on(3)`: it is noon of the third of November 2026."""
    with time_machine.travel(datetime(2026, 11, 1, 12, tzinfo=KYIV), tick=False) as travel:
        yield lambda day: travel.move_to(datetime(2026, 11, day, 12, tzinfo=KYIV))


@pytest.fixture
def lead(db: None, on: Callable[[int], None], admin: User) -> Lead:
    made: Lead = Lead.everything.create(
        name="Mill", source=LeadSource.objects.get(key="web"), recorded_on=date(2026, 11, 2)
    )
    return made


@pytest.fixture
def say(lead: Lead, admin: User, on: Callable[[int], None]) -> Callable[[int, str], None]:
    """On a day the lead is said to come from a source."""

    def change(day: int, source: str) -> None:
        on(day)
        client = Client()
        client.force_login(admin)
        lead.refresh_from_db()
        pk = LeadSource.objects.get(key=source).pk if source else ""
        values = {"name": "Mill", "source": pk, "version": lead.version, "language": ""}
        assert client.post(f"/leads/{lead.pk}/edit/", values).status_code == 303

    return change


def past() -> list[tuple[str, str, str]]:
    rows = LeadPast.everything.order_by("deleted_on")
    return [
        (row.source.key if row.source else "", f"{row.recorded_on:%d.%m.%y}", f"{row.deleted_on:%d.%m.%y}")
        for row in rows
    ]  # fmt: skip


def test_each_stretch_of_days_has_a_row(say: Callable[[int, str], None]) -> None:
    say(4, "phone")
    say(9, "fair")
    assert past() == [("web", "01.01.00", "04.11.26"), ("phone", "04.11.26", "09.11.26")]
    assert Lead.everything.get().source == LeadSource.objects.get(key="fair")


def test_of_several_on_one_day_the_first_says_it(say: Callable[[int, str], None]) -> None:
    say(4, "phone")
    say(4, "fair")
    say(4, "")
    assert past() == [("web", "01.01.00", "04.11.26")]


def test_what_is_put_back_on_the_same_day_leaves_nothing(say: Callable[[int, str], None]) -> None:
    say(4, "phone")
    say(4, "web")
    assert past() == []
    say(5, "phone")
    say(6, "web")
    assert past() == [("web", "01.01.00", "05.11.26"), ("phone", "05.11.26", "06.11.26")]


def test_a_change_on_the_day_of_recording_leaves_nothing(say: Callable[[int, str], None]) -> None:
    say(2, "phone")
    assert past() == []


def test_what_no_report_reads_leaves_nothing(lead: Lead, admin: User, login: Login) -> None:
    values = {"name": "Other", "source": lead.source_id or "", "version": 1, "language": ""}
    login(admin).post(f"/leads/{lead.pk}/edit/", values)
    assert Lead.everything.get().name == "Other"
    assert past() == []


def test_two_at_once_keep_it_once(
    say: Callable[[int, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two files that fill one lead do not see each other's rows; a lead kept twice would count twice."""
    monkeypatch.setattr("team.past._last", lambda past, ids: {})
    say(4, "phone")
    say(4, "fair")
    assert past() == [("web", "01.01.00", "04.11.26")]


def settings(client: Client, **values: object) -> None:
    company = Company.get()
    told = {
        "name": "Firm", "time_zone": "Europe/Kyiv", "base_currency": "UAH", "version": company.version,
        "response_hours": 24, "response_clock": "elapsed",
        "workdays": ["0", "1", "2", "3", "4"], "work_start": "09:00", "work_end": "18:00",
        "orders_imported": "on",
    }  # fmt: skip
    assert client.post("/settings/", told | values).status_code == 303


def booked() -> None:
    bakery = Customer.everything.create(name="Bakery")
    day = date(2026, 11, 1)
    Revenue.everything.create(customer=bakery, on=day, amount=1, recorded_on=day)


def test_the_calendar_of_a_company_at_work_has_a_past(
    on: Callable[[int], None], admin: User, login: Login
) -> None:
    assert Company.get().recorded_on == date(2026, 11, 1)
    booked()
    on(5)
    settings(login(admin), workdays=["0", "1"], work_start="06:00", time_zone="Europe/Berlin")
    then, now = Company.at(date(2026, 11, 4)), Company.at(date(2026, 11, 5))
    assert (then.workdays, then.work_start, then.time_zone) == (
        [0, 1, 2, 3, 4],
        time(9),
        "Europe/Kyiv",
    )
    assert (now.workdays, now.work_start, now.time_zone) == ([0, 1], time(6), "Europe/Berlin")
    settings(login(admin))
    assert not CompanyPast.objects.exists()


@pytest.mark.parametrize(("day", "counts"), [(1, True), (5, False)])
def test_a_calendar_being_set_up_holds_since_ever(
    on: Callable[[int], None], admin: User, login: Login, day: int, counts: bool
) -> None:
    """On the first day whatever is booked; later as long as nothing is."""
    Company.get()
    if counts:
        booked()
    on(day)
    settings(login(admin), workdays=["0"])
    assert "it holds for all days." in login(admin).get("/settings/").content.decode()
    login(admin).post("/settings/holidays/new/", {"on": "2026-11-20", "name": ""})
    assert Company.at(date(2020, 1, 1)).workdays == [0]
    assert Holiday.days_at(date(2020, 1, 1)) == {date(2026, 11, 20)}
    login(admin).post(f"/settings/holidays/{Holiday.objects.get().pk}/remove/")
    assert not Holiday.objects.exists()


def test_a_holiday_counts_from_its_recording_to_its_removal(
    on: Callable[[int], None], admin: User, login: Login
) -> None:
    Company.get()
    booked()
    on(5)
    client = login(admin)
    since = "Counts in figures as of 5 Nov 2026 and later; earlier ones stay as they are."
    assert since in client.get("/settings/").content.decode().replace("\xa0", " ")
    entered = {"on": "2026-12-24", "name": "Eve"}
    told = client.post("/settings/holidays/new/", entered, follow=True).content.decode()
    assert f"Holiday saved. {since}" in told.replace("\xa0", " ")
    on(9)
    client = login(admin)
    client.post(f"/settings/holidays/{Holiday.objects.get().pk}/remove/")
    eve = {date(2026, 12, 24)}
    known = [day for day in range(1, 12) if Holiday.days_at(date(2026, 11, day)) == eve]
    assert known == [5, 6, 7, 8]
    assert Holiday.all_days() == set()
    assert not client.get("/settings/").context["holidays"]
    # the same day may be one again, but only once
    client.post("/settings/holidays/new/", {"on": "2026-12-24", "name": "Eve"})
    again = client.post("/settings/holidays/new/", {"on": "2026-12-24", "name": "Another"})
    assert (again.status_code, Holiday.live().count()) == (422, 1)
    assert "This day is a holiday already." in again.content.decode()
    assert Holiday.live().get().recorded_on > SINCE_EVER
