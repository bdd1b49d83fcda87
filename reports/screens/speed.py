"""How fast leads were answered and what became of them: the lists behind the columns of the leads not won."""

from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.definitions.speed import BANDS, SPEED
from reports.raw.leads import leaked
from reports.screens import columns
from reports.screens.lead_names import NAMES, weekday_names
from reports.screens.leakage import AFTER, SOURCE
from reports.screens.parts import Figure, ListView, Shown, Step
from reports.screens.screen import Opened, Screen, show
from reports.statistics.intervals import FEW

COLUMNS = (
    columns.name(_("Lead")),
    columns.reference(),
    columns.owner(),
    columns.day("arrived", _("Arrived")),
    AFTER,
    SOURCE,
    Shown("won", _("Won in time"), lambda row: gettext("yes") if row.evidence.in_base else ""),
)


def _noun(count: int) -> str:
    return ngettext("lead", "leads", count)


def strip(opened: Opened) -> list[Figure]:
    return [_band(opened, band, label) for band, label in BANDS]


def _band(opened: Opened, band: str, label: Any) -> Figure:
    told = opened.headline[band]
    ends = gettext("95%% range %(low)s – %(high)s") % {
        "low": formatting.percent(told["lo"]),
        "high": formatting.percent(told["hi"]),
    }
    count = gettext("%(won)s of %(n)s leads") % {
        "won": formatting.number(told["converted"]),
        "n": formatting.number(told["leads"]),
    }
    few = [(gettext("few leads"), "")] if told["leads"] < FEW else []
    return Figure(
        label,
        formatting.percent(told["rate"]),
        opened.list_url(band),
        notes=[(count, ""), *([(ends, "")] if told["rate"] is not None else []), *few],
        is_small=told["leads"] < FEW,
    )


def steps(opened: Opened) -> list[Step]:
    return [
        Step(label, formatting.number(opened.headline[band]["leads"]), opened.list_url(band))
        for band, label in BANDS
    ]


def words(opened: Opened) -> str:
    return gettext(
        "leads that became customers in time ÷ leads answered that fast, each old enough to tell"
    )


def why_range(opened: Opened) -> str:
    return gettext(
        "Of few leads a share says little: the range is where it lies in 95 of 100 such counts (Wilson)."
    )


SPEED_SCREEN = show(
    Screen(
        report=SPEED,
        word="speed-of-answer",
        title=SPEED.title,
        lists=tuple(
            ListView(band, COLUMNS, _noun, hint=label, sort="arrived") for band, label in BANDS
        ),
        strip=strip,
        steps=steps,
        words=words,
        explain=leaked,
        why_range=why_range,
        splits=("source", "owner", "team", "campaign", "channel", "region", "weekday", "hour"),
        names=NAMES | {"weekday": weekday_names},
        estimated=True,
        icon="user-question",
    )
)
