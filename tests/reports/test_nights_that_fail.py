"""Nights and letters that go wrong: one report fails, figures grow old, the mail server is away."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from crm.lib.periods import Period
from reports.asking import arguments_of
from reports.calendar import choices
from reports.definitions.bridge import BRIDGE
from reports.definitions.churn import CHURN
from reports.definitions.ledger import LEDGER, LOSSES, snapshots_in
from reports.models import Sent, Snapshot
from reports.overview.mailing import ask_for_mails, send_losses, subscribe
from reports.reading.shelf import Shelf
from reports.report import report_named
from reports.showing import run_for
from reports.snapshots import nights
from reports.snapshots.taking import Superseded, take_snapshot
from team.jobs import ask
from team.jobs.registry import nightly_kinds
from team.jobs.running import run
from team.models import Company, Job, User
from tests.reports.conftest import World
from tests.reports.test_contract import fill

pytestmark = pytest.mark.thorough

YESTERDAY = date(2026, 1, 14)


@pytest.fixture(autouse=True)
def january(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime.fromisoformat("2026-01-15T08:00:00+00:00")
    monkeypatch.setattr(timezone, "now", lambda: moment)
    monkeypatch.setattr(nights, "FROZEN_MONTHS", 1)
    monkeypatch.setattr(nights, "COMING", 6)


def a_director() -> User:
    """Made after the tables are loaded: that is into an empty database."""
    return User.objects.create_user("dee@x.example", name="Dee", is_director=True)


def night(monkeypatch: pytest.MonkeyPatch, *reports: Any) -> Job:
    monkeypatch.setattr(nights, "all_reports", lambda: list(reports))
    job = ask("reports.nightly", {"day": f"{YESTERDAY}"}, by=None, key=f"{YESTERDAY}")
    run(job.pk)
    job.refresh_from_db()
    return job


def broken(*_told: Any) -> dict[str, Any]:
    raise ValueError("no room on the disk")


def test_a_report_that_fails_keeps_no_other_from_its_figures(
    world: World, monkeypatch: pytest.MonkeyPatch, login: Any
) -> None:
    """It keeps its last good figures, the page says since when and why, and no ledger mixes two runs."""
    fill(world, 12)
    year = choices(YESTERDAY - timedelta(days=1))[0].period
    take_snapshot(
        LEDGER, run_for(LEDGER, year, YESTERDAY - timedelta(days=1)), kind=Snapshot.Kind.DAILY
    )
    bad = replace(CHURN, fill=broken)
    job = night(monkeypatch, bad, *(one for n, one in LOSSES.items() if n > 1))
    assert job.tries == 1 and "no room on the disk (and" in job.error
    taken = Snapshot.objects.filter(as_of=YESTERDAY, is_complete=True)
    assert set(taken.values_list("slug", flat=True)) >= {
        one.slug for n, one in LOSSES.items() if n > 1
    }
    browser = login(a_director())
    answer = browser.get("/losses/", {"period": "12-months"})
    shown = answer.context["overview"]
    assert shown.snapshot.as_of == YESTERDAY - timedelta(days=1)
    assert {one.as_of for one in snapshots_in(shown.snapshot).values()} == {shown.snapshot.as_of}
    assert answer.context["freshness"].late == 1
    Job.everything.update(state="failed", finished_at=timezone.now())
    # what a program wrote is read by who keeps its work
    assert "no room on the disk" not in browser.get("/losses/").content.decode()
    admin = User.objects.create_user("keeper@example.com", name="Keeper", is_admin=True)
    assert "no room on the disk" in login(admin).get("/losses/").content.decode()


def test_what_another_job_computes_meanwhile_is_no_failure(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def superseded(*_told: Any) -> Snapshot:
        raise Superseded

    monkeypatch.setattr("reports.tasks.take", superseded)
    assert night(monkeypatch, CHURN).state == "done"


@pytest.mark.parametrize(
    ("choice", "start", "end"),
    [
        ("last-month", date(2025, 11, 1), date(2025, 11, 30)),
        ("month", date(2025, 12, 1), date(2025, 12, 31)),
        ("year", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_the_month_before_the_one_that_no_night_has_told_is_late_and_goes_by_its_own_days(
    choice: str, start: date, end: date, world: World, login: Any
) -> None:
    """In January no night has ended since December: nobody takes its figures for those of a month that began."""
    fill(world, 12)
    kind = Snapshot.Kind.MONTH_END if choice == "last-month" else Snapshot.Kind.DAILY
    period, as_of = Period(start, end), min(end, date(2025, 12, 30))
    take_snapshot(CHURN, run_for(CHURN, period, as_of), kind=kind)
    answer = login(a_director()).get("/losses/customers-leaving/", {"period": choice})
    assert answer.context["snapshot"].from_on == start
    assert answer.context["freshness"].late == (YESTERDAY - as_of).days
    told = re.search(r"m-only-print[^(]*\(([^)]*)\)", answer.content.decode())
    assert told is not None
    assert re.findall('datetime="([^"]+)"', told[1]) == [f"{start}", f"{end}"]


def ledger_of(world: World, behind: int) -> None:
    """The losses of a year as they stood so many days before yesterday; what was loaded waits for nothing."""
    fill(world, 12)
    Job.everything.all().delete()
    day = YESTERDAY - timedelta(days=behind)
    asked = run_for(LEDGER, choices(day)[0].period, day)
    take_snapshot(LEDGER, asked, kind=Snapshot.Kind.DAILY)


def night_before(behind: int, **told: Any) -> None:
    """The row of the night that was to tell the day so many days before yesterday."""
    day = YESTERDAY - timedelta(days=behind)
    job = ask("reports.nightly", {"day": f"{day}"}, by=None, key=f"{day}")
    then = timezone.now() - timedelta(days=behind)
    days = {"created_at": then, "not_before": then, "finished_at": then}
    Job.everything.filter(pk=job.pk).update(**days, **told)


def banner(text: str) -> str:
    """What stands above everything of a page whose figures are long late; tags and wide spaces out."""
    found = re.search(r'class="m-notice is-warning m-late".*?</section>', text, re.S)
    return re.sub(r"<.*?>", "", found[0]).replace("\u00a0", " ") if found else ""


PAGES = ("/losses/", "/losses/customers-leaving/")


@pytest.mark.parametrize(
    ("state", "behind", "why"),
    [
        (None, 10, "No night has been computed yet"),
        ("done", 10, "The last night computed was that after 4 Jan 2026"),
        ("failed", 0, "The computation of the night after 14 Jan 2026 did not finish."),
        ("failed", 9, "The night after 5 Jan 2026 did not finish, and none has come since"),
        ("queued", 9, "nothing carries out background work"),
    ],
)
def test_figures_of_long_ago_say_above_all_of_which_day_they_are_why_and_what_to_do(
    state: str | None, behind: int, why: str, world: World, login: Any
) -> None:
    ledger_of(world, 10)
    if state:
        night_before(behind, state=state, error="no room on the disk" if state == "failed" else "")
    browser = login(a_director())
    for address in PAGES:
        text = browser.get(address).content.decode()
        told = banner(text)
        assert "the last good figures, of 4 Jan 2026" in told
        assert why in told
        assert ("Affected: all six losses." in told) == (address == "/losses/")
        assert ("Compute again" in told) == (state != "queued")
        assert "10 days old" in text
        assert "no room on the disk" not in told
    assert "fresh and whole" not in browser.get("/losses/").content.decode()
    keeper = User.objects.create_user("keeper@x.example", name="Kay", is_admin=True)
    told = banner(login(keeper).get("/losses/").content.decode())
    assert ("no room on the disk" in told) == (state == "failed")
    assert "Background work" in told


def test_a_night_that_failed_is_not_blamed_by_what_it_computed(world: World, login: Any) -> None:
    """It was another report that failed; of this one no night has come since."""
    ledger_of(world, 10)
    night_before(10, state="failed", error="no room on the disk")
    keeper = User.objects.create_user("keeper@x.example", name="Kay", is_admin=True)
    browser = login(keeper)
    for address in PAGES:
        told = banner(browser.get(address).content.decode())
        assert "The last night computed was that after 4 Jan 2026" in told
        assert "did not finish" not in told and "no room on the disk" not in told


def test_before_the_hour_of_the_night_none_is_missing(
    world: World, login: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At half past midnight the night that failed is the last one that was due."""
    ledger_of(world, 3)
    night_before(1, state="failed", error="no room on the disk")
    early = datetime.fromisoformat("2026-01-15T00:30:00+00:00")
    Company.objects.update(time_zone="UTC")
    monkeypatch.setattr(timezone, "now", lambda: early)
    text = login(a_director()).get("/losses/").content.decode()
    assert "3 days old: the night failed" in re.sub(r"<.*?>", "", text)


def test_fresh_figures_tell_nothing_of_a_night_that_failed_at_others(
    world: World, login: Any
) -> None:
    ledger_of(world, 0)
    night_before(0, state="failed", error="no room on the disk")
    browser = login(a_director())
    for address in PAGES:
        assert "did not finish" not in browser.get(address).content.decode()


def job_of(slug: str, state: str, **values: str) -> None:
    """A computation of a report in the year that its page opens with."""
    report = report_named(slug)
    run = run_for(report, choices(YESTERDAY)[0].period, YESTERDAY)
    told = arguments_of(report, run)
    job = ask("reports.snapshot", told | {"values": told["values"] | values}, by=None)
    Job.everything.filter(pk=job.pk).update(state=state, finished_at=timezone.now())


@pytest.mark.parametrize(("state", "says"), [("queued", "updating…"), ("failed", "did not finish")])
def test_a_page_tells_of_its_own_computations_alone(
    state: str, says: str, world: World, login: Any
) -> None:
    """Neither of those of other reports nor of its own by a rule that somebody tries."""
    ledger_of(world, 0)
    browser = login(a_director())
    job_of("churn", state, k="2")
    for address in (*PAGES, "/losses/paid-hours/", "/losses/job/?next=/losses/paid-hours/"):
        assert says not in browser.get(address).content.decode(), address
    job_of("churn", state)
    for address in ("/losses/", "/losses/paid-hours/", "/losses/job/?next=/losses/paid-hours/"):
        assert says not in browser.get(address).content.decode(), address
    assert says in browser.get("/losses/customers-leaving/").content.decode()
    job_of("time", state)
    assert says in browser.get("/losses/paid-hours/").content.decode()


def test_the_monitor_hears_of_a_night_that_failed_until_one_succeeds(
    world: World, client: Any
) -> None:
    ledger_of(world, 0)
    for kind in nightly_kinds():
        job = ask(kind.name, {"day": f"{YESTERDAY}"}, by=None, key=f"{YESTERDAY}")
        Job.everything.filter(pk=job.pk).update(state="done", finished_at=timezone.now())
    assert client.get("/healthz").json()["jobs"] == "ok"
    Job.everything.filter(kind="reports.nightly").update(state="failed")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["jobs"]) == (503, "failed: reports.nightly")
    Job.everything.filter(kind="reports.nightly").update(key="2026-01-13")
    job = ask("reports.nightly", {"day": f"{YESTERDAY}"}, by=None, key=f"{YESTERDAY}")
    Job.everything.filter(pk=job.pk).update(state="done", finished_at=timezone.now())
    assert client.get("/healthz").json()["jobs"] == "ok"


def test_figures_a_day_late_say_why_beside_their_age_and_no_more(world: World, login: Any) -> None:
    """What is late is less sure, too."""
    ledger_of(world, 1)
    browser = login(a_director())
    for address in PAGES:
        text = browser.get(address).content.decode()
        assert "1 day old: no night has come since" in re.sub(r"<.*?>", "", text)
        assert banner(text) == ""
    late = browser.get("/losses/").context["rows"]
    assert all(row.confidence.level != "high" for row in late)
    assert "The figures are 1 day behind." in browser.get("/losses/").content.decode()


@pytest.mark.parametrize("behind", [0, 10])
@pytest.mark.parametrize(
    ("waited", "says", "says_not"),
    [
        (timedelta(minutes=5), "updating…", "stands still"),
        (timedelta(hours=2), "background work stands still", "updating…"),
    ],
)
def test_what_waits_for_nobody_is_not_being_updated(
    waited: timedelta, says: str, says_not: str, behind: int, world: World, login: Any
) -> None:
    """One of the two is said, once, be the figures late or of last night; the part that asks again says the same."""
    ledger_of(world, behind)
    night_before(0)
    then = timezone.now() - waited
    Job.everything.update(created_at=then, not_before=then)
    browser = login(a_director())
    for address in PAGES:
        text = browser.get(address).content.decode()
        head = re.sub(
            r"<.*?>", "", text[text.index('<header class="m-head') :].split("</header>")[0]
        )
        assert (head.count(says), head.count(says_not)) == (1, 0)
        assert ("is-updating" in text) == (says == "updating…")
    again = browser.get("/losses/job/").content.decode()
    assert (says in again, says_not in again) == (True, False)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            "The figures are 10 days behind. The last night computed was that after 4 Jan 2026:",
        ),
        ("uk", "Показники відстають на 10 днів. Останнє нічне обчислення було після 4 січ. 2026:"),
    ],
)
def test_letters_and_files_of_late_figures_say_how_old_they_are_and_why(
    language: str, told: str, world: World, login: Any, mailoutbox: list[Any]
) -> None:
    """There is no page around them that says it."""
    ledger_of(world, 10)
    night_before(10, state="done")
    dee = a_director()
    User.objects.filter(pk=dee.pk).update(language=language)
    dee.refresh_from_db()
    subscribe(dee, "week")
    assert send_losses(dee, "2026-W02")
    letter = mailoutbox[0]
    browser = login(dee)
    files = [browser.get(f"{page}export.csv") for page in PAGES]
    shown = [letter.body, letter.alternatives[0][0], *map(content, files)]
    assert [told in text.replace("\u00a0", " ") for text in shown] == [True] * 4


def content(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


def test_letters_and_files_of_last_night_say_nothing_of_age(
    world: World, login: Any, mailoutbox: list[Any]
) -> None:
    ledger_of(world, 0)
    dee = a_director()
    subscribe(dee, "week")
    assert send_losses(dee, "2026-W02")
    browser = login(dee)
    files = [content(browser.get(f"{page}export.csv")) for page in PAGES]
    assert not any("behind" in text for text in (mailoutbox[0].body, *files))
    head = [line.split(",")[0] for line in files[0].splitlines()[:4]]
    assert [word.strip('"\ufeff') for word in head] == ["Losses", "As of", "Period", "Team"]


def test_figures_that_failed_for_a_week_are_shown_beside_fresh_ones(
    world: World,
) -> None:
    """The losses page reads the ledger and the bridge: the one's age is not the other's."""
    fill(world, 12)
    old = YESTERDAY - timedelta(days=9)
    for report, day in ((LEDGER, old), (BRIDGE, YESTERDAY)):
        asked = run_for(report, choices(day)[0].period, day)
        take_snapshot(report, asked, kind=Snapshot.Kind.DAILY)
    earlier = run_for(LEDGER, choices(old)[1].period, old - timedelta(days=2))
    take_snapshot(LEDGER, earlier, kind=Snapshot.Kind.ON_DEMAND)
    found = Shelf(a_director(), [LEDGER, BRIDGE], None).newest(LEDGER, "12-months")
    assert found is not None and found.as_of == old


class Server:
    """A mail server on a port of its own that takes each message, and answers or drops the line after it."""

    def __init__(self, *, answers: str) -> None:
        self.answers = answers
        self.taken = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def _serve(self) -> None:
        while True:
            try:
                line, _address = self.socket.accept()
            except OSError:  # closed: the test is over
                return
            with line, line.makefile("rwb") as talk:
                self._talk(talk)

    def _talk(self, talk: Any) -> None:
        self._say(talk, "220 here")
        for told in talk:
            word = told.split()[0].upper()
            self._say(talk, "354 go on" if word == b"DATA" else "250 well")
            if word == b"DATA":
                while talk.readline() not in (b".\r\n", b""):
                    pass
                self.taken += 1
                if not self.answers:
                    return
                self._say(talk, self.answers)

    def _say(self, talk: Any, text: str) -> None:
        talk.write(f"{text}\r\n".encode())
        talk.flush()


@pytest.fixture
def by_smtp(settings: Any) -> Iterator[Callable[[str], Server]]:
    servers: list[Server] = []

    def serve(answers: str) -> Server:
        server = Server(answers=answers)
        servers.append(server)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        return server

    yield serve
    for server in servers:
        server.socket.shutdown(socket.SHUT_RDWR)
        server.socket.close()


def a_letter_due(world: World) -> Job:
    fill(world, 12)
    year = choices(YESTERDAY)[0].period
    take_snapshot(LEDGER, run_for(LEDGER, year, YESTERDAY), kind=Snapshot.Kind.DAILY)
    director = a_director()
    subscribe(director, "week")
    told = {"user": director.pk, "period": "2026-W02"}
    return ask("reports.mail", told, by=None, key=f"{director.pk} 2026-W02")


def tried(job: Job, times: int = 1) -> Job:
    for _ in range(times):
        run(job.pk)
        Job.everything.filter(pk=job.pk).update(not_before=timezone.now())
    job.refresh_from_db()
    return job


def test_a_letter_that_the_server_refused_is_sent_by_the_next_try(
    world: World, by_smtp: Callable[[str], Server]
) -> None:
    letter = a_letter_due(world)
    by_smtp("451 later")
    assert (tried(letter).state, Sent.objects.count()) == ("queued", 0)
    assert "451" in letter.error
    server = by_smtp("250 taken")
    assert (tried(letter).state, server.taken, Sent.objects.count()) == ("done", 1, 1)


def test_a_letter_whose_server_is_away_is_sent_by_the_next_try(
    world: World, by_smtp: Callable[[str], Server], settings: Any
) -> None:
    letter = a_letter_due(world)
    by_smtp("")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.EMAIL_PORT = closed.getsockname()[1]
    assert (tried(letter).state, Sent.objects.count()) == ("queued", 0)
    server = by_smtp("250 taken")
    assert (tried(letter).state, server.taken) == ("done", 1)


def test_a_letter_whose_line_broke_after_its_text_fails_and_is_sent_no_second_time(
    world: World, by_smtp: Callable[[str], Server]
) -> None:
    """Whether the server took it nobody knows: rather none than two, and whoever looks after the jobs sees it."""
    letter = a_letter_due(world)
    server = by_smtp("")
    assert (tried(letter, 4).state, server.taken) == ("failed", 1)
    assert "It is not known whether the losses of 2026-W02 reached dee@x.example" in letter.error
    assert (letter.tries, Sent.objects.count()) == (1, 1)


def test_a_letter_whose_worker_died_while_sending_fails_too(
    world: World, by_smtp: Callable[[str], Server]
) -> None:
    letter = a_letter_due(world)
    Sent.objects.create(user_id=letter.args["user"], period="2026-W02")
    server = by_smtp("250 taken")
    assert (tried(letter).state, server.taken) == ("failed", 0)
    assert "It is not known" in letter.error


def letter_of(user: User, period: str) -> Job:
    return Job.everything.get(kind="reports.mail", key=f"{user.pk} {period}")


def test_after_a_standstill_the_letter_of_a_month_waits_for_the_night_that_freezes_it(
    world: World, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are asked for at once then, and the letter is quicker than the figures."""
    fill(world, 12)
    director = a_director()
    subscribe(director, "month")
    night_of = ask("reports.nightly", {"day": "2025-12-31"}, by=None, key="2025-12-31")
    ask_for_mails(date(2025, 12, 31))
    letter = letter_of(director, "2025-12")
    for _ in range(4):  # more often than a job is tried
        run(letter.pk)
        Job.everything.filter(pk=letter.pk).update(not_before=timezone.now())
    letter.refresh_from_db()
    assert (letter.state, letter.tries, letter.error) == ("queued", 0, "")
    assert not Sent.objects.exists() and not mailoutbox
    monkeypatch.setattr(nights, "all_reports", lambda: [*LOSSES.values(), LEDGER])
    run(night_of.pk)
    night_of.refresh_from_db()
    assert night_of.state == "done"
    run(letter.pk)
    assert [one.to for one in mailoutbox] == [["dee@x.example"]]
    assert "losses from 1\xa0Dec\xa02025 to 31\xa0Dec\xa02025" in mailoutbox[0].body


def test_a_letter_waits_for_the_second_try_as_any_job(world: World) -> None:
    fill(world, 3)
    director = a_director()
    subscribe(director, "month")
    ask("reports.nightly", {"day": "2025-12-31"}, by=None, key="2025-12-31")
    ask_for_mails(date(2025, 12, 31))
    letter = letter_of(director, "2025-12")
    assert run(letter.pk) and not run(letter.pk)
    letter.refresh_from_db()
    assert letter.lease is None and letter.not_before > letter.created_at


def test_a_letter_without_figures_says_that_it_is_missing(
    world: World, mailoutbox: list[Any]
) -> None:
    """The night failed for good: no silence."""
    fill(world, 3)
    director = a_director()
    subscribe(director, "month")
    ask_for_mails(date(2025, 12, 31))
    letter = letter_of(director, "2025-12")
    run(letter.pk)
    letter.refresh_from_db()
    assert (letter.state, letter.error) == ("failed", "There are no figures of 2025-12 to send.")
    assert not Sent.objects.exists() and not mailoutbox


def test_after_a_standstill_of_weeks_the_last_week_alone_is_told(world: World) -> None:
    """Each week's letter tells of the last twelve months: three at once would say the same."""
    fill(world, 3)
    director = a_director()
    subscribe(director, "week")
    asked = [ask_for_mails(date(2026, 1, 1) + timedelta(days=n - 12)) for n in range(26)]
    assert sum(asked) == 1  # today is Thursday the 15th
    assert letter_of(director, "2026-W02")
