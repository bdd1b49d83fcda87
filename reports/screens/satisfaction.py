"""What customers answered, and who of them was lost a year later."""

from typing import Any

from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting, svg
from crm.lib.svg import Mark
from reports.definitions.satisfaction import CSAT, GROUPS, NPS, NPS_CHURN
from reports.raw.other import of_answer
from reports.report import Report
from reports.screens.columns import moved_points
from reports.screens.customers_lists import (
    by_formula,
    count_steps,
    customer_columns,
    fact,
    lists_of,
)
from reports.screens.parts import Card, Figure, ListView, Shown
from reports.screens.screen import Opened, Screen, show
from reports.statistics.intervals import FEW

SCORE = fact("score", _("Score"), "number", place="is-fact")
COLUMNS = customer_columns(None, SCORE, day=pgettext_lazy("a day", "Answered"))
LATER = Shown(
    "later",
    _("A year later"),
    lambda row: gettext("lost") if row.evidence.in_base else gettext("active"),
)


def _answers(opened: Opened) -> Figure:
    now = opened.headline
    told = gettext("of %(sent)s sent") % {"sent": formatting.number(now["sent"])}
    return Figure(
        _("Answered"),
        formatting.percent(now["response_rate"]),
        opened.list_url("sent"),
        moved_points(opened, "response_rate", "up"),
        [(told, opened.list_url("sent"))],
        is_small=now["sent"] < FEW,
    )


def _range(low: str, high: str) -> str:
    return gettext("95%% range %(low)s – %(high)s") % {"low": low, "high": high}


def _few(n: int) -> list[tuple[Any, str]]:
    return [(gettext("few answers"), "")] if n < FEW else []


def nps_strip(opened: Opened) -> list[Figure]:
    now = opened.headline
    ends = [formatting.number(now[name], 0) for name in ("lo", "hi")]
    count = ngettext("%(n)s answer", "%(n)s answers", now["n"]) % {"n": formatting.number(now["n"])}
    labels = {"promoters": _("Promoters"), "passives": _("Passives"), "detractors": _("Detractors")}
    tones = {"promoters": "gain", "detractors": "loss"}
    score = Figure(
        _("Would recommend us, −100 to 100"),
        formatting.number(now["nps"], 0),
        opened.list_url("promoters"),
        notes=[*([(_range(*ends), "")] if now["n"] else []), (count, ""), *_few(now["n"])],
        is_small=now["n"] < FEW,
    )
    groups = [
        Figure(
            label,
            formatting.number(now[name]),
            opened.list_url(name),
            tone=tones.get(name, ""),
        )
        for name, label in labels.items()
    ]
    return [score, *groups, _answers(opened)]


def csat_strip(opened: Opened) -> list[Figure]:
    now = opened.headline
    count = ngettext("%(n)s answer", "%(n)s answers", now["n"]) % {"n": formatting.number(now["n"])}
    ends = [formatting.percent(now[name]) for name in ("lo", "hi")]
    return [
        Figure(
            _("Satisfied"),
            formatting.percent(now["csat"]),
            opened.list_url("satisfied"),
            moved_points(opened, "csat", "up"),
            [*([(_range(*ends), "")] if now["n"] else []), (count, ""), *_few(now["n"])],
            is_small=now["n"] < FEW,
        ),
        Figure(
            _("Dissatisfied"),
            formatting.number(now["n"] - now["satisfied"]),
            opened.list_url("dissatisfied"),
            tone="loss",
        ),
        _answers(opened),
    ]


def churn_strip(opened: Opened) -> list[Figure]:
    return [_lost_of(opened, name, label) for name, label in GROUPS.items()]


def _lost_of(opened: Opened, name: str, label: Any) -> Figure:
    told = opened.headline[name]
    count = gettext("%(lost)s of %(n)s lost a year later") % {
        "lost": formatting.number(told["lost"]),
        "n": formatting.number(told["n"]),
    }
    ends = _range(formatting.percent(told["lo"]), formatting.percent(told["hi"]))
    ranged = [(ends, "")] if told["rate"] is not None else []
    return Figure(
        label,
        formatting.percent(told["rate"]),
        opened.list_url(name),
        notes=[(count, ""), *ranged, *_few(told["n"])],
        is_small=told["n"] < FEW,
    )


def churn_charts(opened: Opened) -> list[Card]:
    marks = [
        Mark(
            label=str(label),
            value=told["rate"] or 0,
            text=formatting.percent(told["rate"]),
            url=opened.list_url(name),
            tone="neutral" if told["n"] < FEW else "loss",
            low=told["lo"],
            high=told["hi"],
            short=formatting.percent(told["rate"]),
        )
        for name, label in GROUPS.items()
        for told in (opened.headline[name],)
    ]
    chart = svg.columns("foretold", marks, formatting.axis_percents, value_name=gettext("Lost"))
    return [
        Card(
            "foretold",
            _("Lost a year later, by answer"),
            "reports/charts/columns.html",
            _("% of those active when answering; lines: 95% range"),
            data={"chart": chart},
        )
    ]


def why_range(opened: Opened) -> str:
    return gettext("Few answers say little: the range is where the score of all customers may lie.")


def _screen(
    report: Report, word: str, lists: tuple[ListView, ...], strip: Any, **more: Any
) -> Screen:
    return show(
        Screen(
            report=report,
            word=word,
            title=report.title,
            lists=lists,
            strip=strip,
            steps=count_steps,
            words=by_formula,
            explain=of_answer,
            why_range=why_range,
            splits=("owner", "team", "score", "segment", "region"),
            estimated=True,
            group="analysis",
            icon="mood-smile",
            **more,
        )
    )


def _answer_lists(report: Report) -> tuple[ListView, ...]:
    keys = [each.key for each in report.lists if each.key != "sent"]
    sent = lists_of(["sent"], COLUMNS, has_tab=False)
    return (*lists_of(keys, COLUMNS, deeds=("call", "reassign")), *sent)


NPS_SCREEN = _screen(NPS, "recommendation", _answer_lists(NPS), nps_strip, beside=(NPS_CHURN.slug,))
CSAT_SCREEN = _screen(CSAT, "satisfaction", _answer_lists(CSAT), csat_strip)
NPS_CHURN_SCREEN = _screen(
    NPS_CHURN,
    "answers-and-leaving",
    lists_of(
        [each.key for each in NPS_CHURN.lists],
        customer_columns(None, SCORE, LATER, day=pgettext_lazy("a day", "Answered")),
    ),
    churn_strip,
    charts=churn_charts,
)
