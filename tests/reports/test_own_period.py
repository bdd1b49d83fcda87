"""A period of one's own: asked for once, waited for, shown, and gone like others; odd ones are told why."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm.lib.periods import Period
from customers.purchases import refresh_purchases
from reports.definitions.churn import CHURN as REPORT
from reports.models import Evidence, Snapshot
from reports.reading.shelf import AT_MOST
from reports.showing import run_for
from reports.snapshots.taking import prune, take_snapshot
from team.jobs.running import run
from team.models import AuditEntry, Job, User, Wage
from tests.kept import kept
from tests.reports.conftest import printed
from tests.reports.pages import CHURN, buys, churn_page, day, exported, night

pytestmark = pytest.mark.thorough

Login = Callable[[User], Client]
ASK = "/losses/period/"
HOURS = "/losses/paid-hours/"


def asked(browser: Client, first: Any, last: Any, **more: str) -> str:
    """Post from and to as the page's form does; where that leads to."""
    body = {"from": str(first), "to": str(last), "report": "churn", "next": CHURN, **more}
    answer = browser.post(ASK, body)
    assert answer.status_code == 303
    return str(answer["Location"])


def period_of(address: str) -> dict[str, str]:
    return {"period": address.split("period=")[1]}


def jobs() -> "list[Job]":
    return list(Job.everything.filter(kind="reports.snapshot").order_by("pk"))


def run_all() -> None:
    for job in jobs():
        if job.is_live:
            run(job.pk)


@pytest.fixture
@kept
def company(rep: User, sub_rep: User, other_rep: User) -> None:
    """Everybody's were lost 109 days ago, on the 91st day after their last order."""
    buys("lost", "Rita lost", rep, 100_00)
    buys("lost", "Sasha lost", sub_rep, 30_00)
    buys("lost", "Otto lost", other_rep, 3_00)
    buys("silent", "Rita silent", rep, 50_00)
    refresh_purchases(None)


def test_it_is_asked_for_waited_for_and_shown(company: None, login: Login, manager: User) -> None:
    browser = login(manager)
    address = asked(browser, day(119), day(100))
    waits = browser.get(address).content.decode()
    assert "is being computed" in waits and "₴" not in waits
    poll = re.search(r'hx-get="(/losses/job/[^"]*)"', waits)
    assert poll
    part = browser.get(poll.group(1).replace("&amp;", "&"))
    assert "updating…" in part.content.decode() and "HX-Refresh" not in part.headers
    run_all()
    over = browser.get(poll.group(1).replace("&amp;", "&"))
    assert (over.status_code, over["HX-Refresh"]) == (204, "true")
    page = browser.get(address)
    snapshot = page.context["snapshot"]
    assert (snapshot.from_on, snapshot.to_on) == (day(119), day(100))
    assert snapshot.as_of == day(100)
    assert page.context["figures"].headline["loss_cents"] == 7 * 130_00
    assert not page.context["freshness"].is_late
    assert page.context["figures"].before["loss_cents"] == 0


def test_list_file_and_command_say_the_same(
    company: None, login: Login, manager: User, admin: User
) -> None:
    asked(login(admin), day(119), day(100))
    run_all()
    key = f"{day(119)}..{day(100)}"
    page = churn_page(login(manager), list="loss", period=key)
    assert sorted(page.names) == ["Rita lost", "Sasha lost"]
    assert page.cents == page.figures["loss_cents"] == 7 * 130_00
    rows = exported(login(manager), list="loss", period=key)
    assert sum(Decimal(row[3]) for row in rows) * 100 == page.cents
    entry = AuditEntry.objects.filter(action="export").latest("pk")
    assert entry.detail.after["filter"]["period"] == key
    command = printed("churn", "--from", str(day(119)), "--to", str(day(100)))
    whole = churn_page(login(admin), list="loss", period=key).figures["loss_cents"]
    assert Decimal(str(command["loss"])) * 100 == whole == 7 * 133_00


def test_asked_twice_is_one_job_whoever_asks(
    company: None, login: Login, manager: User, director: User
) -> None:
    for person in (manager, manager, director):
        asked(login(person), day(119), day(100))
    assert len(jobs()) == 1
    run_all()
    asked(login(director), day(119), day(100))
    asked(login(manager), day(119), day(100))
    assert len(jobs()) == 1
    assert Snapshot.objects.filter(from_on=day(119), to_on=day(100)).count() == 1


def test_what_came_since_is_computed_when_asked_again(
    company: None, login: Login, manager: User, rep: User
) -> None:
    asked(login(manager), day(119), day(100))
    run_all()
    buys("lost", "Rita late", rep, 1_00)
    refresh_purchases(None)
    asked(login(manager), day(119), day(100))
    assert len(jobs()) == 2
    run_all()
    page = churn_page(login(manager), period=f"{day(119)}..{day(100)}")
    assert page.figures["loss_cents"] == 7 * 131_00


def test_everybody_reads_their_own_part_of_it(
    company: None, login: Login, rep: User, other_manager: User
) -> None:
    asked(login(rep), day(119), day(100))
    run_all()
    key = f"{day(119)}..{day(100)}"
    assert churn_page(login(rep), list="loss", period=key).names == ["Rita lost"]
    assert churn_page(login(other_manager), list="loss", period=key).names == ["Otto lost"]


def test_two_at_once_are_enough_for_one_person(company: None, login: Login, rep: User) -> None:
    browser = login(rep)
    for ago in (50, 51, 52):
        address = asked(browser, day(ago), day(40))
    assert len(jobs()) == 2
    told = browser.get(address).content.decode()
    assert "Two of your computations are under way already." in told
    assert "is not computed yet" in told


def test_sixty_periods_a_day_are_enough_for_one_person(
    company: None, login: Login, rep: User, other_rep: User
) -> None:
    """Neither another page nor "compute again" goes beyond; what was asked for may be again, tomorrow more."""
    asked(login(rep), day(300), day(200))
    run_all()
    first = jobs()[0]
    for ago in range(59):
        args = {**first.args, "from_on": str(day(100 + ago)), "to_on": str(day(90))}
        Job.everything.create(
            kind=first.kind,
            args=args,
            request_hash=f"r{ago}",
            requested_by=rep,
            state=Job.State.DONE,
            finished_at=timezone.now(),
        )
    browser = login(rep)
    address = asked(browser, day(301), day(200))
    assert len(jobs()) == 60
    told = browser.get(address).content.decode()
    assert "You have asked for 60 periods of your own within a day. Ask again tomorrow." in told
    again = {"period": f"{day(301)}..{day(200)}", "report": "bridge", "next": CHURN}
    browser.post("/losses/compute/", again)
    assert len(jobs()) == 60
    # the same period, the standard ones, and those of somebody else
    browser.post("/losses/compute/", {**again, "period": f"{day(300)}..{day(200)}"})
    browser.post("/losses/compute/", {"period": "year", "report": "churn", "next": CHURN})
    asked(login(other_rep), day(301), day(200))
    assert len(jobs()) == 63
    run_all()
    Job.everything.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    asked(login(rep), day(302), day(200))
    assert len(jobs()) == 64


def test_no_page_that_is_not_theirs_is_asked_for_by_anybody(login: Login, rep: User) -> None:
    for body in ({"from": day(9), "to": day(2)}, {"period": "year"}):
        path = ASK if "from" in body else "/losses/compute/"
        answer = login(rep).post(path, {**body, "report": "rfm"})
        assert answer.status_code == 403
    assert not jobs()


ODD = [
    ("", "2026-03-01", "Write the first and the last day of the period."),
    ("2026-02-30", "2026-03-01", "“2026-02-30”:"),
    ("many", "2026-03-01", "“many”:"),
    ("2026-03-02", "2026-03-01", "The last day, 1 Mar 2026, lies before the first, 2 Mar 2026."),
    ("2099-01-01", "2099-02-01", "No day of this period is over yet."),
    ("2020-01-01", "2026-01-01", "At most 3 years at a time."),
    ("0001-01-01", "0001-02-01", "“0001-01-01”:"),
    ("a\0..b", "..", "“a.b”:"),
    ("9" * 500, "x", "“999"),
]


@pytest.mark.parametrize(("first", "last", "sentence"), ODD)
def test_an_odd_period_is_told_at_its_form_and_asks_for_nothing(
    first: str, last: str, sentence: str, company: None, login: Login, rep: User
) -> None:
    night()
    browser = login(rep)
    before = len(jobs())
    page = browser.get(asked(browser, first, last))
    told = page.content.decode().replace("\xa0", " ")
    assert page.status_code == 200 and sentence in told
    assert page.context["filters"].choice.key == "12-months"
    assert len(jobs()) == before
    assert not Snapshot.objects.filter(kind="on-demand").exists()


def test_an_address_of_three_years_is_shown_and_one_day_more_is_not(login: Login, rep: User) -> None:  # fmt: skip
    browser = login(rep)
    whole = browser.get(CHURN, {"period": "2023-01-01..2025-12-31"})
    assert whole.context["filters"].choice.is_own
    more = browser.get(CHURN, {"period": "2023-01-01..2026-01-01"})
    assert not more.context["filters"].choice.is_own


def test_looking_asks_for_nothing(login: Login, rep: User) -> None:
    told = login(rep).get(CHURN, {"period": "2026-03-01..2026-03-31"}).content.decode()
    assert "is not computed yet" in told and not jobs()


def test_the_rest_of_the_address_stays(login: Login, manager: User, north_sub: Any) -> None:
    here = f"{CHURN}?team={north_sub.pk}&list=loss&month=2026-01&after=x&period=year"
    to = asked(login(manager), "2026-03-01", "2026-03-31", next=here)
    assert to == f"{CHURN}?team={north_sub.pk}&list=loss&period=2026-03-01..2026-03-31"
    foreign = asked(login(manager), "2026-03-01", "2026-03-31", next="https://evil.example/?a=b")
    assert foreign == f"{CHURN}?period=2026-03-01..2026-03-31"


def test_a_failed_job_says_so_and_can_be_asked_again(
    company: None, login: Login, rep: User
) -> None:
    """What a program wrote is for who keeps background work: others are told whom to ask, with its number."""
    browser = login(rep)
    address = asked(browser, day(119), day(100))
    Job.everything.update(state="failed", error="The disk is full.", finished_at=timezone.now())
    told = browser.get(address).content.decode()
    assert "could not be computed. Your records are safe." in told
    assert "The disk is full." not in told
    assert (
        f"An administrator finds the reason under Background work, number {jobs()[0].pk}." in told
    )
    asked(browser, day(119), day(100))
    assert [job.state for job in jobs()] == ["failed", "queued"]


def test_a_part_of_it_to_compare_with_is_not_it(company: None, login: Login, manager: User) -> None:
    """The night takes last year as it was known on this day of it: no answer to who asks for the whole year."""
    yesterday = day(1)
    start, end = date(yesterday.year - 1, 1, 1), date(yesterday.year - 1, 12, 31)
    known_on = min(yesterday.replace(year=yesterday.year - 1), end - timedelta(days=1))
    taken = take_snapshot(REPORT, run_for(REPORT, Period(start, end), known_on))
    browser = login(manager)
    address = f"{CHURN}?period={start}..{end}"
    assert "snapshot" not in browser.get(address).context
    asked(browser, start, end)
    run_all()
    shown = browser.get(address).context["snapshot"]
    assert (shown.pk != taken.pk, shown.as_of) == (True, end)


def test_standard_pages_start_from_no_period_of_somebody(
    company: None, login: Login, rep: User
) -> None:
    """Neither as last month, nor as a comparison, nor because it is the newest."""
    night()
    browser = login(rep)
    periods = ("12-months", "month", "last-month")
    before = {one: churn_page(browser, period=one).answer.context["snapshot"].pk for one in periods}
    for first, last in ((day(40), day(1)), (day(70), day(41))):
        asked(browser, first, last)
        run_all()
    Snapshot.objects.filter(kind="on-demand").update(created_at=timezone.now() - timedelta(days=9))
    for one in periods:
        page = churn_page(browser, period=one)
        assert page.answer.context["snapshot"].pk == before[one]
        shelf = page.answer.context["figures"].shelf
        assert not [one for one in shelf.snapshots if one.from_on == day(70)]
    assert churn_page(browser, period=f"{day(70)}..{day(41)}").answer.context["snapshot"]


def test_many_of_them_crowd_out_no_month_of_anybody(
    company: None, login: Login, rep: User, director: User
) -> None:
    """Whatever a few people ask for in a week, the others' pages have their trend and their months."""
    night()
    browser, month = login(director), f"{day(45):%Y-%m}"
    words = {"period": month}
    before = [churn_page(browser, **one).figures for one in ({}, words)]
    like = Snapshot.objects.filter(slug="churn", kind="daily").latest("pk")
    Snapshot.objects.bulk_create(_asked_for(like, ago) for ago in range(AT_MOST + 50))
    own = f"{day(99)}..{like.as_of - timedelta(days=2)}"
    assert [churn_page(browser, **one).figures for one in ({}, words)] == before
    shown = churn_page(browser).answer.context["figures"]
    assert [one for one in shown.trend if one is not None]
    page = churn_page(browser, period=own)
    assert page.answer.context["snapshot"].from_on == day(99)


def _asked_for(like: Snapshot, ago: int) -> Snapshot:
    """A period of somebody's own that ended the day before yesterday's yesterday."""
    kept = ("slug", "formula_version", "values", "values_hash", "headline", "whole", "sums")
    return Snapshot(
        kind="on-demand",
        from_on=day(10 + ago),
        to_on=like.as_of - timedelta(days=2),
        as_of=like.as_of,
        is_complete=True,
        **{name: getattr(like, name) for name in kept},
    )


def test_what_somebody_asked_for_says_nothing_on_the_pages_of_others(
    company: None, login: Login, rep: User, manager: User
) -> None:
    """Neither that it is under way, nor that it failed; their own page says both, and how it goes on."""
    night()
    address = asked(login(rep), day(70), day(41))
    browser = login(manager)
    assert "updating" not in churn_page(browser).text
    for state in (Job.State.QUEUED, Job.State.FAILED):
        Job.everything.update(state=state, error="Full.", finished_at=timezone.now())
        for page in (CHURN, "/losses/"):
            text = browser.get(page).content.decode()
            assert "updating" not in text and "did not finish" not in text, (state, page)
    Job.everything.all().delete()
    asked(login(rep), day(70), day(41))
    run_all()
    login(rep).post("/losses/compute/", {"report": "churn", **period_of(address), "next": address})
    assert "updating" in churn_page(browser, **period_of(address)).text
    part = browser.get("/losses/job/", {"next": address}).content.decode()
    assert "updating" in part
    assert "updating" not in browser.get("/losses/job/", {"next": CHURN}).content.decode()


def test_it_goes_as_others_go(company: None, login: Login, rep: User) -> None:
    asked(login(rep), day(119), day(100))
    run_all()
    wanted = Snapshot.objects.filter(from_on=day(119))
    prune(day(0))
    assert wanted.exists()
    Snapshot.objects.update(created_at=timezone.now() - timedelta(days=36))
    prune(day(0))
    assert not wanted.exists() and not Evidence.objects.exists()


def test_sums_of_chosen_periods_tell_no_wages(
    login: Login, hire: Any, north: Any, manager: User, director: User
) -> None:
    """Six people earn: a manager reads one sum of the last twelve months, and none between two days of their choice."""
    for number in range(6):
        person = hire(f"Person {number}", team=north, is_rep=True)
        Wage.objects.create(
            user=person, from_on=day(700), recorded_on=day(700), monthly_wage=20_000
        )
    night("time")
    assert login(manager).get(HOURS).context["figures"].headline["loss_cents"]
    year_before = login(manager).get(HOURS).context["snapshot"]
    for first, last in ((day(119), day(100)), (year_before.from_on, year_before.to_on)):
        address = asked(login(director), first, last, report="time", next=HOURS)
        run_all()
        own = login(manager).get(address, {"list": "loss"} | period_of(address))
        assert own.context["figures"].headline["loss_cents"] is None
        assert all(row.evidence.cents is None for row in own.context["rows"])
        assert login(director).get(address).context["figures"].headline["loss_cents"] > 0


def test_the_losses_page_has_one_too(company: None, login: Login, director: User) -> None:
    browser = login(director)
    address = asked(browser, day(119), day(100), report="", next="/losses/")
    assert address.startswith("/losses/?")
    assert "is being computed" in browser.get(address).content.decode()
    assert {job.args["slug"] for job in jobs()} == {"ledger", "bridge"}
    run_all()
    page = browser.get(address)
    assert page.context["overview"].basis.losses[1].cents == 7 * 133_00
    link = next(row.url for row in page.context["rows"] if row.number == 1)
    assert browser.get(link).context["figures"].headline["loss_cents"] == 7 * 133_00


def test_a_job_of_an_unknown_kind_of_wait_is_over(login: Login, rep: User) -> None:
    for odd in ("\0", "9" * 30, "-1", "1", "x"):
        answer = login(rep).get("/losses/job/", {"wait": odd})
        assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
