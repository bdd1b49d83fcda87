"""Merging, contracts and answers, many at once, on PostgreSQL."""

import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from customers.merging import unmerge
from customers.models import Contract, Customer, Merge, Survey
from customers.ownership import assign
from team.models import Company, User

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("transactional_db")]
Post = tuple[str, dict[str, object]]


@pytest.fixture
def at_once(login: Callable[[User], Client], rep: User) -> Callable[[list[Post]], Counter[int]]:
    """Send posts of one person in eight threads; how often each status was answered."""

    def send(post: Post) -> int:
        try:
            browser = login(rep)
            browser.raise_request_exception = False
            return browser.post(*post).status_code
        finally:
            connection.close()

    def send_all(posts: list[Post]) -> Counter[int]:
        with ThreadPoolExecutor(8) as threads:
            return Counter(threads.map(send, posts))

    return send_all


def test_twenty_equal_contracts_and_answers_are_one(at_once, rep: User) -> None:
    customer = Customer.everything.create(name="Busy", owner=rep)
    answer = {"kind": "csat", "score": "4", "answered_on": "20.11.2026"}
    for name, post, model in (
        ("contracts", {"start_on": "01.01.2026"}, Contract),
        ("answers", answer, Survey),
    ):
        path, ref = f"/customers/{customer.pk}/{name}/new/", str(uuid.uuid4())
        assert at_once([(path, {**post, "client_ref": ref})] * 20) == Counter({303: 20}), path
        assert model.everything.count() == 1, path


def _merging(this: Customer, other: Customer, ref: str) -> Post:
    values = {"client_ref": ref, "other": other.pk, "keep": "this", "name": "this"}
    return f"/customers/{this.pk}/merge/", {**values, "version": 1, "other_version": 1}


def test_twenty_equal_merges_are_one(at_once, rep: User) -> None:
    one, other = (Customer.everything.create(name=name, owner=rep) for name in ("One", "Two"))
    assert at_once([_merging(one, other, str(uuid.uuid4()))] * 20) == Counter({303: 20})
    assert Merge.everything.count() == 1


def test_two_merged_both_ways_at_once_end_in_no_circle(at_once, rep: User) -> None:
    one, other = (Customer.everything.create(name=name, owner=rep) for name in ("One", "Two"))
    posts = [
        _merging(*pair, str(uuid.uuid4()))
        for _turn in range(8)
        for pair in ((one, other), (other, one))
    ]
    assert not [status for status in at_once(posts) if status >= 500]
    assert Merge.everything.filter(deleted_on=None).count() == 1
    assert sorted(Customer.everything.values_list("merged_into", flat=True), key=str) != [
        None,
        None,
    ]


def test_merging_while_the_survivor_changes_hands(
    at_once, rep: User, other_rep: User, manager: User
) -> None:
    """Whatever comes first: the merged one has the survivor's owner, alone again it has its own."""
    kept, part = (Customer.everything.create(name=name) for name in ("Kept", "Part"))
    assign([kept.pk, part.pk], rep, on=Company.get().today, by=None)

    def hand(to: User) -> None:
        try:
            assign([kept.pk], to, on=Company.get().today, by=None)
        finally:
            connection.close()

    merged = 0
    with ThreadPoolExecutor(3) as threads:
        for turn in range(10):
            posts = threads.submit(at_once, [_merging(kept, part, str(uuid.uuid4()))])
            hands = [threads.submit(hand, (other_rep, rep)[turn % 2]) for _twice in range(2)]
            for each in (posts, *hands):
                each.result()
            kept.refresh_from_db()
            part.refresh_from_db()
            if part.merged_into_id is not None:
                assert part.owner_id == kept.owner_id
                merged += 1
                unmerge(part, by=manager)
                part.refresh_from_db()
            assert part.owner == rep
    assert merged
