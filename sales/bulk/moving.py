"""Many open deals into another open stage. Lost is `sales.bulk.losing`; won is said deal by deal."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sales.bulk.deed import Deed, Treated, Values
from sales.bulk.kinds import Kind
from sales.deals.moving_many import TOLD, move_deals
from sales.models import BulkAct, BulkItem, Deal, DealChange
from team.audit import Change, record_many, values_of
from team.models import Company, User


def cannot(kind: Kind, rows: Sequence[Any], values: Values) -> dict[int, str]:
    why = {}
    for row in rows:
        if row.closed_on is not None:
            why[row.pk] = _("is closed already")
        elif values.stage is not None and row.stage_id == values.stage.pk:
            why[row.pk] = _("stands there already")
    return why


def carry_out(kind: Kind, rows: Sequence[Any], values: Values, by: User) -> dict[int, Treated]:
    assert values.stage is not None
    before = {row.pk: values_of(row, TOLD) for row in rows}
    changes = move_deals(list(rows), values.stage, by=by)
    return treated(changes, before)


def treated(
    changes: Sequence[DealChange], before: Mapping[int, Mapping[str, Any]]
) -> dict[int, Treated]:
    """What each deal said before its change, as far as JSON holds it."""
    said = {
        pk: {**values, "stage_since": values["stage_since"].isoformat()}
        for pk, values in before.items()
    }
    return {change.deal_id: Treated(said[change.deal_id], change.pk) for change in changes}


def take_back(kind: Kind, act: BulkAct, items: Mapping[int, BulkItem], by: User) -> set[int]:
    """Those whose last change is still the act's."""
    rows = kind.rows(items, by).filter(stage=act.stage_id, closed_on__isnull=True)
    still = unchanged_since(rows, items)
    stand_as_before(still, items, TOLD, by)
    return {row.pk for row in still}


def unchanged_since(rows: "QuerySet[Deal]", items: Mapping[int, BulkItem]) -> list[Deal]:
    """Those of the treated whose last change is still the act's; no report knows that change any more."""
    live = DealChange.everything.filter(deal__in=list(items), deleted_on__isnull=True)
    last = dict(live.values_list("deal").annotate(newest=Max("pk")).order_by())
    still = [row for row in rows if last.get(row.pk) == items[row.pk].made]
    DealChange.everything.filter(pk__in=[items[row.pk].made for row in still]).update(
        deleted_on=Company.get().today
    )
    return still


def stand_as_before(
    rows: Sequence[Deal], items: Mapping[int, BulkItem], names: Sequence[str], by: User
) -> None:
    """Write what the items say the deals said before, under these names."""
    told = []
    for row in rows:
        now, before = values_of(row, names), dict(items[row.pk].before)
        before["stage_since"] = date.fromisoformat(before["stage_since"])
        for name in names:
            setattr(row, "stage_id" if name == "stage" else name, before[name])
        row.version += 1
        told.append(Change(row, now, values_of(row, names)))
    Deal.everything.bulk_update(rows, [*names, "version"], batch_size=500)
    record_many("undo", told, by=by)


STAGE = Deed(
    key="stage",
    label=gettext_lazy("Move to a stage"),
    short=pgettext_lazy("many records", "Move"),
    icon="arrow-right",
    kinds=frozenset({"deal"}),
    cannot=cannot,
    carry_out=carry_out,
    take_back=take_back,
    done=lambda values, rows: (
        _("Now in stage «%(stage)s»: %(rows)s.") % {"stage": values.stage, "rows": rows}
    ),
)
