"""How sure figures are, and why, in sentences (ux.md 5.4: high, medium, low)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.lib import formatting
from reports.models import Snapshot

# By source how old its last event usually is at most; wages stay in force until the next row.
USUAL = {
    "revenue": timedelta(days=7),
    "activity": timedelta(days=3),
    "lead": timedelta(days=14),
    "campaigncost": timedelta(days=35),
    "survey": timedelta(days=90),
    "dealchange": timedelta(days=14),
}
# Coverage from here on is high, from there on medium (ux.md 5.4).
HIGH, MEDIUM = 0.95, 0.80


@dataclass(frozen=True)
class Reason:
    """A sentence; `is_low` weighs as a stale source does: it alone makes the figures doubtful.

    `source` is the table whose last event it tells; one older than usual is no good, and low over three times that.
    """

    text: str
    good: bool
    is_low: bool = False
    source: str = ""

    @property
    def is_quiet(self) -> bool:
        return self.is_low and bool(self.source)

    @property
    def has_chip(self) -> bool:
        """Whether it stands in the line below a heading: what is low, or old; not what has a notice of its own."""
        return not self.good and self.is_low != bool(self.source)


@dataclass(frozen=True)
class Confidence:
    """High: counted from fresh and whole records; estimated or one doubt: medium; two, or a stale source: low."""

    reasons: list[Reason]
    estimated: bool = False

    @property
    def level(self) -> str:
        doubts = sum(not reason.good for reason in self.reasons)
        if doubts > 1 or any(reason.is_low for reason in self.reasons):
            return "low"
        return "medium" if doubts or self.estimated else "high"

    @property
    def quiet(self) -> list[Reason]:
        """The sources that say less than a third of what they usually do."""
        return [reason for reason in self.reasons if reason.is_quiet]

    @property
    def doubts(self) -> list[Reason]:
        return [reason for reason in self.reasons if not reason.good]


def confidence_in(
    snapshot: Snapshot, *, estimated: bool = False, more: Iterable[Reason] = ()
) -> Confidence:
    """By what was there when the snapshot was taken: how far each source went, whose customers nobody was."""
    reach = snapshot.coverage
    reasons = [
        say(date.fromisoformat(reach[source]) if reach[source] else None, snapshot.as_of)
        for source, say in SOURCES.items()
        if source in reach
    ]
    if "buying" in reach:
        reasons.append(_owners(reach["buying"], reach["without_owner"]))
    return Confidence([*reasons, *more], estimated)


def coverage_reason(text: str, share: float | None) -> Reason:
    """A sentence about how much of something is recorded, by that share."""
    known = share if share is not None else 0.0
    return Reason(text, good=known >= HIGH, is_low=known < MEDIUM)


Say = Callable[[date | None, date], Reason]


def _dated(source: str, upto: Any, none: Any) -> Say:
    def say(last: date | None, as_of: date) -> Reason:
        if last is None:
            return Reason(str(none()), good=False)
        text = upto() % {"day": formatting.day(last)}
        usual = USUAL.get(source)
        age = as_of - last
        return Reason(
            text,
            good=usual is None or age <= usual,
            is_low=usual is not None and age > 3 * usual,
            source=source,
        )

    return say


SOURCES: dict[str, Say] = {
    "revenue": _dated(
        "revenue", lambda: _("Orders go up to %(day)s."), lambda: _("There are no orders yet.")
    ),
    "activity": _dated(
        "activity",
        lambda: _("Calls and other work are recorded up to %(day)s."),
        lambda: _("No work is recorded yet."),
    ),
    "lead": _dated(
        "lead",
        lambda: _("The last lead came on %(day)s."),
        lambda: _("There are no leads yet."),
    ),
    "campaigncost": _dated(
        "campaigncost",
        lambda: _("Campaign costs go up to %(day)s."),
        lambda: _("There are no campaign costs yet."),
    ),
    "wage": _dated(
        "wage",
        lambda: _("Wages were last changed on %(day)s."),
        lambda: _("There are no wages yet."),
    ),
    "survey": _dated(
        "survey",
        lambda: _("The last answer of a customer came on %(day)s."),
        lambda: _("No customer has answered yet."),
    ),
    "dealchange": _dated(
        "dealchange",
        lambda: _("Deals were last moved on %(day)s."),
        lambda: _("There are no deals yet."),
    ),
}


def _owners(buying: int, without: int) -> Reason:
    """Nobody's customers are in the figures, but in nobody's part of them."""
    text = ngettext(
        "%(n)s buying customer has no owner.",
        "%(n)s buying customers have no owner.",
        without,
    ) % {"n": formatting.number(without)}
    return Reason(text, good=without * 20 <= buying)
