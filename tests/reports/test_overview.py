"""The losses page and the mail: the ledger as each person may read it, once a period."""

import csv
import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.lib.periods import Period, add_months
from reports.calendar import choices
from reports.definitions.bridge import BRIDGE
from reports.definitions.ledger import LEDGER, LOSSES
from reports.models import Act, Sent, Snapshot, Subscription, Target
from reports.overview.ledger_view import Range
from reports.overview.mailing import ask_for_mails, due_on, period_of, send_losses, subscribe
from reports.rules.targets import months_of, set_targets
from reports.showing import run_for
from reports.snapshots.taking import take_snapshot
from sales.models import Campaign, CampaignCost
from team.jobs import JobFailed
from team.jobs.running import run
from team.models import Company, Job, Team, User
from tests.kept import kept
from tests.reports.conftest import World
from tests.reports.test_contract import DAY, fill, viewers

PAGE = "/losses/"
YEAR = choices(DAY)[0].period


@pytest.fixture
@kept
def people(world: World) -> dict[str, User]:
    """A company with all six losses, the ledger of its year, and who looks at it."""
    fill(world, 40)
    for report in (LEDGER, BRIDGE):
        asked = run_for(report, YEAR, DAY)
        take_snapshot(report, asked.previous(), kind=Snapshot.Kind.COMPARISON)
        take_snapshot(report, asked, kind=Snapshot.Kind.DAILY)
    everybody = viewers()
    everybody["director"] = User.objects.create_user("d@x.example", name="Dee", is_director=True)
    return everybody


def overview(browser: Client, **parameters: str) -> Any:
    answer = browser.get(PAGE, parameters)
    assert answer.status_code == 200
    return answer.context["overview"]


def told(basis: Any) -> dict[str, int]:
    return {str(n): loss.cents for n, loss in basis.losses.items()} | dict(basis.overlaps)


def test_the_page_tells_what_the_command_prints(people, login) -> None:
    out = StringIO()
    words = ["--from", str(YEAR.start), "--to", str(YEAR.end), "--as-of", str(DAY)]
    call_command("report", "ledger", *words, "--json", stdout=out)
    printed = json.loads(out.getvalue(), parse_float=lambda text: round(float(text) * 100))
    page = overview(login(people["director"]))
    for name, basis in (("revenue", page.basis), ("margin", None)):
        basis = basis or overview(login(people["director"]), basis="margin").basis
        whole = printed[f"{name}_basis"]
        cents = {k: round(v) for k, v in (whole["losses"] | whole["overlaps"]).items()}
        assert told(basis) == cents
        assert basis.total.cents == round(whole["total"])
    assert page.basis.total.cents > 0
    assert sum(1 for loss in page.basis.losses.values() if loss.cents) >= 4


def test_the_parts_of_managers_and_of_nobody_are_the_company(people, login) -> None:
    whole = overview(login(people["director"])).basis
    for number in (1, 2, 3, 6):
        reps = [overview(login(people[rep])).basis.losses[number].cents for rep in ("ann", "cyd")]
        assert sum(reps) <= whole.losses[number].cents
    north, south = (overview(login(people[team])).basis for team in ("North", "South"))
    director = Snapshot.objects.get(slug="churn", from_on=YEAR.start, as_of=DAY)
    nobody = sum(row.cents for row in director.evidence.filter(measure="loss", owner__isnull=True))
    parts = north.losses[1].cents + south.losses[1].cents + nobody
    assert parts == whole.losses[1].cents


@pytest.mark.parametrize(
    ("word", "values"), [("segment", ("retail", "(none)")), ("region", ("Kyiv", "(none)"))]
)
@pytest.mark.parametrize("basis", ["revenue", "margin"])
def test_the_parts_of_segments_and_regions_are_the_company(
    word: str, values: tuple[str, ...], basis: str, people, login
) -> None:
    """Each loss with its range, each overlap, the total, what can still be stopped, and each month."""
    browser = login(people["director"])
    whole = overview(browser, basis=basis)
    parts = [overview(browser, basis=basis, **{word: value}) for value in values]
    assert whole.basis_name == basis
    for n, loss in whole.basis.losses.items():
        assert sum((part.basis.losses[n] for part in parts), Range()) == loss, n
    for pair, cents in whole.basis.overlaps.items():
        assert sum(part.basis.overlaps[pair] for part in parts) == cents, pair
    assert sum((part.basis.total for part in parts), Range()) == whole.basis.total
    assert sum(part.stoppable.cents for part in parts) == whole.stoppable.cents
    for n, month in enumerate(whole.months):
        assert sum(part.months[n].total or 0 for part in parts) == (month.total or 0)
    assert parts[0].basis.losses[1].cents and parts[0].basis.total != whole.basis.total


def test_narrowed_to_a_segment_every_amount_opens_as_much(people, login) -> None:
    """What has no segment says so; the chips take each word out again; the file says what it is of."""
    browser = login(people["director"])
    page = browser.get(PAGE, {"segment": "retail", "owner": str(people["ann"].pk)})
    told_rows = {row.number: row for row in page.context["rows"]}
    for n in (4, 5):
        assert told_rows[n].money is None
        assert str(told_rows[n].needs.text) == "not split by this filter"
    for row in told_rows.values():
        if row.money is not None:
            opened = browser.get(row.url).context["figures"]
            assert opened.headline["loss_cents"] == row.money.cents, row.title
            assert set(opened.filters.narrow) == {"segment", "owner"} & (
                {one.key for one in opened.report.dimensions}
            )
    labels = [chip["label"] for chip in page.context["filter_chips"]]
    assert labels == ["Owner: ann", "Segment: retail"]
    without = browser.get(f"{PAGE}{page.context['filter_chips'][0]['remove_url']}")
    assert [chip["label"] for chip in without.context["filter_chips"]] == ["Segment: retail"]
    drawer = browser.get(page.context["filters_url"]).content.decode()
    assert 'action="/losses/"' in drawer and '<option value="retail" selected>' in drawer
    answer = browser.get("/losses/export.csv", {"segment": "retail"})
    head = b"".join(answer.streaming_content).decode().splitlines()[:6]
    assert "Segment,retail" in head


def test_a_month_that_is_over_stands_in_the_trend_once(people, login) -> None:
    """While nothing of the running month is computed, the last frozen one is not told a second time as it."""
    first = DAY.replace(day=1)
    over = Period(add_months(first, -1), first - timedelta(days=1))
    take_snapshot(LEDGER, run_for(LEDGER, over, over.end), kind=Snapshot.Kind.MONTH_END)
    starts = [month.start for month in overview(login(people["director"])).months]
    assert len(starts) == len(set(starts)) and over.start in starts
    running = Period(first, DAY)
    take_snapshot(LEDGER, run_for(LEDGER, running, DAY), kind=Snapshot.Kind.DAILY)
    months = overview(login(people["director"])).months
    assert [(month.start, month.running) for month in months[-2:]] == [
        (over.start, False),
        (first, True),
    ]


def test_wages_are_for_directors_and_leave_no_trace_in_the_sums(people, login) -> None:
    director = overview(login(people["director"]))
    assert director.loss(4).cents > 0 and not director.hidden
    for who in ("North", "South"):
        page = overview(login(people[who]))
        assert page.hidden == {4, 5}
        assert page.loss(4) is None and page.trend(4) == ([], [])
        assert page.basis.losses[4].cents == page.basis.losses[5].cents == 0
        assert page.basis.overlaps["4&5"] == 0
        answer = login(people[who]).get(PAGE).content.decode()
        assert "visible to directors" in answer
    own = overview(login(people["ann"]))
    assert own.hidden == frozenset() and own.loss(4).cents > 0


def test_every_amount_opens_the_list_of_its_loss(people, login) -> None:
    browser = login(people["director"])
    rows = browser.get(PAGE).context["rows"]
    assert [row.number for row in rows if row.money] == [
        row.number for row in sorted((r for r in rows if r.money), key=lambda r: -r.money.cents)
    ]
    for row in rows:
        for address in (row.url, row.how_url, row.stop.url):
            assert browser.get(address).status_code == 200, address


def test_the_page_asks_the_same_questions_of_twice_as_many(people, login, world: World) -> None:
    counts = []
    for _ in range(2):
        browser = login(people["director"])
        browser.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            browser.get(PAGE)
        counts.append(len(queries))
        for one in Snapshot.objects.filter(slug="churn"):
            rows = list(one.evidence.all())
            for row in rows:
                row.pk = None
            type(rows[0]).objects.bulk_create(rows)
    assert counts[0] == counts[1] <= 16  # one of them because figures of 2025 are late: why


def test_the_page_is_taken_along_as_a_file_of_the_same_sums(people, login) -> None:
    for who in ("director", "North"):
        browser = login(people[who])
        page = overview(browser)
        answer = browser.get(reverse("losses-export", args=["csv"]))
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        lines = list(csv.reader(StringIO(text)))
        told = {line[0]: line for line in lines[6:]}
        assert round(float(told["Total"][2]) * 100) == page.basis.total.cents
        parts = sum(
            round(float(line[2] or 0) * 100) for name, line in told.items() if name != "Total"
        )
        assert parts == page.basis.total.cents
        wages = told[str(LOSSES[4].title)]
        assert bool(wages[2]) == (who == "director")
        assert ("wages" in text) == (who == "director")
        assert browser.get(reverse("losses-export", args=["xlsx"])).status_code == 200
        assert browser.get(reverse("losses-export", args=["pdf"])).status_code == 404
    assert login(people["ann"]).get(reverse("losses-export", args=["csv"])).status_code == 403


def test_the_first_run_says_what_each_loss_needs(db, login, admin) -> None:
    told = login(admin).get(PAGE).context["needs"]
    assert [str(title) for title, _text in told] == [str(LOSSES[n].title) for n in range(1, 7)]
    assert all(str(text).startswith("needs ") for _title, text in told)


def test_a_period_without_figures_says_so_and_a_missing_part_is_named(db, login, admin) -> None:
    answer = login(admin).get(PAGE)
    told = answer.content.decode()
    assert "needs orders of a year" in told and "needs wages and logged work" in told


def test_due_days_and_names_of_periods() -> None:
    assert period_of("week", date(2026, 11, 30)) == "2026-W48"
    assert period_of("week", date(2027, 1, 4)) == "2026-W53"
    assert period_of("month", date(2026, 11, 1)) == "2026-10"


def test_each_gets_their_own_figures_once_a_period(people, mailoutbox, monkeypatch) -> None:
    User.objects.filter(pk=people["ann"].pk).update(email="ann@x.example")
    for who in ("director", "North", "ann"):
        subscribe(people[who], "week")
    subscribe(people["South"], "month")
    monday = date(2026, 1, 5)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 1, 5, 8, tzinfo=UTC))
    assert {user.name for user, _period in due_on(monday)} == {"Dee", "North", "ann"}
    assert due_on(date(2026, 1, 6)) == []
    for _ in range(2):
        ask_for_mails(date(2026, 1, 4))
    jobs = Job.everything.filter(kind="reports.mail")
    assert jobs.count() == 3
    for job in jobs.order_by("pk"):
        run(job.pk)
    assert [job.error for job in Job.everything.filter(kind="reports.mail")] == ["", "", ""]
    assert len(mail.outbox) == Sent.objects.count() == 3
    for who in ("director", "North"):
        with pytest.raises(JobFailed, match="not known"):
            send_losses(people[who], "2026-W01")
    assert len(mail.outbox) == 3
    assert not any("<" in one.body for one in mail.outbox)
    director, north = (
        next(one for one in mail.outbox if one.to == [people[who].email])
        for who in ("director", "North")
    )
    assert "Paid hours without business: ₴" in director.body
    assert "Paid hours without business: visible to directors" in north.body
    left_out = (
        "not in it, visible to directors: Paid hours without business, New reps without results"
    )
    assert left_out in north.body and "not in it" not in director.body
    assert re.search(r"Total, less what is counted twice: ₴[\d,]", director.body)
    assert "http" in director.body and "<span" not in director.body
    picture = director.attachments[-1]
    assert picture.get_content_type() == "image/png"
    assert picture.get_payload(decode=True).startswith(b"\x89PNG")


def test_the_letter_of_a_month_says_from_when_its_leads_are_judged(people, mailoutbox) -> None:
    """Those of the first of December 30 days later; in every month’s letter its own sales are too young alike."""
    month, spent_on = Period(date(2025, 12, 1), date(2025, 12, 31)), date(2025, 12, 2)
    fair = Campaign.objects.create(name="Fair")
    CampaignCost.objects.create(
        campaign=fair, on=spent_on, amount=Decimal(100), recorded_on=spent_on
    )
    asked = run_for(LEDGER, month, date(2025, 12, 20))
    take_snapshot(LEDGER, asked, kind=Snapshot.Kind.MONTH_END)
    subscribe(people["director"], "month")
    assert send_losses(people["director"], "2025-12")
    told = mailoutbox[0].body.replace("\u00a0", " ")
    assert "Marketing waste: not judged before 31 Dec 2025\n" in told


def test_who_left_or_changed_their_mind_gets_nothing(people, mailoutbox) -> None:
    subscribe(people["director"], "week")
    subscribe(people["North"], "week")
    subscribe(people["North"], "")
    User.objects.filter(pk=people["director"].pk).update(is_active=False)
    for who in ("director", "North"):
        assert not send_losses(User.objects.get(pk=people[who].pk), "2026-W01")
    assert due_on(date(2026, 1, 5)) == []
    assert not Sent.objects.exists() and not mail.outbox


def test_the_order_is_given_on_a_page(people, login) -> None:
    browser = login(people["ann"])
    assert browser.get("/losses/mail/").status_code == 200
    browser.post("/losses/mail/", {"every": "month"})
    assert Subscription.objects.get().user == people["ann"]
    assert browser.post("/losses/mail/", {"every": "hour"}).status_code == 422
    browser.post("/losses/mail/", {"every": ""})
    assert not Subscription.objects.exists()


def test_targets_stand_beside_the_losses_of_the_whole_company(people, login) -> None:
    cells = {("churn", month): 100_00 for month in months_of(Period(YEAR.start, DAY))}
    set_targets(cells, by=people["director"])
    assert overview(login(people["director"])).target(1) == 1200_00
    assert overview(login(people["North"])).target(1) is None


def test_the_page_of_a_loss_says_its_target_too(people, login) -> None:
    """100.00 a month for a year: 1,200; 400 less than was lost with departed reps, say, is over it."""
    slugs = [one.slug for one in LOSSES.values()]
    months = months_of(Period(YEAR.start, DAY))
    set_targets({(slug, m): 100_00 for slug in slugs for m in months}, by=people["director"])
    director = login(people["director"])
    lost = {LOSSES[row.number].slug: row for row in director.get(PAGE).context["rows"]}
    over = {slug for slug, row in lost.items() if row.money and row.money.cents > 1200_00}
    assert over and over != set(slugs)
    for slug in slugs:
        told = "over the target of" if slug in over else "target"
        assert _target_on(director, slug) == f"{told} ₴1,200", slug
        assert _target_on(login(people["North"]), slug) == ""
    team = Team.objects.get(name="North").pk
    assert _target_on(director, "churn", team=f"{team}") == ""
    Target.objects.filter(month=months[0]).delete()
    assert _target_on(director, "churn") == ""


def _target_on(browser: Client, slug: str, **words: str) -> str:
    """What the strip of a report's page says of a target."""
    text = browser.get(reverse(slug), words).content.decode()
    strip = text.split('<section class="m-strip')[1].split("</section>")[0]
    plain = re.sub(r"<span class=\"visually-hidden\">.*?</span>|<.*?>", "", strip)
    found = re.search(r"(over the )?target (of )?₴[\d,]+", plain)
    return found[0] if found else ""


def test_who_sells_least_is_opened_as_many_as_are_told(people, login) -> None:
    """Of two in the North bob sells less: the median of the team is the middle of both."""
    seen = {}
    for who in ("director", "North", "South"):
        row, opened = _least_selling(login(people[who]))
        seen[who] = [each.name for each in opened.context["rows"]]
        assert len(seen[who]) == opened.context["listing"].count == row.stop.count
    assert seen == {"director": ["bob"], "North": ["bob"], "South": []}
    north = login(people["North"])
    _row, opened = _least_selling(north)
    split = north.get("/losses/paid-hours/", {"split": "owner"}).context["split_rows"]
    both = {one["label"]: Decimal(one["cells"][3]["text"].rstrip("%")) for one in split}
    ((bob, cells, beside),) = opened.context["lines"]
    shares = [Decimal(cell["text"].rstrip("%")) for cell in cells if "%" in cell["text"]]
    assert shares[0] == both["bob"] and both.keys() == {"ann", "bob"}
    assert abs(shares[1] - (both["ann"] + both["bob"]) / 2) <= Decimal("0.1")
    assert [deed.key for deed in opened.context["deeds"]] == ["talk"]
    days = north.get(beside.url.split("#")[0]).context["rows"]
    assert {each.name for each in days} == {"bob"}
    layer = {"HX-Request": "true", "HX-Target": "layer"}
    drawer = north.get(reverse("evidence-row", args=[bob.evidence.pk]), headers=layer)
    told = drawer.content.decode()
    assert ("Half of it" in told, "₴" in told) == (True, False)
    north.post(*_talk_with(opened, bob))
    assert [row.by.name for row in Act.everything.filter(list_key="stoppable_4")] == ["North"]
    assert "/losses/paid-hours/" in _row_of(login(people["bob"]), 4).stop.url


def test_the_page_of_who_sells_least_is_headed_by_them(people, login) -> None:
    """Not by what is counted twice, in whose report they are kept: heading, figure, drawers, file and tabs."""
    browser = login(people["director"])
    row, opened = _least_selling(browser)
    text, words = opened.content.decode(), {"list": "stoppable_4", "period": "12-months"}
    assert "<h1>Reps who sell least</h1>" in text and "Counted twice" not in text
    (figure,) = opened.context["strip"]
    assert (figure.value, opened.context["tabs"]) == (str(row.stop.count), [])
    assert browser.get(figure.notes[0][1]).context["screen"].slug == "time"
    (who,) = opened.context["rows"]
    how = browser.get(reverse("ledger-how"), words)
    drawer = browser.get(reverse("evidence-row", args=[who.evidence.pk]), words)
    file = browser.get(reverse("ledger-export", args=["csv"]), words)
    told = [how.content.decode(), drawer.content.decode()]
    told.append(b"".join(file.streaming_content).decode())
    assert ["Counted twice" in one for one in told] == [False] * 3
    assert [(str(step.value), step.url) for step in how.context["steps"]] == [("1", figure.url)]
    assert "below half of the median" in told[0]
    others = browser.get(reverse("ledger"))
    assert "<h1>Counted twice</h1>" in others.content.decode()
    assert (len(others.context["strip"]), len(others.context["tabs"])) == (3, 3)


def _row_of(browser: Client, number: int) -> Any:
    return next(row for row in browser.get(PAGE).context["rows"] if row.number == number)


def _least_selling(browser: Client) -> tuple[Any, Any]:
    """The row of paid hours on the losses page, and the list that its button opens."""
    row = _row_of(browser, 4)
    return row, browser.get(row.stop.url.split("#")[0])


def _talk_with(opened: Any, row: Any) -> tuple[str, dict[str, Any]]:
    chosen = {"row": row.subject.pk, "due_on": str(Company.get().today), "do": "talk"}
    return opened.context["opened"].plan_url, chosen
