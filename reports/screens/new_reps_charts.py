"""Chart of the newcomers: what each sold since the first day, over the band of earlier hires."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.lib import formatting
from crm.lib.bands import Track, band_chart
from reports.ramps import LEAST, Ramp, band, ramps
from reports.reading import rows
from reports.screens.parts import Card
from reports.screens.screen import Opened

# Lines drawn; more could not be told apart.
AT_MOST = 6


def charts(opened: Opened) -> list[Card]:
    """Two queries: whose rows the viewer sees, and what all hires sold."""
    measures = [m.key for m in opened.report.measures if m.key != "in_progress_idle"]
    seen = rows(opened.snapshot, opened.viewer, measures).filter(opened.shelf.rows())
    judged: dict[int | None, str] = dict(seen.order_by().values_list("owner_id", "measure"))
    found = ramps(opened.snapshot.as_of)
    mine = [ramp for ramp in found if ramp.rep_id in judged and ramp.cents][-AT_MOST:]
    earlier = [ramp for ramp in found if ramp.rep_id not in judged]
    limits = band(earlier)
    if not mine:
        return []
    top = max([*(max(ramp.cents) for ramp in mine), *(high for _low, high in limits)], default=0)
    axis = formatting.money_axis(top, opened.currency)
    tracks = [_track(opened, ramp, judged, limits) for ramp in mine]
    chart = band_chart("ramp", tracks, limits, axis.write)
    return [
        Card(
            "ramp",
            _("Sold since the first day"),
            "reports/charts/band.html",
            _("%(unit)s, by months of 30 days") % {"unit": axis.unit},
            _foot(len(earlier), bool(limits)),
            data={"chart": chart, "heads": [label for _place, label in chart.labels]},
        )
    ]


def _track(
    opened: Opened, ramp: Ramp, judged: dict[int | None, str], limits: list[tuple[int, int]]
) -> Track:
    month = len(ramp.cents) - 1
    below = month < len(limits) and ramp.cents[-1] < limits[month][0]
    key = {"loss": "loss", "learning": "learning", "in_progress": "in_progress"}
    measure = key.get(judged[ramp.rep_id], "evaluated")
    return Track(
        ramp.name,
        ramp.cents,
        formatting.money(ramp.cents[-1], opened.currency),
        opened.list_url(measure, owner=ramp.rep_id),
        "loss" if below else "",
    )


def _foot(earlier: int, has_band: bool) -> Any:
    if not has_band:
        return _("The band of earlier hires appears from %(n)s of them on.") % {"n": LEAST}
    return ngettext(
        "Band: the middle half of %(n)s earlier hire.",
        "Band: the middle half of %(n)s earlier hires.",
        earlier,
    ) % {"n": formatting.number(earlier)}
