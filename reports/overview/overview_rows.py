"""The rows of the losses overview: each loss with its counting in words, what is sure, what can be stopped."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.lib import formatting
from reports import ripeness
from reports.definitions.ledger import LOSSES
from reports.overview.ledger_view import NUMBERS, WITH_RANGE, Range
from reports.overview.overview import Overview
from reports.overview.stop_words import ACTS, DOING, OWN_ACTS, OWN_DOING
from reports.reading.known import Missing
from reports.report import Run, Totals
from reports.snapshots.taking import run_of
from reports.statistics.confidence import Confidence, Reason, confidence_in

# The list that shows what can still be stopped, by loss; of 4 the reps, whom the ledger compares with their teams.
STOP_LISTS = {
    1: ("churn", "at_risk"),
    2: ("leakage", "at_risk"),
    3: ("marketing", "pending"),
    4: ("ledger", "stoppable_4"),
    5: ("new_reps", "idle"),
    6: ("departures", "to_hand_over"),
}
# Who answers for themselves alone sees their own days instead.
OWN_LISTS = {4: ("time", "loss")}


@dataclass(frozen=True)
class Stop:
    """What can still be stopped of a loss: cents (None where it is no money), why, the act and its list."""

    cents: int | None
    count: int
    icon: str
    text: str
    label: str
    url: str


@dataclass(frozen=True)
class LossRow:
    """A line of the ledger. `money` is None where this viewer may not read it, or where nothing is known."""

    number: int
    title: Any
    url: str
    told: str
    kind: Any
    money: Range | None
    before: int | None
    target: int | None
    spark: list[int | None]
    spark_before: list[int | None]
    confidence: Confidence
    how_url: str
    stop: Stop
    is_hidden: bool
    needs: Missing | None

    @property
    def is_estimated(self) -> bool:
        return self.money is not None and self.money.is_estimated

    @property
    def has_trend(self) -> bool:
        """A line of nothing but zeros tells nothing."""
        return any(self.spark) or any(self.spark_before)

    @property
    def sort_key(self) -> tuple[bool, int, int]:
        """The largest first; what is not known or not told last."""
        cents = self.money.cents if self.money else 0
        return (self.money is None, -cents, self.number)


def rows_of(
    overview: Overview, kept: Mapping[str, Any], doubts: Sequence[Reason] = ()
) -> list[LossRow]:
    """Six rows, the largest loss first. `kept` are the parameters that stay in every address, `doubts` hold of all."""
    rows = [_row(number, overview, kept, doubts) for number in NUMBERS]
    return sorted(rows, key=lambda row: row.sort_key)


def _row(
    number: int, overview: Overview, kept: Mapping[str, Any], doubts: Sequence[Reason]
) -> LossRow:
    report, snapshot = LOSSES[number], overview.parts[number]
    money, totals = overview.loss(number), overview.totals[number]
    spark, spark_before = overview.trend(number)
    needs, run = overview.missing.get(number), run_of(snapshot)
    is_told = needs is None and not ripeness.is_too_young(report, run)
    return LossRow(
        number=number,
        title=report.title,
        url=_address(report.slug, kept),
        told=_told(number, totals, run),
        kind=report.money_kind,
        money=money if is_told else None,
        before=overview.loss_before(number) if is_told else None,
        target=overview.target(number),
        spark=spark,
        spark_before=spark_before,
        confidence=confidence_in(snapshot, estimated=number in WITH_RANGE, more=doubts),
        how_url=_address(f"{report.slug}-how", kept),
        stop=_stop(number, overview, kept),
        is_hidden=number in overview.hidden,
        needs=needs,
    )


def _told(number: int, totals: Totals, run: Run) -> str:
    """What was counted, and up to where it can be judged; of a period that is too young only from when on."""
    report = LOSSES[number]
    counted = "" if ripeness.is_too_young(report, run) else TOLD[number](totals)
    return ", ".join(filter(None, [counted, ripeness.told(report, run)]))


def _address(name: str, kept: Mapping[str, Any], **more: Any) -> str:
    return f"{reverse(name)}?{urlencode({**kept, **more})}"


def _stop(number: int, overview: Overview, kept: Mapping[str, Any]) -> Stop:
    found = overview.stoppable.by_loss[number]
    lists = STOP_LISTS | OWN_LISTS if overview.is_own else STOP_LISTS
    slug, key = lists[number]
    cents = None if number == 4 or number in overview.guarded else found.cents
    acts = {**ACTS, **OWN_ACTS} if overview.is_own else ACTS
    standing = overview.standing.get(number, found.n)
    label = acts[number](found.n, standing) if found.n else ""
    icon, text = ({**DOING, **OWN_DOING} if overview.is_own else DOING)[number]
    told = text(found.n, standing)
    return Stop(cents, found.n, icon, told, label, f"{_address(slug, kept, list=key)}#rows")


def _n(count: int) -> str:
    return formatting.number(count)


def _left(totals: Totals) -> str:
    loss = totals["loss"]
    opening = totals["active"].base_n + totals["inactive"].base_n + loss.base_n
    return ngettext(
        "%(n)s left, %(all)s were active before", "%(n)s left, %(all)s were active before", loss.n
    ) % {"n": _n(loss.n), "all": _n(opening)}


def _leads(totals: Totals) -> str:
    n = totals["loss"].n
    told = ngettext("%(n)s lead answered late or never", "%(n)s leads answered late or never", n)
    return told % {"n": _n(n)}


def _campaigns(totals: Totals) -> str:
    n = totals["loss"].n
    return ngettext("%(n)s lead nobody worked", "%(n)s leads nobody worked", n) % {"n": _n(n)}


def _hours(totals: Totals) -> str:
    days, logged = totals["working_days"].cents, totals["logged_days"].cents
    share = formatting.percent(logged / days) if days else formatting.UNKNOWN
    return _("%(share)s of paid days have a record") % {"share": share}


def _newcomers(totals: Totals) -> str:
    n = totals["loss"].n
    told = ngettext("%(n)s rep, no sales and no records", "%(n)s reps, no sales and no records", n)
    return told % {"n": _n(n)}


def _departed(totals: Totals) -> str:
    customers, reps = totals["loss"].n, totals["leaver"].n
    went = ngettext("%(n)s customer", "%(n)s customers", customers) % {"n": _n(customers)}
    if not reps:
        return went  # people are of no segment: what the page is narrowed to tells no reps
    told = ngettext("%(customers)s with %(n)s rep", "%(customers)s with %(n)s reps", reps)
    return told % {"customers": went, "n": _n(reps)}


TOLD: Mapping[int, Callable[[Totals], str]] = {
    1: _left,
    2: _leads,
    3: _campaigns,
    4: _hours,
    5: _newcomers,
    6: _departed,
}


@dataclass(frozen=True)
class Doing:
    """One of the first things to do: its icon, why, the money that hangs on it, the list to act on."""

    icon: str
    text: str
    cents: int | None
    label: str
    url: str


def do_first(rows: Sequence[LossRow], at_most: int = 5) -> list[Doing]:
    """The acts by the money they can still stop; what is no money stands last."""
    waiting = [row for row in rows if row.stop.label]
    waiting.sort(key=lambda row: (row.stop.cents is None, -(row.stop.cents or 0), row.number))
    return [
        Doing(
            row.stop.icon,
            row.stop.text,
            row.stop.cents,
            row.stop.label,
            row.stop.url,
        )
        for row in waiting[:at_most]
    ]


def adds_up(overview: Overview, rows: Sequence[LossRow], *, short: bool) -> bool:
    """Whether the amounts of the rows less what is counted twice come to the total, as they are written."""
    twice = overview.basis.overlaps.values()
    losses = [row.money.cents for row in rows if row.money]
    whole = overview.basis.total.cents
    return formatting.adds_up([*losses, -sum(twice)], whole, short=short) and formatting.adds_up(
        twice, sum(twice), short=short
    )


def sources_of_rows(rows: Sequence[LossRow]) -> list[str]:
    """What is doubtful of the sources of all losses, each sentence once."""
    doubts = [reason for row in rows for reason in row.confidence.doubts]
    return list(dict.fromkeys(reason.text for reason in doubts))
