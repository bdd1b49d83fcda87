"""Many at once on one record, on PostgreSQL: each gets an answer, and what is stored hangs together."""

import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from customers.models import Customer
from sales.models import Activity, Deal, DealChange, Stage
from team.models import Company, User

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("transactional_db")]
STAGES = ("new", "qualified", "offer", "negotiation")
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


def test_moving_editing_and_binning_one_deal_at_once(at_once, rep: User) -> None:
    customer = Customer.everything.create(name="Busy", owner=rep)
    today = Company.get().today
    stage = Stage.objects.get(key="new")
    deal = Deal.everything.create(
        title="Busy", customer=customer, owner=rep, stage=stage, stage_since=today, opened_on=today
    )
    here = f"/deals/{deal.pk}"
    posts: list[Post] = []
    for turn in range(12):
        posts += [(f"{here}/move/", {"stage": STAGES[(turn + step) % 4]}) for step in range(4)]
        posts += [(f"{here}/bin/", {}), (f"{here}/restore/", {}), ("/profile/preferences/", {})]
        posts.append(("/profile/preferences/", {"theme": ("dark", "light")[turn % 2]}))
    assert at_once(posts) == Counter({303: len(posts)})
    deal.refresh_from_db()
    last = DealChange.everything.filter(deal=deal, deleted_on=None).order_by("-on", "-reference")
    assert last[0].stage_id == deal.stage_id


def test_twenty_equal_posts_are_one_record(at_once, rep: User) -> None:
    customer = Customer.everything.create(name="Busy", owner=rep)
    call = {"customer": customer.pk, "outcome": "no_answer", "direction": "out"}
    for path, post, model in (
        ("/customers/new/", {"name": "Twice", "currency": "UAH", "phone": "0675550142"}, Customer),
        ("/calls/new/", call, Activity),
        (f"/customers/{customer.pk}/notes/", {"note": "Twice"}, Activity),
    ):
        before = model.everything.count()
        ref = str(uuid.uuid4())
        assert at_once([(path, {**post, "client_ref": ref})] * 20) == Counter({303: 20}), path
        assert model.everything.count() == before + 1, path
