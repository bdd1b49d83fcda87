"""Signing out asks about the calls that are begun and not saved, and removes them only when told to."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from sales.models import CallDraft
from team.models import AuditEntry, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def _begin(browser: Client, keep, owner: User, count: int) -> None:
    for n in range(count):
        customer = keep(owner, name=f"Customer {n}")
        browser.post("/calls/draft/", {"customer": customer.pk, "note": f"Begun {n}"})


def _is_signed_in(browser: Client) -> bool:
    return browser.get("/today/").status_code == 200


def test_it_asks_first_and_stays_signed_in(login: Login, rep: User, keep) -> None:
    browser = login(rep)
    _begin(browser, keep, rep, 3)
    answer = browser.post("/sign-out/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "3 calls are begun and not saved." in page
    assert "Remove the drafts of 3 calls and sign out" in page
    assert _is_signed_in(browser)
    assert CallDraft.objects.count() == 3
    assert not AuditEntry.objects.filter(action="sign-out").exists()


@pytest.mark.parametrize(("answer", "left"), [("keep", 2), ("remove", 0)])
def test_they_are_kept_or_removed_as_answered(
    login: Login, rep: User, other_rep: User, keep, answer: str, left: int
) -> None:
    browser, other = login(rep), login(other_rep)
    _begin(browser, keep, rep, 2)
    _begin(other, keep, other_rep, 1)
    assert browser.post("/sign-out/", {"left": answer})["Location"] == "/sign-in/"
    assert not _is_signed_in(browser)
    assert CallDraft.objects.filter(user=rep).count() == left
    # nobody else's
    assert CallDraft.objects.filter(user=other_rep).count() == 1
    assert AuditEntry.objects.filter(action="sign-out").count() == 1


def test_without_drafts_nothing_is_asked(login: Login, rep: User, keep) -> None:
    browser = login(rep)
    assert browser.post("/sign-out/")["Location"] == "/sign-in/"
    browser = login(rep)
    _begin(browser, keep, rep, 1)
    CallDraft.objects.update(saved_at=timezone.now() - timedelta(days=31))
    assert browser.post("/sign-out/")["Location"] == "/sign-in/"
