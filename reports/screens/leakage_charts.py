"""Charts of the leads not won: where they stop, and whether speed matters."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.lib import formatting, svg
from crm.lib.periods import Period, month_end
from crm.lib.svg import Mark
from reports import ripeness
from reports.calendar import trend_starts
from reports.definitions.leakage import LEAKAGE
from reports.definitions.speed import BANDS, SPEED
from reports.drawing.charts import month_labels
from reports.reading.filters import as_query
from reports.report import Run
from reports.rows.lead_steps import BY_RECORD, STEPS
from reports.screens.parts import Card
from reports.screens.screen import Opened
from reports.snapshots.taking import run_of
from reports.statistics.intervals import FEW, share


@dataclass(frozen=True)
class Stage:
    """What a stage is called, and what is said of those that came as far as the one before and no further."""

    label: Any
    stopped: Any = ""


STAGES = {
    "recorded": Stage(gettext_lazy("Leads recorded")),
    "answered": Stage(gettext_lazy("Answered"), gettext_lazy("%(n)s not answered")),
    "reached": Stage(gettext_lazy("Reached"), gettext_lazy("%(n)s not reached")),
    "qualified": Stage(pgettext_lazy("leads", "Qualified"), gettext_lazy("%(n)s not qualified")),
    "offer": Stage(gettext_lazy("Offer"), gettext_lazy("%(n)s without an offer")),
    "won": Stage(pgettext_lazy("leads", "Won"), gettext_lazy("%(n)s not within %(days)s days")),
}


def charts(opened: Opened) -> list[Card]:
    return [_stages(opened), *_speed(opened), *_months(opened)]


def _stages(opened: Opened) -> Card:
    now = opened.headline
    slow, top = now["late"] + now["never"], now["leads"]
    bars = _stage_bars(opened)
    shares = [formatting.percent(share(bar["n"], top)) if top else "" for bar in bars]
    foot = _("%(slow)s of %(all)s were answered late or never (%(share)s).") % {
        "slow": formatting.number(slow),
        "all": formatting.number(top),
        "share": formatting.percent(share(slow, top)),
    }
    feet = [foot, _("Who came further counts in the stages before, recorded or not.")]
    return Card(
        "stages",
        _("From lead to customer"),
        "reports/charts/stages.html",
        _("leads that arrived in the period"),
        " ".join([*feet, *_not_told(opened)]) if top else "",
        data={"bars": list(zip(bars, shares, strict=True)), "top": top},
        is_wide=True,
    )


def _not_told(opened: Opened) -> list[str]:
    """Of the stages that nothing recorded tells of: what is missing."""
    missing = [step for step in BY_RECORD if not opened.snapshot.whole["steps"][step]]
    by_deals = [str(STAGES[step].label) for step in missing if step != "reached"]
    sentences = []
    if "reached" in missing:
        sentences.append(
            _("Reached is not shown: no call to a lead says that somebody was reached.")
        )
    if by_deals:
        sentences.append(
            _("Not shown, since no deal that came from a lead was in such a stage: %(stages)s.")
            % {"stages": ", ".join(by_deals)}
        )
    return sentences


def _months(opened: Opened) -> list[Card]:
    """What each month of the trend had lost when it was ripe; a younger one says when it will be judged."""
    if not any(opened.trend):
        return []
    starts = trend_starts(opened.run.end)
    axis = formatting.money_axis(max(cents or 0 for cents in opened.trend), opened.currency)
    marks = [
        Mark(
            label=label,
            value=cents or 0,
            text=_not_yet(opened, start)
            if cents is None
            else formatting.money(cents, opened.currency),
            url=f"{opened.screen.address}?{urlencode(as_query(opened.filters) | {'period': f'{start:%Y-%m}'})}",
            short="" if cents is None else axis.at_bar(cents),
        )
        for start, label, cents in zip(starts, month_labels(starts), opened.trend, strict=True)
    ]
    title = _("Expected sales not made")
    chart = svg.columns("months", marks, axis.write, height=150, value_name=title)
    hint = _("%(unit)s by month, %(days)s days after its end") % {
        "unit": axis.unit,
        "days": LEAKAGE.ripening(opened.run.values),
    }
    foot = "" if opened.trend[-1] is not None else ripeness.why(LEAKAGE, opened.run)
    return [Card("months", title, "reports/charts/columns.html", hint, foot, data={"chart": chart})]


def _not_yet(opened: Opened, start: date) -> str:
    month = Run(Period(start, month_end(start)), opened.run.as_of, opened.run.values)
    return ripeness.told(LEAKAGE, month) or formatting.UNKNOWN


def _stage_bars(opened: Opened) -> list[dict[str, Any]]:
    """Each stage is a part of the one before it; what is between them came as far as that and no further."""
    now, told = opened.headline, opened.snapshot.whole["steps"]
    shown = [step for step in STEPS if told.get(step, True)]
    days = formatting.number(opened.run.values["convert_days"])
    bars = [_bar(opened, "recorded", str(_("all sources")), "")]
    for before, step in pairwise(shown):
        stopped = formatting.number(now[f"stopped_{before}"])
        note = str(STAGES[step].stopped) % {"n": stopped, "days": days}
        bars.append(_bar(opened, step, note, opened.list_url(f"stopped_{before}")))
    return bars


def _bar(opened: Opened, step: str, note: str, note_url: str) -> dict[str, Any]:
    n = opened.headline[f"came_{step}"]
    return {
        "label": STAGES[step].label,
        "n": n,
        "text": formatting.number(n),
        "url": opened.list_url(f"came_{step}"),
        "first_text": note,
        "first_url": note_url,
        "tone": "gain" if step == "won" else "primary",
    }


def _speed(opened: Opened) -> list[Card]:
    """Share won by time to the first answer, with its range; of leads old enough to tell."""
    snapshot = opened.shelf.newest(SPEED, opened.filters.choice.key)
    if snapshot is None:
        return []
    totals = opened.shelf.totals([snapshot])[snapshot.pk]
    told = SPEED.headline(totals, run_of(snapshot), snapshot.whole)
    page, kept = reverse(SPEED.slug), as_query(opened.filters)
    marks = [
        Mark(
            label=str(label),
            value=told[band]["rate"] or 0,
            text=_("%(rate)s of %(n)s")
            % {
                "rate": formatting.percent(told[band]["rate"]),
                "n": formatting.number(told[band]["leads"]),
            },
            url=f"{page}?{urlencode({**kept, 'list': band})}#rows",
            tone="neutral" if told[band]["leads"] < FEW else "gain",
            low=told[band]["lo"],
            high=told[band]["hi"],
            short=formatting.percent(told[band]["rate"]),
        )
        for band, label in BANDS
    ]
    chart = svg.columns(
        "speed", marks, formatting.axis_percents, tone="gain", height=190, value_name=_("Won")
    )
    foot = _("Grey: fewer than %(few)s leads. The lines are the 95%% range.") % {"few": FEW}
    return [
        Card(
            "speed",
            _("Won, by time to the first answer"),
            "reports/charts/columns.html",
            _("% of leads old enough to tell"),
            foot,
            data={"chart": chart},
        )
    ]
