"""Charts of the leads not won: where they stop, and whether speed matters."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

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
from reports.screens.parts import Card
from reports.screens.screen import Opened
from reports.snapshots.taking import run_of
from reports.statistics.intervals import FEW, share


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
    return Card(
        "stages",
        _("From lead to customer"),
        "reports/charts/stages.html",
        _("leads that arrived in the period"),
        foot if top else "",
        data={"bars": list(zip(bars, shares, strict=True)), "top": top},
        is_wide=True,
    )


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
    chart = svg.columns("months", marks, axis.write, height=150, value_name=axis.unit)
    hint = _("%(unit)s by month, %(days)s days after its end") % {
        "unit": axis.unit,
        "days": LEAKAGE.ripening(opened.run.values),
    }
    title = _("Expected sales not made")
    foot = "" if opened.trend[-1] is not None else ripeness.why(LEAKAGE, opened.run)
    return [Card("months", title, "reports/charts/columns.html", hint, foot, data={"chart": chart})]


def _not_yet(opened: Opened, start: date) -> str:
    month = Run(Period(start, month_end(start)), opened.run.as_of, opened.run.values)
    return ripeness.told(LEAKAGE, month) or formatting.UNKNOWN


def _stage_bars(opened: Opened) -> list[dict[str, Any]]:
    """Each stage is a part of the one before it."""
    now, timely = opened.headline, opened.totals["timely"]
    answered = now["timely"] + now["late"]
    silent, late, lost = (
        formatting.number(n)
        for n in (now["leads"] - answered, now["late"], timely.n - timely.base_n)
    )
    everybody, in_time = opened.list_url("leads"), opened.list_url("timely")
    return [
        _bar(_("Leads recorded"), _("all sources"), now["leads"], everybody),
        _bar(
            _("Answered"),
            _("%(n)s not answered") % {"n": silent},
            answered,
            opened.list_url("answered"),
        ),
        _bar(_("Answered in time"), _("%(n)s too late") % {"n": late}, now["timely"], in_time),
        _bar(
            _("Won of these"),
            _("%(n)s not, or not yet") % {"n": lost},
            timely.base_n,
            opened.list_url("won_in_time"),
            "gain",
        ),
    ]


def _bar(label: str, note: str, n: int, url: str, tone: str = "primary") -> dict[str, Any]:
    return {"label": label, "note": note, "n": n, "url": url, "tone": tone}


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
