"""How a stage of a deal is marked."""

from django import template
from django.utils.safestring import SafeString

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
