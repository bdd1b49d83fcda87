"""Many at once on one record, on PostgreSQL: each gets an answer, and what is stored hangs together."""

import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from customers.models import Customer, Revenue, Tag
from sales.deals.changing import add_deal
from sales.deals.pipelines import add_pipeline, add_stage
from sales.models import (
    Activity,
    BulkAct,
    CallDraft,
    Deal,
    DealChange,
    DealLine,
    Lead,
    Pipeline,
    Product,
    Stage,
    Task,
)
from team.models import Company, SavedView, User

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
    tag = Tag.objects.create(key="vip", name="VIP")
    call = {"customer": customer.pk, "outcome": "no_answer", "direction": "out"}
    for path, post, model in (
        ("/customers/new/", {"name": "Twice", "currency": "UAH", "phone": "0675550142"}, Customer),
        ("/calls/new/", call, Activity),
        (f"/customers/{customer.pk}/notes/", {"note": "Twice"}, Activity),
        ("/views/new/?listed=customer-list&state=lost", {"name": "Twice"}, SavedView),
        (f"/bulk/customer/?do=tag&row={customer.pk}", {"with-tag": tag.pk}, BulkAct),
    ):
        before = model._default_manager.count()
        ref = str(uuid.uuid4())
        assert at_once([(path, {**post, "client_ref": ref})] * 20) == Counter({303: 20}), path
        assert model._default_manager.count() == before + 1, path


def _deal(rep: User, title: str = "Busy") -> Deal:
    customer = Customer.everything.create(name=title, owner=rep)
    row = Deal(title=title, customer=customer, stage=Stage.objects.get(key="new"))
    return add_deal(row, owner=rep, by=rep)[0]


def test_of_twenty_moves_of_one_card_the_first_counts(at_once, rep: User) -> None:
    deal = _deal(rep)
    move = {"version": "1", "next": "/deals/board/"}
    posts: list[Post] = [
        (f"/deals/{deal.pk}/move/", move | {"stage": STAGES[1 + turn % 3]}) for turn in range(20)
    ]
    assert at_once(posts) == Counter({303: 20})
    deal.refresh_from_db()
    assert (deal.version, DealChange.everything.filter(deal=deal).count()) == (2, 2)


def test_lines_added_at_once_are_all_in_the_amount(at_once, rep: User) -> None:
    deal, ref = _deal(rep), str(uuid.uuid4())
    line = {"name": "Film", "quantity": "1"}
    posts: list[Post] = [
        (f"/deals/{deal.pk}/lines/new/", line | {"price": str(turn), "client_ref": uuid.uuid4()})
        for turn in range(1, 13)
    ]
    posts += [(f"/deals/{deal.pk}/lines/new/", line | {"price": "100", "client_ref": ref})] * 12
    assert at_once(posts) == Counter({303: 24})
    deal.refresh_from_db()
    # 1 + 2 + ... + 12, and one of the equal ones
    assert (deal.amount, DealLine.everything.count()) == (178, 13)


def test_winning_and_repricing_at_once_never_part(at_once, rep: User) -> None:
    """What is won is won for the sum of its lines, whoever comes first."""
    Company.objects.update(orders_imported=False)
    for turn in range(6):
        deal = _deal(rep, f"Busy {turn}")
        today = f"{Company.get().today:%d.%m.%Y}"
        line = {"name": "Film", "quantity": "1", "price": "7", "client_ref": uuid.uuid4()}
        win = {"stage": "won", "amount": "900", "on": today}
        answers = at_once(
            [(f"/deals/{deal.pk}/lines/new/", line), (f"/deals/{deal.pk}/move/", win)]
        )
        deal.refresh_from_db()
        lines = DealLine.everything.filter(deal=deal).count()
        assert (deal.amount, lines) in {(7, 1), (900, 0)}, answers
        booked = Revenue.everything.filter(order_ref=deal.reference)
        assert [line.amount for line in booked] in ([], [deal.amount])


def test_two_administrators_retire_the_last_two_stages(at_once, rep: User) -> None:
    renewals, _made = add_pipeline(Pipeline(name="Renewals"), like=None, by=None)
    second = Stage(pipeline=renewals, name="Talks")
    add_stage(second, by=None)
    User.objects.filter(pk=rep.pk).update(is_admin=True)
    stages = renewals.stages.filter(kind="open")
    at_once([(f"/settings/pipelines/stages/{one.pk}/retire/", {}) for one in stages])
    assert renewals.stages.filter(kind="open", is_active=True).count() == 1


def test_twenty_equal_pipelines_and_products_are_one(at_once, rep: User) -> None:
    User.objects.filter(pk=rep.pk).update(is_admin=True)
    ref = {"client_ref": str(uuid.uuid4())}
    pipeline = ("/settings/pipelines/new/", ref | {"name": "Renewals", "order": "2"})
    product = ("/settings/products/new/", ref | {"name": "Film", "currency": "UAH"})
    assert at_once([pipeline] * 20) == Counter({303: 20})
    assert at_once([product] * 20) == Counter({303: 20})
    assert (Pipeline.objects.count(), Stage.objects.count(), Product.objects.count()) == (2, 9, 1)


def test_fifty_identical_first_calls_are_one_lead_one_call_and_one_step(at_once, rep: User) -> None:
    said: dict[str, object] = {
        "client_ref": str(uuid.uuid4()),
        "becomes": "lead",
        "who": "Нова Пекарня",
        "phone": "067 555 33 18",
        "direction": "out",
        "outcome": "no_answer",
    }
    assert at_once([("/calls/unknown/", said)] * 50) == Counter({303: 50})
    made = (Lead.everything.count(), Activity.everything.count(), Task.everything.count())
    assert made == (1, 1, 1)


def test_fifty_identical_sweeps_save_each_row_once(at_once, rep: User) -> None:
    today = Company.get().today
    sent: dict[str, object] = {"row": []}
    for outcome in ("left_word", "no_answer", "not-called"):
        customer = Customer.everything.create(name=outcome, owner=rep)
        task = Task.everything.create(title="Ask", owner=rep, customer=customer, due_on=today)
        key = f"task-{task.pk}"
        sent |= {"row": [*sent["row"], key], f"{key}-outcome": outcome}  # type: ignore[misc]
        sent[f"{key}-client_ref"] = str(uuid.uuid4())
    assert at_once([("/sweep/", sent)] * 50) == Counter({303: 50})
    assert Activity.everything.count() == 2
    assert Task.everything.filter(state=Task.State.OPEN).count() == 3


def test_a_draft_that_is_typed_and_saved_at_once_leaves_one_call(at_once, rep: User) -> None:
    customer = Customer.everything.create(name="Busy", owner=rep)
    said: dict[str, object] = {
        "client_ref": str(uuid.uuid4()),
        "customer": customer.pk,
        "direction": "out",
        "outcome": "left_word",
        "note": "Half a sentence",
    }
    posts: list[Post] = [("/calls/draft/", said), ("/calls/new/", said)] * 20
    assert at_once(posts) == Counter({204: 20, 303: 20})
    assert Activity.everything.count() == 1
    assert CallDraft.objects.count() <= 1
    assert (
        at_once([("/calls/draft/", said | {"note": f"Typed {n}"}) for n in range(20)]).total() == 20
    )


def test_an_entry_corrected_in_many_windows_is_corrected_once(at_once, rep: User) -> None:
    customer = Customer.everything.create(name="Busy", owner=rep)
    now = timezone.now()
    call = Activity.everything.create(
        author=rep,
        customer=customer,
        minutes=6,
        start_at=now,
        created_at=now,
        recorded_on=Company.get().today - timedelta(days=1),
    )
    posts: list[Post] = [
        ("/week/", {f"entry-{call.pk}-minutes": str(n), f"entry-{call.pk}-version": "1"})
        for n in range(10, 26)
    ]
    answered = at_once(posts)
    assert answered[303] >= 1
    assert answered[303] + answered[422] == len(posts)
    known = Activity.everything.get(deleted_on__isnull=True)
    assert known.version == 2
    assert Activity.everything.count() == 2
