"""The bar of a list by which ticked records are acted on."""

from typing import Any

from django import template
from django.template.context import Context

from crm.lib.listing import Listing
from sales.bulk.acting import WHOLE, deeds_for

register = template.Library()


@register.inclusion_tag("sales/_bulk_bar.html", takes_context=True)
def bulk_bar(context: Context, kind: str, listing: Listing) -> dict[str, Any]:
    """What can be done to the ticked rows of a list of this kind, or to all of it."""
    request = context["request"]
    return {
        "listing": listing,
        "deeds": deeds_for(kind, request.user),
        "carried": listing.in_force,
        "whole": WHOLE,
        "frame": context["frame"],
    }
