"""The target of a loss on its page, as the losses page has it: the period's share of the months' targets (R4)."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.lib import formatting
from crm.lib.periods import Period
from reports.ripeness import is_too_young
from reports.rules.targets import target_of, targets_in
from reports.screens.parts import Figure
from reports.screens.screen import Opened


def with_target(opened: Opened, strip: Sequence[Figure]) -> list[Figure]:
    """The loss, first of its strip, says its target last; no figure does where the loss is not told."""
    cents = opened.headline.get("loss_cents")
    target = None if opened.needs else target_in(opened)
    if cents is None or target is None:
        return list(strip)
    is_over = cents > target and not is_too_young(opened.report, opened.run)
    loss = replace(strip[0], notes=[*strip[0].notes, (_told(opened, target, is_over=is_over), "")])
    return [loss, *strip[1:]]


def target_in(opened: Opened) -> int | None:
    """Cents for the days of the period so far, for who sees the whole company: it is the company's. One query."""
    if not opened.report.loss or not opened.sees_all:
        return None
    slug, period = opened.report.slug, Period(opened.run.period.start, opened.run.end)
    return target_of(slug, period, targets_in([slug], period))


def _told(opened: Opened, target: int, *, is_over: bool) -> SafeString | str:
    money = {"money": formatting.money_short(target, opened.currency)}
    if not is_over:
        return _("target %(money)s") % money
    return format_html('<span class="m-loss">{}</span>', _("over the target of %(money)s") % money)
