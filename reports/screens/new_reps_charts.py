"""Chart of the newcomers: what each sold since the first day, over the band of earlier hires."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.lib import formatting
from crm.lib.bands import Track, band_chart
from crm.lib.formatting import MoneyAxis
from reports.reading.evidence import rows
from reports.rows.ramp import MONTHS, Tenure, tenures
from reports.screens.parts import Card
from reports.screens.screen import Opened

# Lines drawn; more could not be told apart.
AT_MOST = 6
# A band of fewer hires says nothing, and something of single people.
LEAST = 5


def charts(opened: Opened) -> list[Card]:
    """Two queries: whose rows the viewer sees, and what all hires sold."""
    measures = [m.key for m in opened.report.measures if m.key != "in_progress_idle"]
    seen = rows(opened.snapshot, opened.viewer, measures).filter(opened.shelf.rows())
    told = seen.order_by("pk").values_list("owner_id", "owner__name", "measure")
    judged = {owner: (name, measure) for owner, name, measure in told}
    found = tenures(opened.snapshot.as_of)
    mine = [one for one in found if one.rep_id in judged and one.cents][-AT_MOST:]
    earlier = [_running(one) for one in found if one.rep_id not in judged and one.cents]
    limits = _band(earlier)
    if not mine:
        return []
    tops = [*(max(_running(one)) for one in mine), *(high for _low, high in limits)]
    axis = formatting.money_axis(max(tops), opened.currency)
    tracks = [_track(opened, one, *judged[one.rep_id], limits, axis) for one in mine]
    chart = band_chart("ramp", tracks, limits, axis.write)
    return [
        Card(
            "ramp",
            _("Sold since the first day"),
            "reports/charts/band.html",
            _("%(unit)s, months since then") % {"unit": axis.unit},
            _foot(len(earlier), bool(limits)),
            data={
                "chart": chart,
                "heads": [label for _place, label in chart.labels],
                "ends": [(axis.short(low), axis.short(high)) for low, high in limits],
            },
        )
    ]


def _running(one: Tenure) -> list[int]:
    """What was sold since the first day, month by month."""
    return list(accumulate(one.cents))


def _band(earlier: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """The middle half of earlier hires by month: a quarter lies below, a quarter above."""
    limits = []
    for month in range(MONTHS):
        reached = sorted(sums[month] for sums in earlier if len(sums) > month)
        if len(reached) < LEAST:
            break
        limits.append((reached[len(reached) // 4], reached[-(len(reached) // 4) - 1]))
    return limits


def _track(
    opened: Opened,
    one: Tenure,
    name: str,
    measure: str,
    limits: list[tuple[int, int]],
    axis: MoneyAxis,
) -> Track:
    sums = _running(one)
    month = len(sums) - 1
    below = month < len(limits) and sums[-1] < limits[month][0]
    key = measure if measure in ("loss", "learning", "in_progress") else "evaluated"
    return Track(
        name,
        sums,
        formatting.money(sums[-1], opened.currency),
        opened.list_url(key, owner=one.rep_id),
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
