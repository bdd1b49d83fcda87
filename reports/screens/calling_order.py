"""Whom to call first: the customers at risk by their health, each with what makes it up (loss-reports.md 10)."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.acts.health import check, in_order
from reports.definitions.churn import CHURN
from reports.models import Evidence, Snapshot
from reports.reading.evidence import listed
from reports.screens.parts import Ranking, Row, Shown
from reports.screens.screen import Opened

# The order is checked against the call list of so long ago.
YEAR = timedelta(days=365)
# Of fewer customers a third says nothing.
LEAST = 30


def _fact(name: str) -> Any:
    return lambda row: row.fact(name)


def _answer(row: Row) -> str:
    """9 of 10."""
    answer = row.fact("health_answer")
    return "" if answer is None else gettext("%(score)s of 10") % {"score": answer}


COLUMNS = (
    Shown(
        "health_silence", _("Silence used up"), _fact("health_silence"), "percent",
        place="is-fact",
    ),
    Shown("health_answer", _("Last answer"), _answer, in_file=_fact("health_answer")),
    Shown(
        "health_trend", _("Half-year against the one before"), _fact("health_trend"), "percent",
    ),
    Shown("health_complaints", _("Open complaints"), _fact("health_complaints"), "number"),
)  # fmt: skip


def _ranked(opened: Opened, rows: QuerySet[Evidence]) -> list[Evidence]:
    """Two queries: the order, and its rows; each row carries what it was ranked by among its facets."""
    found = in_order(rows, opened.snapshot)
    by_pk = {row.pk: row for row in rows.filter(pk__in=[one.evidence_id for one in found])}
    for one in found:
        by_pk[one.evidence_id].facets |= {
            "health_silence": one.silence,
            "health_answer": one.answer,
            "health_trend": one.trend,
            "health_complaints": one.complaints,
        }
    return [by_pk[one.evidence_id] for one in found]


def _checked(opened: Opened) -> str:
    """What became of the call list of a year ago in this order; nothing to say of few or of no such list."""
    then = _a_year_ago(opened)
    if then is None:
        return ""
    rows = listed(then, opened.viewer, "at_risk").filter(opened.shelf.rows())
    thirds = check(rows, then, opened.snapshot)
    if sum(third.customers for third in thirds) < LEAST:
        return ""
    return gettext(
        "Of who was at risk on %(day)s: of the third to call first %(worst)s are lost, of the last third %(best)s."
    ) % {
        "day": formatting.day(then.as_of),
        "worst": formatting.percent(thirds[0].rate),
        "best": formatting.percent(thirds[-1].rate),
    }


def _a_year_ago(opened: Opened) -> Snapshot | None:
    wanted = opened.snapshot.as_of - YEAR
    found = (one for one in opened.shelf.snapshots if one.slug == CHURN.slug)
    return next((one for one in found if one.as_of <= wanted), None)


BY_HEALTH = Ranking(
    "health",
    _("by health"),
    _(
        "the worst health first: how long silent, what it answered last, what it buys of late, open complaints; an "
        "order, no figure"
    ),
    COLUMNS,
    ("last", "silent", "lost"),
    _ranked,
    _checked,
)
