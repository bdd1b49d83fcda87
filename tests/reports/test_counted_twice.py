"""What two losses count both, row by row: opened by everybody within their part, wages by who may read them."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reports.definitions.ledger import LEDGER
from reports.models import Evidence, Snapshot
from reports.showing import run_for
from reports.snapshots.taking import take_snapshot
from team.models import User
from tests.kept import kept
from tests.reports.conftest import World
from tests.reports.test_contract import DAY, fill, viewers
from tests.reports.test_overview import YEAR

pytestmark = pytest.mark.thorough

LAYER = {"HX-Request": "true", "HX-Target": "layer"}
BASES = ("revenue", "margin")
WAGES = "overlap_4_5"


@pytest.fixture
@kept
def people(world: World) -> dict[str, User]:
    """A company with all three overlaps, and who looks at it; bob came in February and left in June."""
    fill(world, 40)
    take_snapshot(LEDGER, run_for(LEDGER, YEAR, DAY), kind=Snapshot.Kind.DAILY)
    everybody = viewers()
    everybody["director"] = User.objects.create_user("d@x.example", name="Dee", is_director=True)
    return everybody


def twice(browser: Client, basis: str) -> dict[str, tuple[int, str]]:
    """What the losses page says is counted twice: cents and the address behind them, by the name of it."""
    answer = browser.get("/losses/", {"basis": basis})
    return {str(label): (cents, url) for label, cents, url in answer.context["twice"]}


def rows_behind(browser: Client, url: str) -> Any:
    answer = browser.get(url.split("#")[0])
    assert answer.status_code == 200, url
    return answer.context


@pytest.mark.parametrize("basis", BASES)
def test_every_amount_opens_its_rows_for_everybody(people, login, basis: str) -> None:
    """A director reads three, who leads a team those without wages, a rep their own, wages too."""
    found = {}
    for who, pairs in (("director", 3), ("North", 2), ("South", 2), ("ann", 3), ("bob", 3)):
        browser = login(people[who])
        told = found[who] = twice(browser, basis)
        assert len(told) == pairs, who
        for cents, url in told.values():
            context = rows_behind(browser, url)
            assert context["listing"].total == cents, (who, url)
            assert not context["listing"].has_pages
            assert sum(row.evidence.cents for row in context["rows"]) == cents, (who, url)
    assert all(cents > 0 for cents, _url in found["director"].values())
    assert all(cents > 0 for cents, _url in found["bob"].values())


@pytest.mark.parametrize("basis", BASES)
def test_the_parts_of_reps_and_of_nobody_are_the_company(people, login, basis: str) -> None:
    """To the cent, from the rows on the pages; the two teams and what lies in neither likewise."""
    company = _rows_by_list(login(people["director"]), basis)
    assert all(company.values())
    for names in (("ann", "bob", "cyd"), ("North", "South")):
        parts = [_rows_by_list(login(people[name]), basis) for name in names]
        for key, rows in company.items():
            if key == WAGES and "North" in names:
                continue
            seen = [row for part in parts for row in part[key]]
            unseen = [row for row in rows if row[0] not in {pk for pk, _cents in seen}]
            assert sorted([*seen, *unseen]) == sorted(rows), (names, key)
            nobodys = Evidence.objects.filter(pk__in=[pk for pk, _cents in unseen])
            assert all(row.owner is None for row in nobodys), (names, key)


def _rows_by_list(browser: Client, basis: str) -> dict[str, list[tuple[int, int]]]:
    keys = ("overlap_1_6", "overlap_2_3", WAGES)
    if basis == "margin":
        keys = ("margin_6", "margin_overlap_2_3", WAGES)
    found = {}
    for key in keys:
        context = browser.get(reverse("ledger"), {"list": key}).context
        assert not context["listing"].has_pages
        found[key] = [(row.evidence.pk, row.evidence.cents) for row in context["rows"]]
    return found


def test_who_reads_no_wages_reads_the_months_without_money(people, login) -> None:
    """Neither page, drawer, file, split nor a doubt tells what bob was paid; the other two are told in full."""
    wages = Evidence.objects.filter(snapshot__slug="ledger", measure=WAGES)
    cents = sum(row.cents for row in wages)
    assert wages and cents
    browser = login(people["North"])
    page = browser.get(reverse("ledger"), {"list": WAGES})
    assert page.context["listing"].count == len(wages)
    assert page.context["figures"].headline[f"{WAGES}_cents"] is None
    assert all(row.evidence.cents is None for row in page.context["rows"])
    assert "told to directors" in page.content.decode()
    shown = [page.content.decode()]
    shown.append(browser.get(reverse("ledger"), {"list": WAGES, "split": "owner"}).content.decode())
    shown.append(browser.get(reverse("ledger-how"), headers=LAYER).content.decode())
    shown.append(_file(browser, WAGES))
    asked = {"report": "ledger", "list": WAGES}
    shown.append(browser.get(reverse("dispute-new"), asked).content.decode())
    for row in wages:
        drawer = browser.get(reverse("evidence-row", args=[row.pk]), headers=LAYER)
        assert drawer.status_code == 200
        shown.append(drawer.content.decode())
    amounts = {_written(amount) for amount in (cents, *(row.cents for row in wages))}
    for text in shown:
        plain = text.replace(",", "").replace("\xa0", "")
        assert not [amount for amount in amounts if amount in plain]
    others = browser.get(reverse("ledger"), {"list": "overlap_1_6"}).context["rows"]
    assert others and all(row.evidence.cents > 0 for row in others)


def _written(cents: int) -> str:
    """The whole units: a page rounds to them, a file and a drawer have more digits after."""
    return str(cents // 100)


def _file(browser: Client, key: str) -> str:
    answer = browser.get(reverse("ledger-export", args=["csv"]), {"list": key})
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_the_file_has_the_money_that_the_page_has(people, login) -> None:
    """For who leads a team and reads no wages: in two of the lists."""
    for key, has_money in (("overlap_1_6", True), ("overlap_2_3", True), (WAGES, False)):
        head, *rows = list(csv.reader(io.StringIO(_file(login(people["North"]), key))))[4:]
        assert ("Counted twice" in head) == has_money, key
        assert rows


def test_a_row_tells_which_losses_count_it_and_how_much(people, login) -> None:
    """From the total taken out to the rows of both losses, whose own drawers have the orders and days."""
    browser = login(people["director"])
    pairs = {
        "overlap_1_6": {"churn", "departures"},
        "margin_6": {"churn", "departures"},
        "overlap_2_3": {"leakage", "marketing"},
        "margin_overlap_2_3": {"leakage", "marketing"},
        WAGES: {"time", "new_reps"},
    }
    for key, slugs in pairs.items():
        rows = browser.get(reverse("ledger"), {"list": key}).context["rows"]
        assert rows, key
        for row in rows:
            told = browser.get(reverse("evidence-row", args=[row.evidence.pk]), headers=LAYER)
            assert told.context["explained"].cents == row.evidence.cents, (key, row)
            behind = Evidence.objects.filter(pk__in=told.context["explained"].counted_in)
            assert {one.snapshot.slug for one in behind} == slugs, (key, row)
            assert {one.subject_id for one in behind} == {row.evidence.subject_id}
            for link in told.context["counted_in"]:
                assert browser.get(link.url, headers=LAYER).status_code == 200


def test_every_other_row_of_the_ledger_comes_to_its_cents(people, login) -> None:
    """The lines of the margin basis, and what can still be stopped."""
    browser = login(people["director"])
    shown = {measure for listed in LEDGER.lists for measure in listed.measures}
    rows = Evidence.objects.filter(snapshot__slug="ledger", measure__in=shown)
    found = {}
    for row in rows.order_by("measure", "pk"):
        if found.setdefault(row.measure, 0) < 5:
            found[row.measure] += 1
            told = browser.get(reverse("evidence-row", args=[row.pk]), headers=LAYER)
            assert told.context["explained"].cents == row.cents, (row.measure, row.line_key)
    assert {"margin_1", "margin_2", "stoppable_6"} <= found.keys()


def test_the_smaller_share_of_a_lead_is_told_with_both(people, login) -> None:
    """Leads of one source and campaign: loss of the source ÷ its leads, cost of the campaign ÷ its leads."""
    browser = login(people["director"])
    (row, *_rest) = browser.get(reverse("ledger"), {"list": "overlap_2_3"}).context["rows"]
    ledger = Snapshot.objects.get(slug="ledger")
    leakage, marketing = (
        Snapshot.objects.get(pk=ledger.whole["snapshots"][number]) for number in ("2", "3")
    )
    lead = {"measure": "loss", "subject_id": row.evidence.subject_id}
    source = leakage.evidence.get(**lead).line_key
    lost = leakage.evidence.filter(measure="loss", line_key=source)
    sale = sum(one.cents for one in lost) / len(lost)
    cost = marketing.whole["lines"][row.evidence.line_key]
    spent = cost["cost_cents"] / cost["leads"]
    assert abs(row.evidence.cents - min(sale, spent)) <= 0.5
    told = browser.get(reverse("evidence-row", args=[row.evidence.pk]), headers=LAYER)
    facts = dict(told.context["facts"])
    assert f"÷ {len(lost)} leads" in facts["As a sale not won"]
    assert f"÷ {cost['leads']} leads" in facts["As money spent"]


def test_what_lies_in_another_part_is_said_and_not_shown(people, login) -> None:
    """A rep reads of the loss of another that there is one, and no more."""
    row = Evidence.objects.filter(
        snapshot__slug="ledger", measure="overlap_1_6", owner=people["bob"]
    ).first()
    assert row is not None
    ledger = row.snapshot
    churn = Evidence.objects.get(
        snapshot=ledger.whole["snapshots"]["1"], measure="loss", subject_id=row.subject_id
    )
    Evidence.objects.filter(pk=churn.pk).update(owner=people["cyd"], team=None)
    told = login(people["bob"]).get(reverse("evidence-row", args=[row.pk]), headers=LAYER)
    assert [link.title for link in told.context["counted_in"]] == ["Loss 6: Departed reps"]
    assert "in the part of somebody else" in told.content.decode()
    assert login(people["ann"]).get(reverse("evidence-row", args=[row.pk])).status_code == 404


def test_the_words_add_up(people, login) -> None:
    """How it is computed: the parts that are told, on both bases, are the sums taken out."""
    for who in ("director", "North", "ann"):
        steps = login(people[who]).get(reverse("ledger-how"), headers=LAYER).context["steps"]
        assert [step.is_sum for step in steps] == [False, False, False, True] * 2
        for basis in (steps[:4], steps[4:]):
            *parts, whole = (_number(step.value) for step in basis)
            assert abs(sum(part or 0 for part in parts) - (whole or 0)) <= 1, who


def _number(text: Any) -> int | None:
    digits = "".join(each for each in str(text) if each.isdigit())
    return int(digits) if digits else None
