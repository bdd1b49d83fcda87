"""Ruling 12: whatever is changed after a day, the report of that day comes out the same when it is taken again.

One small company, frozen on Saturday 31 October 2026 by the call of the night; a day later somebody changes a fact
through the door that people use. Today's report must differ, or the change could not have been noticed at all.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from crm.lib.periods import Period
from customers.merging import merge, unmerge
from customers.models import Customer, Merge, Survey
from customers.ownership import assign
from reports.models import Snapshot
from reports.report import Run, all_reports, report_named
from reports.rules.parameters import values_for
from reports.snapshots.nights import Step, take
from reports.snapshots.taking import compute, is_current, publish
from sales.calls.logging_calls import CallEntry, log_call
from sales.leads.lead_ownership import assign_leads
from sales.models import Activity, Campaign, CampaignCost, Deal, Lead, LeadPast, LeadSource
from team.models import Holiday, Team, User, Wage
from tests.reports.conftest import World

pytestmark = pytest.mark.thorough

KYIV = ZoneInfo("Europe/Kyiv")
QUARTER = Period(date(2026, 10, 1), date(2026, 12, 31))
FROZEN, TODAY = date(2026, 10, 31), date(2026, 11, 1)
# a handful of records is enough for a rate, a value, a chance
FEW = {
    "min_rate_n": 1,
    "min_value_n": 1,
    "convert_days": 5,
    "touch_days": 5,
}
Rows = Counter[tuple[Any, ...]]


@pytest.fixture
def clock() -> Iterator[Callable[[date, int], None]]:
    with time_machine.travel(datetime(2026, 11, 1, 8, tzinfo=KYIV), tick=False) as travel:

        def go(on: date, hour: int) -> None:
            travel.move_to(datetime(on.year, on.month, on.day, hour, tzinfo=KYIV))

        yield go


@dataclass
class Company:
    """The company, and somebody signed in who may do everything."""

    chief: User
    folder: Path

    @property
    def client(self) -> Client:
        """Signed in just now: sessions end while the clock jumps."""
        browser = Client()
        browser.force_login(self.chief)
        return browser

    def post(self, url: str, **values: Any) -> None:
        answer = self.client.post(url, values)
        wrong = answer.context and "form" in answer.context and answer.context["form"].errors
        assert answer.status_code == 303, (url, answer.status_code, wrong)

    def edit(self, url: str, **values: Any) -> None:
        """The form as it is shown, with some fields filled in otherwise; None unticks a box."""
        form = self.client.get(url).context["form"]
        shown = {name: form[name].value() for name in form.fields}
        # who loads tables names no currency; the form wants one
        shown |= ({"currency": "UAH"} if "currency" in shown else {}) | values
        self.post(url, **{name: each for name, each in shown.items() if each not in (None, False)})

    def bring(self, target: str, lines: str, *words: str) -> str:
        """Import a file; the answer ends in the number of the import."""
        path, out = self.folder / f"{target}-in.csv", StringIO()
        path.write_text(lines, encoding="utf-8")
        call_command("import_file", target, str(path), *words, stdout=out)
        return out.getvalue().rstrip().rpartition(" ")[2]


@pytest.fixture
def company(world: World, clock: Callable[[date, int], None], tmp_path: Path) -> Company:
    _people(world)
    _customers(world)
    _leads(world)
    _deals(world)
    (tmp_path / "settings.json").write_text(
        json.dumps({"tz": "Europe/Kyiv", "holidays": ["2026-10-14"]}), encoding="utf-8"
    )
    clock(FROZEN, 17)
    world.load()
    chief = User.objects.create_user(
        "chief@example.com", "x", name="Chief", is_manager=True, is_admin=True, is_director=True
    )
    Team.objects.update(manager=chief)
    made = Company(chief, tmp_path)
    _of_the_day(made)
    clock(TODAY, 3)
    return made


def _people(world: World) -> None:
    world.rep("ann", team="North", hire="2025-01-01", wage=42000)
    world.rep("bob", team="South", hire="2025-01-01", wage=21000)
    world.rep("new", team="South", hire="2026-07-15", wage=21000)
    for day in ("2026-10-05", "2026-10-06"):
        world.add("absences", rep_id="bob", date=day)
    for day in (7, 8, 9, 12):
        world.touch("ann", f"2026-10-{day:02}T21:30:00Z", kind="meeting", minutes=45)


def _customers(world: World) -> None:
    world.customer("test", is_test=1)
    for name in ("gone", "test", "here", "twin"):
        world.order(name, "2025-10-15", 500, cost=300, product="tea")
        world.owned(name, "ann", "2025-01-01")
    for name in ("here", "twin"):
        for month in range(2, 10):
            world.order(name, f"2026-{month:02}-10", 100, cost=70, product="tea")
        world.order(name, "2026-10-20", 90, cost=100, product="tea")
        world.survey(name, "2026-10-08", 9 if name == "here" else 2)
    world.contract("twin", "2026-01-01")


def _leads(world: World) -> None:
    world.cost("fair", "2026-10-02", 900)
    world.add("campaigns", campaign_id="radio", name="radio", channel="air")
    for day in range(5, 15):
        won = {"converted_on": f"2026-10-{day:02}", "customer_id": "here"} if day < 7 else {}
        lead = world.lead(
            f"2026-10-{day:02}T08:00:00Z", "ann", source="web", campaign_id="fair", **won
        )
        if day < 10:
            world.touch("ann", f"2026-10-{day:02}T09:00:00Z", lead_id=lead, minutes=5)
    world.lead("2026-10-15T08:00:00Z", "ann", source="fair", closed_on="2026-10-16",
        closed_reason="junk")  # fmt: skip


def _deals(world: World) -> None:
    opened = ("2026-09-01", "offer", 1000)
    world.deal("ann", "2026-09-01", opened, closes="2026-11-20", customer_id="here")
    world.deal("ann", "2026-09-01", opened, ("2026-10-09", "lost", 1000), customer_id="here",
        why="price")  # fmt: skip
    world.deal("bob", "2026-09-01", opened, ("2026-10-12", "won", 1000), customer_id="here")


def _of_the_day(company: Company) -> None:
    """What is done on screens on the last day, and can be taken back on the next."""
    lead = Lead.everything.order_by("reference")[8]
    when = datetime(2026, 10, 31, 16, tzinfo=KYIV)
    entry = CallEntry(
        direction="out", start_at=when, lead=lead, minutes=5, outcome=None, note="called"
    )
    log_call(entry, by=company.chief)


@dataclass(frozen=True)
class Told:
    """All that a snapshot tells, read apart from what compares two of them."""

    headline: Any
    whole: Any
    rows: Rows

    @property
    def without_segments(self) -> "Told":
        """Of customers these are told as of today (loss-reports R2)."""
        rows: Rows = Counter()
        for (*row, facets), count in self.rows.items():
            kept = {k: v for k, v in json.loads(facets).items() if k not in ("segment", "region")}
            rows[*row, json.dumps(kept, sort_keys=True)] += count
        return Told(self.headline, self.whole, rows)


COLUMNS = (
    "measure", "line_key", "subject_type", "subject_id", "owner_id", "team_id", "occurred_on", "cents",
    "low_cents", "high_cents", "in_base", "base_cents",
)  # fmt: skip


def told(snapshot: Snapshot) -> Told:
    report = report_named(snapshot.slug)
    rows = snapshot.evidence.exclude(measure__in=report.live_measures)
    found = Counter(
        (*row, json.dumps(facets, sort_keys=True))
        for *row, facets in rows.values_list(*COLUMNS, "facets")
    )
    return Told(snapshot.headline, snapshot.whole, found)


def run_of(slug: str, as_of: date, **values: Any) -> Run:
    report = report_named(slug)
    given = {name: v for name, v in (FEW | values).items() if name in report.parameter_names}
    return Run(report.period_for(QUARTER, as_of), as_of, values_for(report.parameter_names, given))


def freeze(slug: str, as_of: date, **values: Any) -> Snapshot:
    """As a night does."""
    return take(Step(report_named(slug), run_of(slug, as_of, **values), Snapshot.Kind.MONTH_END))


def again(slug: str, as_of: date, **values: Any) -> tuple[Told, Snapshot]:
    """Computed anew, though nothing asks for it: what comes out, and what is kept of it."""
    made = compute(report_named(slug), run_of(slug, as_of, **values), kind=Snapshot.Kind.MONTH_END)
    return told(made), publish(made)


@dataclass(frozen=True)
class Edit:
    """A kind of fact and how it is changed; `slug` is a report that reads it."""

    name: str
    slug: str
    act: Callable[[Company], Any]
    values: dict[str, Any]

    def __str__(self) -> str:
        return self.name


EDITS: list[Edit] = []


def edit(slug: str, **values: Any) -> Callable[[Callable[[Company], Any]], None]:
    def known(act: Callable[[Company], Any]) -> None:
        EDITS.append(Edit(act.__name__, slug, act, values))

    return known


def lead(place: int = 7) -> Lead:
    found: Lead = Lead.everything.order_by("reference")[place]
    return found


def deal(place: int) -> Deal:
    found: Deal = Deal.everything.order_by("reference")[place]
    return found


def customer(name: str) -> Customer:
    found: Customer = Customer.everything.get(reference=name)
    return found


def person(name: str) -> User:
    return User.objects.get(reference=name)


@edit("leakage")
def the_source_of_a_lead(company: Company) -> None:
    company.edit(f"/leads/{lead().pk}/edit/", source=LeadSource.objects.get(key="phone").pk)


@edit("marketing")
def the_campaign_of_a_lead(company: Company) -> None:
    radio = Campaign.objects.get(reference="radio")
    company.edit(f"/leads/{lead().pk}/edit/", campaign=radio.pk)


@edit("marketing")
def the_region_of_a_lead(company: Company) -> None:
    company.edit(f"/leads/{lead().pk}/edit/", region="Lviv")


@edit("leakage")
def the_source_of_a_lead_by_a_file(company: Company) -> None:
    lines = f"id,name,source\n{lead().reference},{lead().name},phone\n"
    company.bring("leads", lines, "--existing", "replace")


@edit("leakage")
def the_owner_of_a_lead(company: Company) -> None:
    assign_leads([lead().pk], person("bob"), on=date(2026, 10, 10), by=company.chief)


@edit("leakage")
def the_end_of_a_lead(company: Company) -> None:
    company.post(f"/leads/{lead().pk}/close/", reason="junk")


@edit("leakage")
def the_end_of_a_lead_taken_back(company: Company) -> None:
    company.post(f"/leads/{lead(10).pk}/reopen/", because="They called again")


@edit("leakage")
def a_lead_that_comes_by_a_file(company: Company) -> None:
    company.bring("leads", "id,name,source,arrived\nX,X,web,2026-10-09 10:00\n")


@edit("speed")
def a_touch_noted_later(company: Company) -> None:
    when = datetime(2026, 10, 13, 18, tzinfo=KYIV)
    entry = CallEntry(direction="out", start_at=when, lead=lead(), minutes=5, outcome=None, note="")
    log_call(entry, by=company.chief)


@edit("speed")
def a_touch_taken_back(company: Company) -> None:
    call = Activity.everything.get(note="called")
    company.post(f"/calls/{call.pk}/undo/")


@edit("marketing")
def a_cost_added(company: Company) -> None:
    fair = Campaign.objects.get(reference="fair")
    company.post(
        f"/campaigns/{fair.pk}/costs/",
        client_ref="6f6a1e7c-3d5b-4f0e-9a57-0f5c6f0f7a11",
        on="2026-10-03",
        amount="50",
        currency="UAH",
        fx_rate="",
    )


@edit("marketing")
def a_cost_deleted(company: Company) -> None:
    cost = CampaignCost.objects.get(on=date(2026, 10, 2))
    company.post(f"/campaigns/{cost.campaign_id}/costs/{cost.pk}/delete/")


@edit("marketing")
def the_channel_of_a_campaign(company: Company) -> None:
    fair = Campaign.objects.get(reference="fair")
    company.edit(f"/campaigns/{fair.pk}/edit/", channel="street")


@edit("forecast")
def the_amount_of_a_deal(company: Company) -> None:
    company.edit(f"/deals/{deal(0).pk}/edit/", amount="3000")


@edit("forecast")
def the_owner_of_a_deal(company: Company) -> None:
    company.edit(f"/deals/{deal(0).pk}/edit/", owner=person("bob").pk)


@edit("win_loss")
def the_customer_of_a_deal(company: Company) -> None:
    company.edit(f"/deals/{deal(1).pk}/edit/", customer=customer("twin").pk)


@edit("forecast")
def the_stage_of_a_deal(company: Company) -> None:
    company.post(f"/deals/{deal(0).pk}/move/", stage="negotiation")


@edit("win_loss")
def a_lost_deal_opened_again(company: Company) -> None:
    company.post(f"/deals/{deal(1).pk}/move/", stage="offer")


@edit("churn")
def a_customer_marked_as_a_test(company: Company) -> None:
    company.edit(f"/customers/{customer('gone').pk}/edit/", is_test="on")


@edit("abc")
def a_test_that_is_a_customer_after_all(company: Company) -> None:
    company.edit(f"/customers/{customer('test').pk}/edit/", is_test=None)


@edit("churn")
def the_owner_of_a_customer(company: Company) -> None:
    assign([customer("gone").pk], person("bob"), on=date(2025, 6, 1), by=company.chief)


@edit("abc")
def two_customers_made_one(company: Company) -> None:
    merge(customer("twin"), customer("here"), on=date(2026, 10, 1), by=company.chief)


@edit("churn")
def a_contract_of_past_months(company: Company) -> None:
    company.post(
        f"/customers/{customer('gone').pk}/contracts/new/",
        client_ref="0b6f2c1e-3f0f-4a7e-8a55-6f3b0b9c7d21",
        start_on="2025-12-01",
        end_on="2027-01-31",
    )


@edit("nps")
def an_answer_noted_later(company: Company) -> None:
    company.post(
        f"/customers/{customer('here').pk}/answers/new/",
        client_ref="0b6f2c1e-3f0f-4a7e-8a55-6f3b0b9c7d22",
        kind="nps",
        score="0",
        answered_on="2026-10-09",
    )


@edit("nps")
def an_answer_deleted(company: Company) -> None:
    answer = Survey.everything.get(customer=customer("twin"))
    company.post(f"/answers/{answer.pk}/delete/")


@edit("bridge")
def an_order_by_a_file(company: Company) -> None:
    company.bring("revenue", "customer,on,amount\ngone,2026-10-05,700\n")


@edit("margin")
def an_order_of_a_deal_won_on_a_past_day(company: Company) -> None:
    company.edit("/settings/", name="Firm", orders_imported=None)
    company.post(f"/deals/{deal(0).pk}/move/", stage="won", amount="1",
        on="2026-10-30")  # fmt: skip


@edit("time")
def the_working_days(company: Company) -> None:
    company.edit("/settings/", name="Firm", workdays=["0", "1", "2", "3", "4", "5"])


@edit("leakage", sla_clock="working", sla_hours=8)
def the_working_hours(company: Company) -> None:
    company.edit("/settings/", name="Firm", work_start="06:00", work_end="07:00")


@edit("time")
def the_time_zone(company: Company) -> None:
    company.edit("/settings/", name="Firm", time_zone="America/New_York")


@edit("time")
def a_holiday_added(company: Company) -> None:
    company.post("/settings/holidays/new/", on="2026-10-20", name="Feast")


@edit("time")
def a_holiday_removed(company: Company) -> None:
    company.post(f"/settings/holidays/{Holiday.objects.get(on=date(2026, 10, 14)).pk}/remove/")


@edit("time")
def an_absence_added(company: Company) -> None:
    url = f"/people/{person('ann').pk}/absences/new/"
    company.post(url, from_on="2026-10-19", to_on="2026-10-21")


@edit("time")
def an_absence_removed(company: Company) -> None:
    url = f"/people/{person('bob').pk}/absences/remove/"
    company.post(url, from_on="2026-10-05", to_on="2026-10-06")


@edit("time")
def a_wage_of_past_months(company: Company) -> None:
    url = f"/people/{person('ann').pk}/wages/new/"
    company.post(url, from_on="2026-10-01", monthly_wage="90000", monthly_expenses="0")


@edit("time")
def a_wage_removed(company: Company) -> None:
    wage = Wage.objects.get(user=person("bob"))
    company.post(f"/people/{person('bob').pk}/wages/{wage.pk}/remove/")


@edit("departures")
def a_last_day_that_has_passed(company: Company) -> None:
    company.post(f"/people/{person('ann').pk}/leave/", last_day="2026-10-05", reason="", now="on")


@edit("time")
def a_team_of_past_months(company: Company) -> None:
    south = Team.objects.get(name="South")
    company.post(f"/people/{person('ann').pk}/team/", team=south.pk, on="2026-10-12")


@pytest.mark.parametrize("edited", EDITS, ids=str)
def test_a_fact_changed_later_leaves_the_frozen_report(
    company: Company, clock: Callable[[date, int], None], edited: Edit
) -> None:
    first = freeze(edited.slug, FROZEN, **edited.values)
    was = told(first)
    clock(TODAY, 15)
    before = told(freeze(edited.slug, TODAY, **edited.values))
    edited.act(company)
    now, kept = again(edited.slug, FROZEN, **edited.values)
    assert now == was
    assert (kept.pk, kept.revision) == (first.pk, 1)
    assert again(edited.slug, TODAY, **edited.values)[0] != before


def test_all_of_them_leave_every_frozen_report(
    company: Company, clock: Callable[[date, int], None]
) -> None:
    frozen = {report.slug: freeze(report.slug, FROZEN) for report in all_reports()}
    was = {slug: told(snapshot) for slug, snapshot in frozen.items()}
    clock(TODAY, 15)
    # what another of them has changed already
    apart = ("the_stage_of_a_deal", "an_order_of_a_deal_won_on_a_past_day")
    for edited in EDITS:
        if edited.name not in apart:
            edited.act(company)
    for slug, snapshot in frozen.items():
        now, kept = again(slug, FROZEN)
        assert now == was[slug], slug
        assert kept.pk == snapshot.pk, slug


@pytest.mark.parametrize("slug", ["churn", "abc", "bridge", "win_loss"])
def test_segment_and_region_are_told_as_of_today(
    company: Company, clock: Callable[[date, int], None], slug: str
) -> None:
    """Dimensions alone (loss-reports R2): no figure and no row but for these words."""
    was = told(freeze(slug, FROZEN))
    clock(TODAY, 15)
    for name in ("gone", "here"):
        url = f"/customers/{customer(name).pk}/edit/"
        company.edit(url, segment="shops", region="Lviv")
    now, _kept = again(slug, FROZEN)
    assert now != was
    assert now.without_segments == was.without_segments


def test_two_customers_apart_again(company: Company, clock: Callable[[date, int], None]) -> None:
    merge(customer("twin"), customer("here"), on=date(2026, 10, 1), by=company.chief)
    clock(TODAY, 3)
    was = told(freeze("abc", TODAY))
    clock(date(2026, 11, 5), 9)
    unmerge(customer("twin"), by=company.chief)
    assert Merge.everything.get().deleted_on == date(2026, 11, 5)
    assert again("abc", TODAY)[0] == was
    assert again("abc", date(2026, 11, 5))[0] != was


def test_an_import_that_filled_taken_back(
    company: Company, clock: Callable[[date, int], None]
) -> None:
    """Frozen before it, between it and its end, and after: three answers, each for ever."""
    before = told(freeze("leakage", FROZEN))
    clock(TODAY, 15)
    lines = f"id,name,source,campaign\n{lead().reference},{lead().name},phone,radio\n"
    number = company.bring("leads", lines, "--existing", "replace")
    between = told(freeze("leakage", TODAY))
    clock(date(2026, 11, 3), 9)
    call_command("import_file", "--undo", number, stdout=StringIO())
    assert lead().source == LeadSource.objects.get(key="web")
    assert again("leakage", FROZEN)[0] == before
    assert again("leakage", TODAY)[0] == between
    after = told(freeze("leakage", date(2026, 11, 3)))
    assert after.headline == before.headline != between.headline


def test_an_import_taken_back_on_its_day_leaves_no_past(
    company: Company, clock: Callable[[date, int], None]
) -> None:
    clock(TODAY, 15)
    lines = f"id,name,source\n{lead().reference},{lead().name},phone\n"
    number = company.bring("leads", lines, "--existing", "replace")
    assert LeadPast.everything.count() == 1
    call_command("import_file", "--undo", number, stdout=StringIO())
    assert not LeadPast.everything.exists()


def test_only_what_the_day_should_have_known_is_restated(
    company: Company, clock: Callable[[date, int], None]
) -> None:
    """An edit says nothing of an earlier day, so that no night takes it again; history brought in does."""
    frozen = freeze("leakage", FROZEN)
    clock(TODAY, 15)
    the_edits = (e.act for e in EDITS if e.name in ("the_source_of_a_lead", "the_working_hours"))
    for act in the_edits:
        act(company)
    clock(date(2026, 11, 2), 3)
    assert is_current(frozen) and freeze("leakage", FROZEN).pk == frozen.pk
    lines = "id,name,source,arrived\nX,X,web,2026-10-09 10:00\n"
    company.bring("leads", lines, "--recorded", "on-its-day")
    assert not is_current(frozen)
    restated = freeze("leakage", FROZEN)
    assert (restated.revision, restated.headline["leads"]) == (2, frozen.headline["leads"] + 1)
