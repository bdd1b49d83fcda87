"""How a stage of a deal is marked."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from crm.lib.templatetags.ui import badge
from sales.models import Stage

register = template.Library()

LOOKS: dict[str, tuple[str, str]] = {
    Stage.Kind.WON: ("gain", "circle-check"),
    Stage.Kind.LOST: ("loss", "circle-x"),
}


@register.simple_tag
def stage_badge(stage: Stage) -> SafeString:
    return badge(stage, *LOOKS.get(stage.kind, ("", "")))


@register.simple_tag
def move_buttons(stages: Sequence[Stage], now: Stage) -> SafeString:
    """The buttons that move a deal of the stage `now`; written once for a column, whose cards hold the same."""
    return format_html_join(
        "",
        '<button name="stage" value="{}" data-move-key="{}"{}>{}{}</button>',
        (_button(place, stage, stage.pk == now.pk) for place, stage in enumerate(stages, 1)),
    )


def _button(place: int, stage: Stage, here: bool) -> tuple[Any, ...]:
    key = format_html("<kbd>{}</kbd>", place) if place < 10 else ""
    if not here:
        return stage.key, place, "", key, str(stage)
    label = gettext("%(stage)s, now here") % {"stage": stage}
    return stage.key, place, flatatt({"aria-current": "step"}), key, label


@register.simple_tag
def stage_kind(stage: Stage) -> SafeString:
    """What a stage means, whatever it is called."""
    return badge(Stage.Kind(stage.kind).label, *LOOKS.get(stage.kind, ("", "")))
