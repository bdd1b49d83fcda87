"""The calendar of next steps: a secret address, dead at once when it should be; what stands there."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from sales.days.calendar import _folded, _text
from sales.models import Task
from team.departures import deactivate
from team.hiring import reactivate
from team.models import AuditEntry, Feed, User

Login = Callable[[User], Client]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def _address(browser: Client) -> str:
    whole = browser.post("/calendar/").context["address"]
    assert whole.endswith(".ics")
    return "/" + whole.split("/", 3)[3]


def _lines(answer) -> list[str]:
    """Unfolded (RFC 5545, 3.1)."""
    return answer.content.decode().replace("\r\n ", "").split("\r\n")


@pytest.mark.django_db
def test_a_calendar_holds_ones_own_open_steps_and_nobody_elses(
    login: Login, rep: User, other_rep: User, keep
) -> None:
    customer = keep(rep, name="Bakery; North, Kyiv")
    timed = Task.everything.create(
        title="Call",
        owner=rep,
        due_on=date(2026, 11, 25),
        due_at=time(14, 5),
        customer=customer,
        note="Ask for\nthe offer",
    )
    Task.everything.create(title="Letter", owner=rep, due_on=date(2026, 11, 26))
    for values in (
        {"owner": other_rep},
        {"owner": rep, "state": Task.State.DONE},
        {"owner": rep, "due_on": date(2026, 10, 1)},
    ):
        Task.everything.create(**{"title": "Hidden", "due_on": date(2026, 11, 25), **values})
    answer = Client().get(_address(login(rep)))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    lines = _lines(answer)
    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
    # 14:05 in Kyiv
    assert lines.count("BEGIN:VEVENT") == 2
    for wanted in (
        "DTSTART:20261125T120500Z",
        "DTEND:20261125T122000Z",
        "SUMMARY:Call: Bakery\\; North\\, Kyiv",
        "DTSTART;VALUE=DATE:20261126",
        "DTEND;VALUE=DATE:20261127",
        "SUMMARY:Letter",
    ):
        assert wanted in lines
    assert any(line.startswith(f"UID:step-{timed.pk}@") for line in lines)
    assert any(line.endswith("Ask for\\nthe offer") for line in lines)
    assert "Hidden" not in "".join(lines)


@pytest.mark.django_db
def test_an_address_dies_with_a_new_one_with_its_end_and_with_the_sign_in(
    login: Login, rep: User, admin: User
) -> None:
    browser, anybody = login(rep), Client()
    first = _address(browser)
    second = _address(browser)
    assert (anybody.get(first).status_code, anybody.get(second).status_code) == (410, 200)
    browser.post("/calendar/end/")
    assert anybody.get(second).status_code == 410
    third = _address(browser)
    deactivate(rep, by=admin)
    assert anybody.get(third).status_code == 410
    reactivate(rep, by=admin)
    assert anybody.get(third).status_code == 410
    said = AuditEntry.objects.filter(action__endswith="calendar address").order_by("pk")
    assert list(said.values_list("action", flat=True)) == [
        "make calendar address",
        "make calendar address",
        "end calendar address",
        "make calendar address",
        "end calendar address",
    ]


@pytest.mark.django_db
def test_the_address_is_told_once_and_kept_as_a_hash(login: Login, rep: User) -> None:
    browser = login(rep)
    token = _address(browser).split("/")[-1].removesuffix(".ics")
    assert token not in browser.get("/calendar/").content.decode()
    assert token not in Feed.objects.get().token_hash


@pytest.mark.django_db
def test_a_fixed_number_of_statements(login: Login, rep: User, django_assert_num_queries) -> None:
    address = _address(login(rep))
    for n in (5, 10):
        Task.everything.bulk_create(
            Task(title=f"Step {k}", owner=rep, due_on=date(2026, 11, 25)) for k in range(n)
        )
        with django_assert_num_queries(3):
            Client().get(address)


@given(st.text(max_size=200))
def test_lines_are_short_whole_signs_and_come_back(value: str) -> None:
    lines = list(_folded(f"SUMMARY:{_text(value)}"))
    assert all(len(line.encode()) <= 75 for line in lines)
    assert all(line.startswith(" ") for line in lines[1:])
    whole = lines[0] + "".join(line[1:] for line in lines[1:])
    assert whole == f"SUMMARY:{_text(value)}"
    assert not set(whole) & set("\r\n\0\x1b\u2028")


def test_the_same_form_sent_twice_makes_one_address(
    login: Callable[[User], Client], rep: User
) -> None:
    browser = login(rep)
    ref = browser.get("/calendar/").context["client_ref"]
    first, again = (
        browser.post("/calendar/", {"client_ref": ref}).context["address"] for _n in range(2)
    )
    assert first == again
    assert AuditEntry.objects.filter(action="make calendar address").count() == 1
    other = browser.post("/calendar/", {"client_ref": str(uuid.uuid4())}).context["address"]
    assert other != first
