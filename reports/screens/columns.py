"""Columns and figures that several reports have: the name, the owner at the event, money, the next step."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.lib.templatetags.ui import change, money_short, points
from reports.ripeness import is_too_young, told
from reports.screens.parts import Figure, Row, Shown
from reports.screens.screen import Opened

BY_MONEY = ("-cents", "id")
BY_DAY = ("occurred_on", "id")


def name(label: Any) -> Shown:
    """The record, a link; the first column of every list."""
    return Shown("name", label, lambda row: row.name)


def reference() -> Shown:
    """What a file names a record by."""
    return Shown("reference", _("Reference"), lambda row: row.evidence.line_key, only_in_file=True)


def owner(label: Any = None) -> Shown:
    return Shown(
        "owner",
        label or _("Owner then"),
        lambda row: row.evidence.owner.name if row.evidence.owner else None,
        place="is-clip is-fact-2",
    )


def money(label: Any) -> Shown:
    """The cents of the row; a file says the currency beside it."""
    return Shown(
        "money",
        label,
        lambda row: row.evidence.cents,
        "money",
        BY_MONEY,
        place="is-sum-cell",
        guarded=True,
    )


def day(
    key: str,
    label: Any,
    value: Callable[[Row], Any] | None = None,
    *,
    stored: bool = True,
    spare: bool = False,
) -> Shown:
    """A day; one that can be sorted by is the stored one of the event."""
    return Shown(
        key,
        label,
        value or (lambda row: row.evidence.occurred_on),
        "day",
        BY_DAY if stored else (),
        spare=spare,
    )


def next_step(*, wanted: bool = False) -> Shown:
    """When something is planned with the record; in loss colour where nothing is and something should be."""
    return Shown(
        "step",
        _("Next step"),
        lambda row: getattr(row.subject, "next_step_on", None),
        "due",
        empty=_("none planned") if wanted else "",
    )


def in_file(key: str, label: Any, value: Callable[[Row], Any]) -> Shown:
    """A column that only a file has."""
    return Shown(key, label, value, only_in_file=True)


def short(opened: Opened, cents: int | None) -> Any:
    """₴6.94m for the eye, in full for a screen reader."""
    return money_short(cents, opened.currency)


def ripening_loss(
    opened: Opened, label: Any, sure: Any, notes: Sequence[tuple[Any, str]]
) -> Figure:
    """The loss of a page whose leads take time: up to where it can be judged, and the trend of ripe months.

    Of a period of which nothing can be judged yet there is none, not even zero.
    """
    words = told(opened.report, opened.run)
    is_young = is_too_young(opened.report, opened.run)
    cents = None if is_young else opened.headline["loss_cents"]
    return Figure(
        label,
        short(opened, cents),
        opened.list_url("loss"),
        [] if is_young else [sure, *moved(opened, "loss_cents")],
        [*([] if is_young else notes), *([(words, "")] if words else [])],
        tone="loss",
        spark=opened.trend,
        spark_before=opened.trend_before,
        spark_title=_trend_title(opened),
    )


def _trend_title(opened: Opened) -> str:
    """What the line beside a figure shows: each month as it was when it was ripe."""
    days = opened.report.ripening(opened.run.values)
    return ngettext(
        "The last 13 months, each %(n)s day after its end; younger ones are not drawn; dashed: the year before",
        "The last 13 months, each %(n)s days after its end; younger ones are not drawn; dashed: the year before",
        days,
    ) % {"n": days}


def moved(opened: Opened, key: str, better: Any = "down") -> list[Any]:
    """How a figure differs from the period before; nothing where that was not taken."""
    if opened.before is None:
        return []
    now, was = opened.headline.get(key), opened.before.get(key)
    return [] if now is None or was is None else [change(now, was, better)]


def moved_points(opened: Opened, key: str, better: Any = "down") -> list[Any]:
    """The same for a share, in points."""
    if opened.before is None:
        return []
    now, was = opened.headline.get(key), opened.before.get(key)
    return [] if now is None or was is None else [points(now, was, better)]
