"""Charts of the departed reps: customers lost by leaver, and what those who stayed bought before and after."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.lib import formatting
from reports.definitions.did import DID
from reports.reading.evidence import rows
from reports.screens.groups import groups_of
from reports.screens.lead_names import people_names
from reports.screens.parts import Card
from reports.screens.screen import Opened
from reports.screens.subjects import dress

AT_MOST = 8


def charts(opened: Opened) -> list[Card]:
    return [_lost(opened), *_before_and_after(opened)]


def _lost(opened: Opened) -> Card:
    """Each leaver's lost customers, the dearest first: of those that the page is narrowed to."""
    found = rows(opened.snapshot, opened.viewer, ["loss"]).filter(opened.shelf.rows())
    groups = groups_of(found, opened.report, "departure", with_money=True)
    groups.sort(key=lambda group: (-group.whole.cents, group.key))
    names = people_names([group.key for group in groups[:AT_MOST]])
    bars: list[dict[str, Any]] = [
        {
            "label": names.get(group.key, group.key),
            "note": _("%(n)s customers") % {"n": formatting.number(group.whole.n)},
            "n": group.whole.cents,
            "text": formatting.money_short(group.whole.cents, opened.currency),
            "url": opened.list_url("loss", departure=group.key),
        }
        for group in groups[:AT_MOST]
    ]
    return Card(
        "lost",
        _("Lost since each departure"),
        "reports/charts/bars.html",
        _("yearly sales of the customers who left"),
        data={"bars": bars, "top": max((bar["n"] for bar in bars), default=0), "tone": "loss"},
    )


def _before_and_after(opened: Opened) -> list[Card]:
    """Revenue of who stayed, half a year before and after, beside what others’ buying would have made of it.

    What they bought after is neither good nor bad by itself: it fell or rose, the effect says which.
    """
    snapshot = opened.shelf.last(DID)
    if snapshot is None:
        return []
    seen = rows(snapshot, opened.viewer, ["effect"]).filter(opened.shelf.rows())
    known = {(row.line_key, row.facets["leave_on"]): row for row in seen}
    people = {
        row.evidence.line_key: row.name
        for row in dress(list(known.values()), opened.viewer, opened.run)
    }
    lines = [
        (line, known[line["rep_id"], line["leave_on"]])
        for line in snapshot.whole.get("departures", [])
        if (line["rep_id"], line["leave_on"]) in known
    ]
    bars = [_pair(line, row, people, opened) for line, row in lines[-AT_MOST:]]
    if not bars:
        return []
    window = opened.run.values.get("did_window_days", 180)
    return [
        Card(
            "effect",
            _("Before and after each departure"),
            "reports/charts/pairs.html",
            _("sales of all their customers, %(n)s days each") % {"n": window},
            _(
                "The range tells what it was beside customers whose owner stayed. Estimates, not in the loss."
            ),
            data={
                "bars": bars,
                "top": max(max(bar["first"], bar["second"]) for bar in bars),
                "first": _("Before"),
                "second": _("After"),
                "tone": "plain",
            },
        )
    ]


def _pair(line: dict[str, Any], row: Any, people: dict[str, str], opened: Opened) -> dict[str, Any]:
    ends = formatting.money_range(row.low_cents, row.high_cents)
    name = people.get(line["rep_id"], line["rep_id"])
    return {
        "label": name,
        "note": _("effect %(ends)s") % {"ends": ends},
        "url": f"{reverse(DID.slug)}?list=treated&departure={line['rep_id']}#rows",
        "first": max(0, line["pre"]),
        "second": max(0, line["post"]),
        "first_text": formatting.money_short(line["pre"], opened.currency),
        "second_text": formatting.money_short(line["post"], opened.currency),
    }
