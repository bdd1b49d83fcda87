"""Many customers, leads or deals to another owner."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.ownership import assign
from sales.bulk.deed import Deed, Treated, Values
from sales.bulk.kinds import Kind
from sales.deals.deal_owners import give_deals
from sales.leads.lead_ownership import assign_leads
from sales.models import BulkAct, BulkItem
from team.models import Company, User

WRITERS: dict[str, Callable[..., int]] = {
    "customer": assign,
    "lead": assign_leads,
    "deal": give_deals,
}


def cannot(kind: Kind, rows: Sequence[Any], values: Values) -> dict[int, str]:
    """Leads that ended never change hands, nor closed deals: whose they were is what was won or lost."""
    why = {}
    for row in rows:
        if kind.name == "lead" and not row.is_open:
            why[row.pk] = _("has ended already")
        elif kind.name == "deal" and row.closed_on is not None:
            why[row.pk] = _("is closed already")
        elif values.to is not None and row.owner_id == values.to.pk:
            why[row.pk] = _("%(name)s has it already") % {"name": values.to.name}
    return why


def carry_out(kind: Kind, rows: Sequence[Any], values: Values, by: User) -> dict[int, Treated]:
    before = {row.pk: Treated({"owner": row.owner_id}) for row in rows}
    WRITERS[kind.name](list(before), values.to, on=Company.get().today, by=by)
    return before


def take_back(kind: Kind, act: BulkAct, items: Mapping[int, BulkItem], by: User) -> set[int]:
    """Back to who had them; what was handed on since, or has ended, stays."""
    with_them = kind.rows(items, by).filter(owner=act.to_id)
    still = [row for row in with_them if not _is_over(kind, row)]
    groups: dict[int | None, list[int]] = {}
    for row in still:
        groups.setdefault(items[row.pk].before["owner"], []).append(row.pk)
    # who has left meanwhile gets nothing back
    here = User.objects.filter(is_active=True)
    people = here.in_bulk([pk for pk in groups if pk is not None])
    back: set[int] = set()
    for owner, ids in groups.items():
        if owner is None or owner in people:
            to = None if owner is None else people[owner]
            WRITERS[kind.name](ids, to, on=Company.get().today, by=by)
            back.update(ids)
    return back


def _is_over(kind: Kind, row: Any) -> bool:
    if kind.name == "lead":
        return not row.is_open
    return kind.name == "deal" and row.closed_on is not None


GIVE = Deed(
    key="give",
    label=gettext_lazy("Give to another owner"),
    short=pgettext_lazy("many records", "Give"),
    icon="user-share",
    kinds=frozenset(WRITERS),
    cannot=cannot,
    carry_out=carry_out,
    take_back=take_back,
    done=lambda values, rows: _("Now with %(name)s: %(rows)s.") % {"name": values.to, "rows": rows},
    for_leaders=True,
)
