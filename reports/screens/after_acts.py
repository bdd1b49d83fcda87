"""What became of the last act on a report: what was won since, beside the rows that were left alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from crm.lib import formatting
from reports.acts.outcomes import Told
from reports.screens.columns import short
from reports.screens.parts import Figure
from reports.screens.screen import Opened
from reports.statistics.intervals import wilson

# A strip never holds more.
AT_MOST = 5


def after_act(opened: Opened, acts: Sequence[Told], strip: Sequence[Figure]) -> list[Figure]:
    """Of the whole list that was acted on, so it stands on no page that is narrowed to less."""
    last = next((told for told in acts if told.act.outcome_on and told.wins), None)
    if last is None or len(strip) >= AT_MOST or opened.shelf.is_narrowed:
        return []
    won = {"customer": _("bought again"), "lead": _("became customers")}[last.act.subject_type]
    notes: list[tuple[Any, str]] = [(f"{_of(last.act.treated)} {won}", "#outcomes")]
    if last.act.rest.get("n"):
        notes.append((_("left alone: %(share)s") % {"share": _of(last.act.rest)}, ""))
    told = {"act": last.label, "day": formatting.day_of_year(last.act.on)}
    return [
        Figure(
            _("After “%(act)s” of %(day)s") % told,
            short(opened, last.act.treated.get("cents", 0)),
            "#outcomes",
            notes=notes,
            tone="gain",
        )
    ]


def _of(part: Mapping[str, Any]) -> str:
    """1 of 2 (9.5 – 90.5%): a share of few is never told without its range."""
    won, n = part.get("won", 0), part.get("n", 0)
    low, high = wilson(won, n)
    told = {"won": formatting.number(won), "n": formatting.number(n)}
    ends = {"low": formatting.percent(low), "high": formatting.percent(high)}
    return _("%(won)s of %(n)s (%(low)s – %(high)s)") % (told | ends)
