"""Pipelines and stages kept by administrators, through the door: what is offered, what is refused, where deals go."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from sales.deals.stages import win_shares
from sales.models import Deal, DealChange, Pipeline, Stage, StagePast
from team.models import AuditEntry, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
Keep = Callable[..., Customer]
TODAY = date(2026, 11, 23)
HOME = "/settings/pipelines/"


@pytest.fixture(autouse=True)
def today() -> object:
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def renewals(login: Login, admin: User) -> Pipeline:
    """A second way of selling: New, then won or lost."""
    post(login(admin), "new", name="Renewals", order="2")
    return Pipeline.objects.get(name="Renewals")


def post(browser: Client, address: str, **values: Any):
    typed = {"client_ref": str(uuid.uuid4()), "order": "50"} | values
    return browser.post(f"{HOME}{address}/", typed)


def edit(browser: Client, stage: Stage, **values: Any):
    typed = {"name": str(stage), "order": str(stage.order), "version": str(stage.version)}
    if stage.is_open:
        typed["win_share"] = str(stage.win_share * 100)
    return browser.post(f"{HOME}stages/{stage.pk}/", typed | values)


def opened(browser: Client, customer: Customer, stage: Stage, title: str = "Film") -> Deal:
    values = {"title": title, "customer": customer.pk, "stage": stage.pk, "currency": "UAH"}
    browser.post("/deals/new/", values | {"client_ref": str(uuid.uuid4()), "amount": "100"})
    return Deal.everything.get(title=title)


def names(pipeline: Pipeline) -> list[tuple[str, str]]:
    return list(pipeline.stages.filter(is_active=True).values_list("name", "kind"))


def audited(kind: str) -> list[str]:
    told = AuditEntry.objects.filter(subject_type=kind).order_by("pk")
    return list(told.values_list("action", flat=True))


def test_a_new_pipeline_can_open_win_and_lose(
    login: Login, admin: User, renewals: Pipeline
) -> None:
    assert names(renewals) == [("New", "open"), ("Won", "won"), ("Lost", "lost")]
    assert audited("pipeline") == ["create"]
    assert audited("stage") == ["create"] * 3
    keys = set(Stage.objects.values_list("key", flat=True))
    assert len(keys) == 9  # no key twice, though names are


def test_a_pipeline_can_begin_as_another_stands(login: Login, admin: User) -> None:
    browser, sales = login(admin), Pipeline.objects.get()
    browser.post(f"{HOME}stages/{Stage.objects.get(key='qualified').pk}/retire/")
    post(browser, "new", name="Export", like=sales.pk)
    made = Pipeline.objects.get(name="Export")
    assert [name for name, _kind in names(made)] == [
        "New", "Offer sent", "Negotiation", "Won", "Lost",
    ]  # fmt: skip
    assert made.stages.get(name="Negotiation").win_share == Decimal("0.65")


def test_the_pipeline_that_ships_is_read_in_ones_own_language(login: Login, admin: User) -> None:
    User.objects.filter(pk=admin.pk).update(language="uk")
    page = login(admin).get(HOME).content.decode()
    assert "Продажі" in page and ">Sales<" not in page


def test_the_same_post_twice_and_the_same_name_make_one(login: Login, admin: User) -> None:
    browser, ref = login(admin), str(uuid.uuid4())
    for _n in range(2):
        assert post(browser, "new", name="Renewals", client_ref=ref).status_code == 303
    again = post(browser, "new", name="renewals")
    assert again.status_code == 422
    assert "There is one of this name." in again.content.decode()
    assert (Pipeline.objects.count(), Stage.objects.count()) == (2, 9)


def test_an_added_stage_is_offered_in_its_pipeline_alone(
    login: Login, admin: User, rep: User, keep: Keep, renewals: Pipeline
) -> None:
    browser = login(admin)
    # a name that another pipeline has is free in this one
    answer = post(browser, f"{renewals.pk}/stages/new", name="Offer sent", win_share="62,5 %")
    assert (answer.status_code, answer["Location"]) == (303, f"{HOME}#pipeline-{renewals.pk}")
    stage = renewals.stages.get(name="Offer sent")
    assert (stage.kind, stage.win_share) == ("open", Decimal("0.625"))
    assert post(browser, f"{renewals.pk}/stages/new", name="new", win_share="1").status_code == 422
    theirs = login(rep)
    form = theirs.get("/deals/new/").content.decode()
    assert '<optgroup label="Renewals">' in form and '<optgroup label="Sales">' in form
    deal = opened(theirs, keep(rep), stage)
    assert deal.stage == stage
    page = theirs.get(f"/deals/{deal.pk}/").content.decode()
    own, elsewhere = page.split("Another pipeline", 1)
    assert f'value="{stage.key}"' in own and 'value="negotiation"' not in own
    assert 'value="negotiation"' in elsewhere and 'value="won"' not in elsewhere


def test_of_one_pipeline_people_see_no_name(login: Login, rep: User, keep: Keep) -> None:
    browser = login(rep)
    assert "<optgroup" not in browser.get("/deals/new/").content.decode()
    deal = opened(browser, keep(rep), Stage.objects.get(key="new"))
    assert "Another pipeline" not in browser.get(f"/deals/{deal.pk}/").content.decode()


def test_a_change_of_pipeline_is_a_move_and_the_ends_stay_apart(
    login: Login, rep: User, keep: Keep, renewals: Pipeline
) -> None:
    browser = login(rep)
    deal = opened(browser, keep(rep), Stage.objects.get(key="offer"))
    theirs = renewals.stages.get(kind="won")
    closing = {"stage": theirs.key, "amount": "100", "on": "23.11.2026"}
    refused = browser.post(f"/deals/{deal.pk}/move/", closing)
    assert refused.status_code == 422
    assert "This is the end of another pipeline." in refused.content.decode()
    browser.post(f"/deals/{deal.pk}/move/", {"stage": renewals.stages.get(kind="open").key})
    # "won" is the end of its own pipeline by now
    browser.post(f"/deals/{deal.pk}/move/", closing | {"stage": "won"})
    deal.refresh_from_db()
    assert (deal.stage, deal.closed_on) == (theirs, TODAY)
    steps = DealChange.everything.filter(deal=deal).order_by("reference")
    assert list(steps.values_list("stage__pipeline__name", "stage__name")) == [
        ("Sales", "Offer sent"), ("Renewals", "New"), ("Renewals", "Won"),
    ]  # fmt: skip


def test_retiring_a_stage_asks_where_its_deals_go(
    login: Login, admin: User, rep: User, keep: Keep
) -> None:
    customer, theirs = keep(rep), login(rep)
    stage, to = Stage.objects.get(key="qualified"), Stage.objects.get(key="offer")
    deals = [opened(theirs, customer, stage, f"Film {n}") for n in range(3)]
    stays = opened(theirs, customer, Stage.objects.get(key="new"), "Stays")
    theirs.post(f"/deals/{deals[2].pk}/bin/")
    browser, address = login(admin), f"{HOME}stages/{stage.pk}/retire/"
    assert "3 open deals stand here." in browser.get(address).content.decode()
    refused = browser.post(address)
    assert refused.status_code == 422
    assert "Say where they go." in refused.content.decode()
    for wrong in (stage, Stage.objects.get(key="won")):
        assert browser.post(address, {"to": wrong.pk}).status_code == 422
    stage.refresh_from_db()
    assert stage.is_active and DealChange.everything.count() == 4
    with time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC), tick=False):
        page = login(admin).post(address, {"to": to.pk}, follow=True).content.decode()
    assert "3 deals were moved." in page
    stage.refresh_from_db()
    assert not stage.is_active
    for deal in deals:
        deal.refresh_from_db()
        assert (deal.stage, deal.stage_since) == (to, date(2026, 11, 25))
        told = DealChange.everything.filter(deal=deal).order_by("reference")
        assert list(told.values_list("stage__key", "on", "recorded_on", "by__name", "cents")) == [
            ("qualified", TODAY, TODAY, "Rita Rep", 10_000),
            ("offer", date(2026, 11, 25), date(2026, 11, 25), "Ada Admin", 10_000),
        ]
    stays.refresh_from_db()
    assert (stays.stage.key, stays.version) == ("new", 1)
    moved = AuditEntry.objects.filter(subject_type="deal", action="change stage")
    assert set(moved.values_list("subject_id", flat=True)) == {deal.pk for deal in deals}
    assert 'value="qualified"' not in theirs.get(f"/deals/{stays.pk}/").content.decode()


def test_an_edit_opened_before_the_deals_were_sent_on_conflicts(
    login: Login, admin: User, rep: User, keep: Keep
) -> None:
    theirs = login(rep)
    deal = opened(theirs, customer := keep(rep), Stage.objects.get(key="qualified"))
    address = f"{HOME}stages/{deal.stage_id}/retire/"
    login(admin).post(address, {"to": Stage.objects.get(key="new").pk})
    values = {"title": "Foil", "customer": customer.pk, "currency": "UAH", "version": "1"}
    assert theirs.post(f"/deals/{deal.pk}/edit/", values).status_code == 409


def test_an_empty_stage_is_retired_at_once_and_offered_again(login: Login, admin: User) -> None:
    browser, stage = login(admin), Stage.objects.get(key="qualified")
    page = browser.post(f"{HOME}stages/{stage.pk}/retire/", follow=True).content.decode()
    assert f"{HOME}stages/{stage.pk}/restore/" in page  # as its undo
    browser.post(f"{HOME}stages/{stage.pk}/restore/")
    stage.refresh_from_db()
    assert stage.is_active
    assert audited("stage") == ["retire", "offer again"]


def test_what_a_pipeline_needs_is_not_retired(
    login: Login, admin: User, renewals: Pipeline
) -> None:
    browser = login(admin)
    for kind, told in (
        ("won", "Rename this one."),
        ("lost", "Rename this one."),
        ("open", "This is the last open stage"),
    ):
        stage = renewals.stages.get(kind=kind)
        page = browser.post(f"{HOME}stages/{stage.pk}/retire/", follow=True).content.decode()
        assert told in page
        stage.refresh_from_db()
        assert stage.is_active
    browser.post(f"{HOME}{renewals.pk}/retire/")
    last = Pipeline.objects.get(key="default")
    page = browser.post(f"{HOME}{last.pk}/retire/", follow=True).content.decode()
    assert "This is the last pipeline" in page
    assert list(Pipeline.objects.values_list("is_active", flat=True)) == [True, False]


def test_a_retired_pipeline_sends_its_deals_to_another(
    login: Login, admin: User, rep: User, keep: Keep, renewals: Pipeline
) -> None:
    theirs, browser = login(rep), login(admin)
    deal = opened(theirs, keep(rep), renewals.stages.get(kind="open"))
    address = f"{HOME}{renewals.pk}/retire/"
    assert browser.post(address).status_code == 422
    assert browser.post(address, {"to": deal.stage_id}).status_code == 422
    assert browser.post(address, {"to": Stage.objects.get(key="new").pk}).status_code == 303
    deal.refresh_from_db()
    renewals.refresh_from_db()
    assert (deal.stage.key, renewals.is_active) == ("new", False)
    assert "Renewals" not in theirs.get("/deals/new/").content.decode()


def test_the_database_holds_one_end_of_a_kind(renewals: Pipeline) -> None:
    with pytest.raises(IntegrityError):
        Stage.objects.create(key="won2", name="Won too", kind="won", pipeline=renewals)


def test_ends_are_renamed_and_keep_their_meaning(
    login: Login, admin: User, renewals: Pipeline
) -> None:
    browser, won = login(admin), renewals.stages.get(kind="won")
    assert "win_share" not in browser.get(f"{HOME}stages/{won.pk}/").content.decode()
    edit(browser, won, name="Renewed", win_share="10")
    won.refresh_from_db()
    assert (won.name, won.kind, won.win_share) == ("Renewed", "won", 1)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("101", "This is more than 100 percent."),
        ("-1", "This is less than 0."),
        ("many", "many"),
        ("", "This field is required."),
    ],
)
def test_a_share_that_cannot_be_is_told(login: Login, admin: User, typed: str, told: str) -> None:
    stage = Stage.objects.get(key="offer")
    answer = edit(login(admin), stage, win_share=typed)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    stage.refresh_from_db()
    assert stage.win_share == Decimal("0.4")


def test_forecasts_of_past_days_read_the_share_of_their_day(login: Login, admin: User) -> None:
    stage = Stage.objects.get(key="offer")
    for day, share in ((23, "55"), (25, "60")):
        with time_machine.travel(datetime(2026, 11, day, 9, tzinfo=UTC), tick=False):
            edit(login(admin), stage, win_share=share)
            stage.refresh_from_db()
    told = [win_shares(date(2026, 11, day))[stage.pk] for day in (22, 23, 24, 25)]
    assert told == [Decimal("0.4"), Decimal("0.55"), Decimal("0.55"), Decimal("0.6")]
    assert StagePast.objects.count() == 2


def test_who_saved_first_is_not_overwritten(login: Login, admin: User) -> None:
    stage, browser = Stage.objects.get(key="offer"), login(admin)
    edit(browser, stage, name="Quote")
    assert edit(browser, stage, name="Price sent").status_code == 409
    stage.refresh_from_db()
    assert stage.name == "Quote"


def test_the_queries_do_not_grow(
    login: Login, admin: User, rep: User, keep: Keep, renewals: Pipeline
) -> None:
    browser, theirs, customer = login(admin), login(rep), keep(rep)
    stage, counts = Stage.objects.get(key="qualified"), []
    for more in (1, 5):
        for n in range(more):
            post(browser, "new", name=f"Way {more} {n}", order="9")
            opened(theirs, customer, stage, f"Film {more} {n}")
        with CaptureQueriesContext(connection) as listed:
            browser.get(HOME)
        counts.append(len(listed))
    assert counts[0] == counts[1] <= 7
    with CaptureQueriesContext(connection) as sent:
        browser.post(f"{HOME}stages/{stage.pk}/retire/", {"to": Stage.objects.get(key="new").pk})
    assert Deal.everything.filter(stage__key="new").count() == 6
    assert len(sent) <= 40
