"""Stopping campaigns from the page of marketing waste: looked at, done once, taken back, and followed by the nights."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reports.acts.outcomes import follow_acts
from reports.models import Act
from reports.screens.screen import screen_of
from sales.models import Campaign, CampaignCost
from team.models import AuditEntry, User
from tests.kept import kept
from tests.reports.pages import day
from tests.reports.test_screens import lead, take_all

pytestmark = pytest.mark.thorough

Login = Callable[[User], Client]
PAGE = "/losses/marketing-waste/"
LOOK, DO, BACK = f"{PAGE}act/", f"{PAGE}plan/?split=campaign", f"{PAGE}unplan/"


def cost(campaign: Campaign, ago: int, amount: int) -> None:
    CampaignCost.objects.create(
        campaign=campaign, on=day(ago), recorded_on=day(max(ago, 0)), amount=amount
    )


def make_four(rep: User, other_rep: User) -> dict[str, Campaign]:
    """Of Rita's leads the fair (planned to end), letters and an old one brought some, of another team's the radio."""
    planned = {"FAIR": day(-30), "OLD": day(20)}
    made = {
        key: Campaign.objects.create(name=key.title(), reference=key, ended_on=planned.get(key))
        for key in ("FAIR", "LETTERS", "OLD", "RADIO")
    }
    for n, (key, campaign) in enumerate(made.items()):
        owner = other_rep if key == "RADIO" else rep
        lead(f"L{n}", owner, 100, None, campaign)
        cost(campaign, 100, 1_000)
    cost(made["FAIR"], 5, 300)
    cost(made["FAIR"], -10, 70)
    screen = screen_of("marketing")
    assert screen is not None
    take_all([screen])
    return made


@pytest.fixture
@kept
def four(rep: User, other_rep: User) -> dict[str, Campaign]:
    return make_four(rep, other_rep)


def posted(browser: Client, *campaigns: Campaign, on: date | None = None, **body: Any) -> str:
    """Stop campaigns; what the next page says."""
    whole = {
        "row": [each.pk for each in campaigns], "do": "stop", "due_on": str(on or day(0)),
        "next": PAGE, "client_ref": str(uuid.uuid4()), **body,
    }  # fmt: skip
    assert browser.post(DO, whole).status_code == 303
    return str(browser.get(PAGE).content.decode())


def ends() -> dict[str, date | None]:
    return dict(Campaign.objects.values_list("reference", "ended_on"))


def test_campaigns_are_ticked_looked_at_stopped_once_and_given_back(
    four: dict[str, Campaign], login: Login, manager: User
) -> None:
    browser, before = login(manager), ends()
    page = browser.get(PAGE)
    ids = {row["label"]: row["id"] for row in page.context["split_rows"]}
    assert ids == {key.title(): four[key].pk for key in ("FAIR", "LETTERS", "OLD")}
    assert "Stop campaigns" in page.content.decode()
    chosen = [four["FAIR"], four["LETTERS"], four["OLD"]]
    words = {"split": "campaign", "row": [each.pk for each in chosen], "do": "stop"}
    look = browser.get(LOOK, words)
    shown = look.content.decode()
    told = [(o.campaign.name, o.lately_cents, o.ahead_cents) for o in look.context["campaigns"]]
    assert told == [("Fair", 300_00, 70_00), ("Letters", 0, 0)]
    assert "Stop 2 campaigns" in shown and "1 row is left out" in shown
    assert (
        "₴3,300" in shown
    )  # 1,000 + 300 of the fair, 1,000 of each other: one lead each, not worked
    assert ends() == before and not Act.everything.exists()
    ref = str(uuid.uuid4())
    for _ in range(2):
        assert "2 campaigns stopped" in posted(browser, *chosen, client_ref=ref)
    assert ends() == before | {"FAIR": day(0), "LETTERS": day(0)}
    act = Act.everything.get()
    assert (act.kind, act.deed, act.subject_type, act.due_on) == (
        "stop",
        "stop",
        "campaign",
        day(0),
    )
    assert set(act.items.filter(treated=True).values_list("subject_id", flat=True)) == {
        four["FAIR"].pk,
        four["LETTERS"].pk,
    }
    entries = AuditEntry.objects.filter(action="update", subject_type="campaign", actor=manager)
    assert entries.count() == 2
    browser.post(f"{BACK}?act={act.pk}")
    assert ends() == before
    assert entries.count() == 4


def test_what_somebody_changed_since_is_not_given_back(
    four: dict[str, Campaign], login: Login, manager: User
) -> None:
    browser = login(manager)
    posted(browser, four["FAIR"], four["LETTERS"])
    Campaign.objects.filter(reference="FAIR").update(ended_on=day(-3))
    browser.post(f"{BACK}?act={Act.everything.get().pk}")
    assert (ends()["FAIR"], ends()["LETTERS"]) == (day(-3), None)


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        ("", "Choose the last day. Nothing was done."),
        ("2020-01-01", "This day has passed. Choose today or later."),
    ],
)
def test_a_day_that_cannot_be_stops_nothing(
    on: str, sentence: str, four: dict[str, Campaign], login: Login, manager: User
) -> None:
    before = ends()
    assert sentence in posted(login(manager), four["FAIR"], due_on=on)
    assert ends() == before and not Act.everything.exists()


def test_an_earlier_planned_end_stays(
    four: dict[str, Campaign], login: Login, manager: User
) -> None:
    told = posted(login(manager), four["FAIR"], four["LETTERS"], on=day(-40))
    assert "1 campaign stopped" in told
    assert (ends()["FAIR"], ends()["LETTERS"]) == (day(-30), day(-40))


def test_reps_stop_nothing_and_managers_nothing_out_of_their_sight(
    four: dict[str, Campaign], login: Login, manager: User, rep: User
) -> None:
    before, browser = ends(), login(rep)
    assert "Stop campaigns" not in browser.get(PAGE).content.decode()
    words = {"split": "campaign", "row": four["FAIR"].pk, "do": "stop"}
    assert browser.get(LOOK, words).status_code == 303
    posted(browser, four["FAIR"])
    told = posted(login(manager), four["FAIR"], four["RADIO"])
    assert "1 of 2 not found. Nothing was done." in told
    assert ends() == before and not Act.everything.exists()


def test_a_campaign_with_a_planned_end_can_be_stopped_from_its_rows(
    four: dict[str, Campaign], login: Login, manager: User, rep: User
) -> None:
    def links(browser: Client, key: str) -> dict[str, str]:
        page = browser.get(PAGE, {"list": "loss", "campaign": key})
        return {str(link.label): link.url for link in page.context["links"]}

    browser = login(manager)
    look = browser.get(links(browser, "FAIR")["Stop the campaign"]).content.decode()
    assert "Stop 1 campaign" in look and f'name="row" value="{four["FAIR"].pk}"' in look
    assert "Stop the campaign" not in links(browser, "OLD")
    assert "Stop the campaign" not in links(login(rep), "FAIR")


def test_campaigns_that_brought_no_lead_are_stopped_from_their_list(
    four: dict[str, Campaign], login: Login, director: User
) -> None:
    lonely = Campaign.objects.create(name="Lonely", reference="LONELY")
    cost(lonely, 50, 10)
    screen = screen_of("marketing")
    assert screen is not None
    take_all([screen])
    browser = login(director)
    body = {"row": [lonely.pk], "do": "stop", "due_on": str(day(0)), "next": PAGE}
    browser.post(f"{PAGE}plan/?list=without_leads", body)
    assert ends()["LONELY"] == day(0)
    assert ends()["LETTERS"] is None


def test_the_next_run_says_what_they_cost_since_against_the_rest(
    four: dict[str, Campaign], login: Login, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By hand, ten days later: the fair cost 300 five days before and 40 three days after, letters 25 after."""
    browser = login(manager)
    posted(browser, four["FAIR"])
    assert "the next night says" in browser.get(PAGE).content.decode()
    today = day(0)
    cost(four["FAIR"], -3, 40)
    cost(four["LETTERS"], -4, 25)
    cost(four["LETTERS"], -11, 99)  # after what is told
    CampaignCost.objects.update(recorded_on=today - timedelta(days=100))
    CampaignCost.objects.filter(on=today + timedelta(days=10)).delete()
    later = timezone.now() + timedelta(days=11)
    monkeypatch.setattr(timezone, "now", lambda: later)
    follow_acts(today)
    assert "goes on to" in login(manager).get(PAGE).content.decode()
    follow_acts(today + timedelta(days=10))
    act = Act.everything.get()
    assert act.treated == {"n": 1, "won": 0, "cents": 40_00, "done": 1, "before": 300_00}
    assert act.rest == {"n": 1, "won": 0, "cents": 25_00, "before": 0}
    page = login(manager).get(PAGE).content.decode()
    assert "₴40, in as many days up to it: ₴300" in page
    assert reverse("marketing") == PAGE
