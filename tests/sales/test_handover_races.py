"""Two hand-overs of one book, calls, edits and conversions at the same moment, on PostgreSQL, round after round."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.test import Client

from conftest import PASSWORD
from customers.models import Customer, Ownership
from sales.handing_over.checking_history import check_history
from sales.handing_over.drafting import set_rule, start
from sales.models import Activity, Deal, Handover, Lead, Task
from team.models import AuditEntry, Company, Team, User
from tests.sales.handovers import book_of

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.usefixtures("transactional_db"),
    pytest.mark.thorough,
]
ROUNDS = 200
Post = tuple[User, str, dict[str, object]]


@pytest.fixture
def at_once(login: Callable[[User], Client]) -> Callable[[list[Post]], list[int]]:
    """Send these posts in eight threads; the status of each, in order."""
    signed_in: dict[int, str] = {}

    def send(post: Post) -> int:
        user, path, values = post
        try:
            browser = Client(raise_request_exception=False)
            browser.cookies[settings.SESSION_COOKIE_NAME] = signed_in[user.pk]
            return browser.post(path, values).status_code
        finally:
            connection.close()

    def send_all(posts: list[Post]) -> list[int]:
        for user, _path, _values in posts:
            if user.pk not in signed_in:
                signed_in[user.pk] = login(user).cookies[settings.SESSION_COOKIE_NAME].value
        with ThreadPoolExecutor(8) as threads:
            return list(threads.map(send, posts))

    return send_all


def test_whatever_happens_at_once_every_record_has_one_owner(
    hire: Callable[..., User],
    north: Team,
    rep: User,
    admin: User,
    director: User,
    at_once: Callable[[list[Post]], list[int]],
) -> None:
    anna, borys = (hire(name, team=north, is_rep=True) for name in ("Anna", "Borys"))
    answers: Counter[tuple[str, int]] = Counter()
    calls = converted = 0
    for n in range(ROUNDS):
        made = book_of(rep, 6, deals=3, tasks=6, leads=2)
        lead = Lead.everything.filter(owner=rep, converted_on=None).latest("pk")
        first, second = _plan(rep, admin, anna), _plan(rep, director, borys)
        posts = [
            _confirm(admin, first),
            _confirm(director, second),
            *(_call(rep, row) for row in made[:3]),
            *(_edit(admin, row, f"Place {n}") for row in made[1:3]),
            _convert(rep, lead),
        ]
        kinds = ["hand over"] * 2 + ["call"] * 3 + ["edit"] * 2 + ["convert"]
        # who begins differs from round to round
        turn = n % len(posts)
        given = at_once(posts[turn:] + posts[:turn])
        got = given[len(posts) - turn :] + given[: len(posts) - turn]
        answers.update(zip(kinds, got, strict=True))
        calls += got[2:5].count(303)
        converted += got[7] == 303
        done = Handover.everything.filter(pk__in=(first.pk, second.pk), state="applied")
        if not done.exists():
            # the lead was converted before either came to it: both were told, one looks and presses again
            assert got[:2] == [422, 422] and got[7] == 303
            again = [(admin, f"/handovers/{first.pk}/again/", {"do": "look"}), posts[0]]
            assert [at_once([post])[0] for post in again] == [303, 303]
        owners = {c.owner for c in Customer.everything.filter(pk__in=[m.pk for m in made])}
        assert len(owners) == done.count() == 1 and owners <= {anna, borys}
        _clear_away(rep)
    print(dict(answers))
    assert not [status for _kind, status in answers if status >= 500]
    assert Activity.everything.count() == calls
    assert Customer.everything.count() == 6 * ROUNDS + converted
    total = Customer.everything.aggregate(money=Sum("annual_cents"))["money"]
    assert total == ROUNDS * sum(range(1, 7)) * 100
    live = Ownership.everything.filter(to_on=None, deleted_on=None)
    assert live.values("customer").distinct().count() == live.count()
    for checked in check_history(Company.get().today.isoformat()):
        assert checked.faults == []
    moved = AuditEntry.objects.filter(action="hand over").count()
    assert moved == Handover.everything.filter(state="applied").count()


def _plan(leaver: User, by: User, heir: User) -> Handover:
    handover, _made = start("partial", leaver, by=by)
    set_rule(handover, {"rule": "one"}, [heir], by=by)
    handover.lines.update(chosen=True)
    set_rule(handover, {"rule": "one"}, [heir], by=by)
    return handover


def _confirm(by: User, handover: Handover) -> Post:
    values = {"effect": "now", "password": PASSWORD, "seen": ""}
    return by, f"/handovers/{handover.pk}/check/", values


def _call(by: User, customer: Customer) -> Post:
    task = Task.everything.filter(customer=customer, owner=by, state="open").first()
    values: dict[str, Any] = {
        "customer": customer.pk,
        "outcome": "reached",
        "direction": "out",
        "minutes": "6",
        "note": "Prices",
        "next_step": "week",
        "next_title": "Ask again",
    }
    if task is not None:
        values["task"] = task.pk
    return by, "/calls/new/", values


def _edit(by: User, customer: Customer, place: str) -> Post:
    values = {"name": customer.name, "place": place, "region": customer.region, "version": 1}
    values |= {"currency": "UAH", "email": f"{customer.pk}@example.com"}
    return by, f"/customers/{customer.pk}/edit/", values


def _convert(by: User, lead: Lead) -> Post:
    values = {"target": "new", "name": f"Was {lead.pk}", "person": "Olha"}
    return by, f"/leads/{lead.pk}/convert/", values


def _clear_away(leaver: User) -> None:
    """What is left of the leaver's goes out of the way of the next round."""
    Deal.everything.filter(owner=leaver, closed_on=None).update(closed_on=Company.get().today)
    Task.everything.filter(owner=leaver, state="open").update(state="dropped")
    Lead.everything.filter(owner=leaver, converted_on=None, closed_on=None).update(
        closed_on=Company.get().today
    )
