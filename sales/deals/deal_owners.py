"""Giving open deals to another owner, many at once. A deal has no periods: what it said before is kept (0010)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.lib.formatting import number
from sales.models import Deal
from team.audit import Change, current_actor, record_many
from team.models import Company, User
from team.notices import AT_ONCE, Told, notice_kind, tell
from team.past import keep_past, kept_values


def _told(told: Mapping[str, Any]) -> str:
    if told["name"]:
        return _("%(by)s gave you the deal %(name)s.") % told
    text = ngettext(
        "%(by)s: %(n)s deal is yours now.", "%(by)s: %(n)s deals are yours now.", told["n"]
    )
    return text % {"by": told["by"], "n": number(told["n"])}


GIVEN = notice_kind(
    "deal.given", gettext_lazy("Deals that become yours"), _told, icon="briefcase", mail=AT_ONCE
)


def give_deals(
    ids: Iterable[int],
    to: User | None,
    *,
    on: date,
    by: User | None,
    reason: str = "",
    tells: bool = True,
) -> int:
    """The deals are `to`'s from today, None: nobody's; how many changed hands. What is closed stays as it was settled.

    `on` is today, as for customers. A fixed number of statements per 1,000 deals.
    """
    if on != Company.get().today:
        raise ValueError("The owner of a deal has no days.")
    with transaction.atomic():
        rows = Deal.everything.select_for_update(of=("self",), no_key=True)
        found = rows.filter(pk__in=list(ids), closed_on__isnull=True).order_by("pk")
        deals = [deal for deal in found if deal.owner_id != (to.pk if to else None)]
        said = {deal.pk: kept_values(deal) for deal in deals}
        after = {"owner": to and to.pk} | ({"reason": reason} if reason else {})
        told = [Change(deal, {"owner": deal.owner_id}, after) for deal in deals]
        Deal.everything.filter(pk__in=said).update(owner=to, version=F("version") + 1)
        for deal in deals:
            deal.owner = to
        keep_past(deals, said, on)
        record_many("update", told, by=by)
        if tells:
            _tell(deals, to, by)
    return len(deals)


def _tell(deals: list[Deal], to: User | None, by: User | None) -> None:
    """Who gets something from somebody else is told, once an act."""
    if not deals or to is None or by is None or by.pk == to.pk:
        return
    only = deals[0] if len(deals) == 1 else None
    told = {"n": len(deals), "name": str(only) if only else "", "by": by.name}
    path = only.get_absolute_url() if only else reverse("deal-list")
    tell(GIVEN, [Told(to.pk, f"deal {deals[0].pk} {current_actor().batch}", told, path)])
