"""Satisfaction: what customers answered (nps, csat), and who of them was lost a year later (nps_churn)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from crm.lib.periods import day_number
from customers.knowledge import survivors
from reports.models import Snapshot
from reports.reads import ANSWERS, PURCHASES
from reports.report import Dimension, Listed, Measure, Report, Run, Sum, Totals, Whole, register
from reports.rows import knowledge, rhythm, standing, survey_rows
from reports.snapshots.filling import insert_rows
from reports.statistics.intervals import net_share, share, wilson
from team.models import Company

Headline = Callable[[Totals, Run, Whole], dict[str, Any]]
RECOMMENDING = """CASE WHEN k.score >= 9 THEN 'promoters'
    WHEN k.score >= 7 THEN 'passives' ELSE 'detractors' END"""
CONTENT = "CASE WHEN k.score >= 4 THEN 'satisfied' ELSE 'dissatisfied' END"
GROUPS = {
    "promoters": _("Promoters (9 and 10)"),
    "passives": _("Passives (7 and 8)"),
    "detractors": _("Detractors (0 to 6)"),
}
SATISFIED = {"satisfied": _("Satisfied (4 and 5)"), "dissatisfied": _("Dissatisfied (1 to 3)")}
DIMENSIONS = (
    Dimension("owner", _("Owner"), "column"),
    Dimension("team", _("Team"), "column"),
    Dimension("score", _("Score"), is_whole=True),
    Dimension("segment", _("Segment")),
    Dimension("region", _("Region")),
)
CHURN_PARAMETERS = (
    "k",
    "floor_days",
    "cap_days",
    "default_interval_days",
    "gap_memory",
    "min_gaps",
    "contract_grace_days",
)


def _fill(kind: str, group: str, snapshot: Snapshot, run: Run) -> dict[str, Any]:
    expressions = ",".join(
        [
            survivors(),
            survey_rows.answers(),
            survey_rows.counted(),
            knowledge.owners("moment"),
        ]
    )
    evidence = survey_rows.evidence(group, connection.vendor)
    insert_rows(snapshot, expressions, evidence, _period_values(kind, run))
    return {}


def _period_values(kind: str, run: Run) -> dict[str, Any]:
    return {
        "kind": kind,
        "date": run.as_of.isoformat(),
        "start_on": run.period.start.isoformat(),
        "end_on": run.end.isoformat(),
    }


def _asked(totals: Totals, answers: Sum) -> dict[str, Any]:
    sent = totals["sent"]
    return {"n": answers.n, "sent": sent.n, "response_rate": share(sent.base_n, sent.n)}


def nps_headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """`nps` and its limits in points from -100 to 100; None without answers."""
    promoters, passives, detractors = (totals[group] for group in GROUPS)
    answers = promoters + passives + detractors
    low, high = net_share(promoters.n, detractors.n, answers.n)
    return _asked(totals, answers) | {
        "promoters": promoters.n,
        "detractors": detractors.n,
        "passives": passives.n,
        "nps": share(100 * (promoters.n - detractors.n), answers.n),
        "lo": low,
        "hi": high,
    }


def csat_headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """`csat` is a share of one with its Wilson interval."""
    satisfied = totals["satisfied"]
    answers = satisfied + totals["dissatisfied"]
    low, high = wilson(satisfied.n, answers.n)
    return _asked(totals, answers) | {
        "satisfied": satisfied.n,
        "csat": share(satisfied.n, answers.n),
        "lo": low,
        "hi": high,
    }


def churn_headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """By group: how many answered while active a year ago, and how many of them are lost since."""
    return {group: _lost(totals[group]) for group in GROUPS}


def _lost(answers: Sum) -> dict[str, Any]:
    low, high = wilson(answers.base_n, answers.n)
    rate = share(answers.base_n, answers.n)
    return {"n": answers.n, "lost": answers.base_n, "rate": rate, "lo": low, "hi": high}


def _printed(headline: Headline, snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The JSON of the command: the figures alone."""
    return _in_order(snapshot.headline, headline(Totals(), run, {}))


def _in_order(stored: dict[str, Any], like: dict[str, Any]) -> dict[str, Any]:
    """PostgreSQL keeps the names of an object in an order of its own."""
    return {
        name: _in_order(stored[name], value) if isinstance(value, dict) else stored[name]
        for name, value in like.items()
    }


def fill_churn(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """States on the day of the answer and a year later, with the knowledge of the as-of day."""
    vendor = connection.vendor
    expressions = ",".join(
        [
            survivors(),
            survey_rows.answers(),
            survey_rows.followed(vendor),
            knowledge.purchase_steps(vendor),
            standing.covers(vendor, ("day",)),
            rhythm.typical("wanted"),
            rhythm.rule(),
            survey_rows.standing_then(),
            knowledge.owners("moment"),
        ]
    )
    values = {
        **_period_values("nps", run),
        **rhythm.memory_parameters(run.values),
        **rhythm.rule_parameters(run.values["k"], run.values),
        "day": day_number(run.as_of),
        "today": Company.get().today.isoformat(),
        "grace": run.values["contract_grace_days"],
    }
    insert_rows(snapshot, expressions, survey_rows.followed_evidence(RECOMMENDING, vendor), values)
    return {}


def _asking(
    slug: str,
    group: str,
    groups: dict[str, Any],
    headline: Headline,
    texts: tuple[Any, Any, Any],
) -> Report:
    """A report of one kind of survey; `texts` are its title, question and formula."""
    title, question, formula = texts
    counts = {name: name for name in ("promoters", "passives", "detractors", "satisfied")}
    return Report(
        slug=slug,
        version=1,
        title=title,
        question=question,
        formula=formula,
        parameter_names=(),
        measures=(
            *(Measure(name, label, by_month=True, unit="count") for name, label in groups.items()),
            Measure("sent", _("Sent"), unit="count"),
        ),
        lists=(
            *(
                Listed(name, label, (name,), count=counts.get(name, ""))
                for name, label in reversed(groups.items())
            ),
            Listed("sent", _("Sent"), ("sent",), count="sent"),
        ),
        dimensions=DIMENSIONS,
        fill=partial(_fill, slug, group),
        headline=headline,
        printed=partial(_printed, headline),
        reads=ANSWERS,
    )


NPS = register(
    _asking(
        "nps",
        RECOMMENDING,
        GROUPS,
        nps_headline,
        (
            _("Who would recommend us"),
            _("Would our customers recommend us?"),
            _("100 × (promoters − detractors) ÷ answers"),
        ),
    )
)
CSAT = register(
    _asking(
        "csat",
        CONTENT,
        SATISFIED,
        csat_headline,
        (
            _("Who is satisfied"),
            _("How many of our customers are satisfied?"),
            _("answers of 4 and 5 ÷ answers"),
        ),
    )
)
NPS_CHURN = register(
    Report(
        slug="nps_churn",
        version=1,
        title=_("What an answer foretold"),
        question=_("Who of those who answered was lost a year later?"),
        formula=_("lost 365 days after the answer ÷ active when answering"),
        parameter_names=CHURN_PARAMETERS,
        measures=tuple(Measure(name, label, unit="count") for name, label in GROUPS.items()),
        lists=(
            *(Listed(name, label, (name,)) for name, label in reversed(GROUPS.items())),
            Listed("lost", _("Lost a year later"), tuple(GROUPS), only_base=True),
        ),
        dimensions=DIMENSIONS,
        fill=fill_churn,
        headline=churn_headline,
        printed=partial(_printed, churn_headline),
        reads=tuple(dict.fromkeys((*ANSWERS, *PURCHASES))),
        ripening=lambda _values: survey_rows.FOLLOW_UP,
        only_ripe=True,
    )
)
