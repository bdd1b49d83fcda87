"""Chart of the newcomers: what each sold since the first day, over the band of earlier hires."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.lib import formatting
from crm.lib.bands import Track, band_chart
from crm.lib.formatting import MoneyAxis
from reports.reading.evidence import rows
from reports.rows.ramp import LEAST
from reports.screens.parts import Card
from reports.screens.screen import Opened

# Lines drawn; more could not be told apart.
AT_MOST = 6


def charts(opened: Opened) -> list[Card]:
    """As kept with the figures; one query, for whose rows the viewer sees."""
    measures = [m.key for m in opened.report.measures if m.key != "in_progress_idle"]
    seen = rows(opened.snapshot, opened.viewer, measures).filter(opened.shelf.rows())
    told = seen.order_by("pk").values_list("owner_id", "owner__name", "measure")
    judged = {owner: (name, measure) for owner, name, measure in told}
    ramp = opened.snapshot.whole["ramp"]
    mine = [(rep_id, sums) for rep_id, sums in ramp["sold"] if rep_id in judged][-AT_MOST:]
    limits = [(low, high) for low, high in ramp["band"]]
    if not mine:
        return []
    tops = [*(max(sums) for _rep, sums in mine), *(high for _low, high in limits)]
    axis = formatting.money_axis(max(tops), opened.currency)
    tracks = [_track(opened, rep_id, sums, *judged[rep_id], limits, axis) for rep_id, sums in mine]
    chart = band_chart("ramp", tracks, limits, axis.write)
    return [
        Card(
            "ramp",
            _("Sold since the first day"),
            "reports/charts/band.html",
            _("%(unit)s, months since then") % {"unit": axis.unit},
            _foot(ramp["earlier"], bool(limits)),
            data={
                "chart": chart,
                "heads": [label for _place, label in chart.labels],
                "ends": [(axis.short(low), axis.short(high)) for low, high in limits],
            },
        )
    ]


def _track(
    opened: Opened,
    rep_id: int,
    sums: list[int],
    name: str,
    measure: str,
    limits: list[tuple[int, int]],
    axis: MoneyAxis,
) -> Track:
    month = len(sums) - 1
    below = month < len(limits) and sums[-1] < limits[month][0]
    key = measure if measure in ("loss", "learning", "in_progress") else "evaluated"
    return Track(
        name,
        sums,
        formatting.money(sums[-1], opened.currency),
        opened.list_url(key, owner=rep_id),
        "loss" if below else "",
        [axis.short(cents) for cents in sums],
    )


def _foot(earlier: int, has_band: bool) -> Any:
    if not has_band:
        return _("The band of earlier hires appears from %(n)s of them on.") % {"n": LEAST}
    return ngettext(
        "Band: the middle half of %(n)s earlier hire.",
        "Band: the middle half of %(n)s earlier hires.",
        earlier,
    ) % {"n": formatting.number(earlier)}
