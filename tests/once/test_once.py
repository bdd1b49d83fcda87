"""Fifty equal posts of every form that makes, converts or confirms: one record, one entry in the log.

As a double click, a retry of the browser or two windows send them: eight at a time, of one session, upon a database
in which they wait for each other. What each form holds is read from its page.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from conftest import PASSWORD
from customers.models import Complaint, Contract, Survey, TwinPair
from sales.leads.lead_ending_forms import closing_choices
from sales.models import WebForm
from team.checks import addresses
from team.models import AuditEntry, Company, Team, User
from tests.nets.policy import BY_PARAMETER, POLICY, WRITES
from tests.nets.worlds import PLAIN, make_shared, make_world
from tests.once.conftest import AtOnce
from tests.once.forms_on_pages import form_on
from tests.once.table import DONE, ELSEWHERE, HERE, SHOWN, SILENT, TABLE, Sent

pytestmark = pytest.mark.thorough
PARTS = {str(entry.name): set(entry.pattern.converters) for entry in addresses()}
# One function plans from every report, and one takes back.
OF_REPORTS = {"plan": "churn-plan", "unplan": "churn-unplan"}
# Counters, indexes and logs; of the audit log it is counted apart what it tells.
BOOKKEEPING = {"session", "auditentry", "auditdetail", "searchterm", "attempt", "reading", "device"}


@dataclass
class Cast:
    rep: User
    peer: User
    manager: User
    admin: User
    director: User
    ids: dict[str, Any]


@pytest.fixture
def cast(
    shared_database: None,
    rep: User,
    hire: Callable[..., User],
    north: Team,
    south: Team,
    manager: User,
    admin: User,
    director: User,
) -> Cast:
    ids: dict[str, Any] = PLAIN | make_shared() | make_world("rep", rep).ids
    peer, today = hire("Petro Peer", team=north, is_rep=True), Company.get().today
    for model in (Contract, Survey, Complaint):
        model.everything.update(by=rep)
    ids |= {
        "twin_id": TwinPair.everything.get(pk=ids["pair_id"]).second_id,
        "peer_id": peer.pk,
        "south_id": south.pk,
        "token": WebForm.objects.get().token,
        "reason": closing_choices()[0][1][0][0],
        "ref": UUID(int=7),
        "password": PASSWORD,
        "today": today.isoformat(),
        "monday": (today - timedelta(days=today.weekday())).isoformat(),
    }
    return Cast(rep, peer, manager, admin, director, ids)


def test_every_address_that_writes_has_a_line() -> None:
    writing = {
        OF_REPORTS.get(name.rpartition("-")[2], name)
        for name, line in POLICY.items()
        if line.methods >= WRITES
    }
    assert writing == {name.partition(",")[0] for name in TABLE} | ELSEWHERE.keys()


@pytest.mark.parametrize("name", TABLE)
def test_equal_posts_are_one(
    name: str, cast: Cast, login: Callable[[User], Client], at_once: AtOnce
) -> None:
    sent = TABLE[name]
    if sent.ready is not None:
        sent.ready(cast)
    for earlier in sent.first:
        _send(earlier, cast, login, at_once, copies=1)
    if sent.then is not None:
        sent.then(cast)
    before, last = _rows(), _last()
    answers = _send(name, cast, login, at_once, copies=sent.copies)
    after = _rows()
    after.subtract(before)
    made = {model: n for model, n in after.items() if n}
    told = Counter(AuditEntry.objects.filter(pk__gt=last).values_list("action", flat=True))
    told.pop("not found", None)
    assert set(answers) <= sent.answers and set(answers) & (DONE | SHOWN | SILENT)
    assert made == sent.made
    assert told == sent.told


def _send(
    name: str, cast: Cast, login: Callable[[User], Client], at_once: AtOnce, *, copies: int
) -> list[int]:
    sent, name = TABLE[name], name.partition(",")[0]
    browser = Client() if sent.who == "nobody" else login(getattr(cast, sent.who))
    path = _address(name, cast.ids) + sent.query.format(**cast.ids)
    body = _body(sent, browser, path, cast.ids)
    return at_once(browser, path, body, copies)


def _address(name: str, ids: dict[str, Any]) -> str:
    parts = () if name in BY_PARAMETER else PARTS[name]
    return reverse(name, kwargs={part: ids[part] for part in parts})


def _body(sent: Sent, browser: Client, path: str, ids: dict[str, Any]) -> Callable[[], Any]:
    """What the form holds, with what is typed over it; a file is read by each post anew."""
    page, held = path if sent.page == HERE else sent.page.format(**ids), {}
    if page:
        answer = browser.get(page)
        assert answer.status_code == 200, (page, answer.status_code)
        held = form_on(answer.content.decode(), page, path, ticks=sent.ticks)
    typed = {name.format(**ids): str(value).format(**ids) for name, value in sent.typed.items()}

    def body() -> dict[str, Any]:
        files = {name: _file() for name, value in typed.items() if value == "FILE"}
        return held | typed | files

    return body


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("offer.pdf", b"%PDF-1.4 offer", "application/pdf")


def _rows() -> Counter[str]:
    return Counter(
        {
            model.__name__: model._base_manager.count()
            for model in apps.get_models()
            if model._meta.model_name not in BOOKKEEPING
        }
    )


def _last() -> int:
    entry = AuditEntry.objects.order_by("pk").last()
    return entry.pk if entry else 0
