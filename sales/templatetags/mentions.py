"""What somebody wrote, with the colleagues named in it as links."""

import re

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sales.models import Activity, Mention
from team.access import leads_others, scope_of
from team.models import User

register = template.Library()


@register.filter
def with_mentions(entry: Activity, viewer: User) -> SafeString:
    """The note; `entry.mentions` and their people are read along."""
    marks = {mark.typed: mark for mark in entry.mentions.all()}
    if not marks:
        return format_html("{}", entry.note)
    spots = re.compile("|".join(sorted(map(re.escape, marks), key=len, reverse=True)))
    parts: list[tuple[str | SafeString]] = []
    last = 0
    for spot in spots.finditer(entry.note):
        parts += [(entry.note[last : spot.start()],), (_link(marks[spot[0]], viewer),)]
        last = spot.end()
    return format_html_join("", "{}", [*parts, (entry.note[last:],)])


def _link(mark: Mention, viewer: User) -> SafeString:
    """To the person's page for who may open it, else to a mail to them; who has no address is named only."""
    if leads_others(viewer) and scope_of(viewer).covers(mark.user_id):
        address = reverse("person-detail", args=[mark.user_id])
    elif not mark.user.email:
        return format_html('<span class="m-mention">{}</span>', mark.typed)
    else:
        address = f"mailto:{mark.user.email}"
    return format_html('<a class="m-mention" href="{}">{}</a>', address, mark.typed)
