"""Acts on a loss that have a page of their own: offered to those who may do them there."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from reports.acts.choosing import may_stop
from reports.definitions.time import TIME
from reports.reading.filters import as_query
from reports.screens.parts import Link, Row
from reports.screens.screen import Opened
from sales.models import Campaign, Handover
from team.access import ADMIN, DIRECTOR


def response_goal(opened: Opened) -> list[Link]:
    """A rule: its page shows the old figures beside the new before it is set."""
    if not opened.viewer.has_role(ADMIN, DIRECTOR):
        return []
    address = f"{reverse('rules')}?{urlencode({'report': opened.report.slug})}#id_sla_hours"
    return [Link(_("Set the response goal"), address, "target")]


def campaign(opened: Opened) -> list[Link]:
    """The campaign that the rows are narrowed to; who keeps campaigns can stop it, before its planned end too."""
    reference = opened.narrow.get("campaign")
    found = Campaign.objects.filter(reference=reference).first() if reference else None
    if found is None:
        return []
    page = Link(_("Open the campaign"), reverse("campaign-detail", args=[found.pk]), "speakerphone")
    if not may_stop(found, opened.viewer):
        return [page]
    asked = dict(opened.carried) | {"split": "campaign", "row": str(found.pk), "do": "stop"}
    look = f"{opened.act_url}?{urlencode(asked)}"
    return [page, Link(_("Stop the campaign"), look, "circle-x", in_layer=True)]


def hand_over(opened: Opened) -> list[Link]:
    """The hand-over of who left, where the page is narrowed to one; else what is watched of all."""
    board = Link(_("After-care"), reverse("handover-care"), "user-share")
    owner = opened.filters.owner
    if owner is None:
        return [board]
    done = Handover.visible_to(opened.viewer).filter(
        leaver=owner.pk, kind=Handover.Kind.DEPARTURE, applied_at__isnull=False
    )
    found = done.order_by("-applied_at").first()
    if found is None:
        return [board]
    return [Link(_("Open the hand-over"), found.get_absolute_url(), "user-share")]


def absence(row: Row, opened: Opened) -> Link | None:
    """A day that was no day of work is noted where people are kept."""
    if not opened.viewer.has_role(ADMIN):
        return None
    return Link(_("Note an absence"), reverse("person-absence", args=[row.subject.pk]), "beach")


def days(row: Row, opened: Opened) -> Link | None:
    """The months of a person's paid hours, in the period and team of the page."""
    address = paid_hours(opened, list="loss", owner=row.evidence.owner_id)
    return Link(_("Open the days"), f"{address}#rows", "calendar")


def paid_hours(opened: Opened, **more: Any) -> str:
    """The page of paid hours, in the period and team of this one."""
    return f"{reverse(TIME.slug)}?{urlencode(as_query(opened.filters, **more))}"
