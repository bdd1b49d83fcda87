"""Many open deals lost for one reason. Won is said deal by deal: each books revenue of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sales.bulk.deed import Deed, Treated, Values
from sales.bulk.kinds import Kind
from sales.bulk.moving import stand_as_before, treated, unchanged_since
from sales.deals.moving_many import LOST, lose_deals, lost_stages
from sales.models import BulkAct, BulkItem, LossReason, Stage
from team.audit import values_of
from team.models import User


def cannot(kind: Kind, rows: Sequence[Any], values: Values) -> dict[int, str]:
    ends = lost_stages()
    why = {}
    for row in rows:
        if row.closed_on is not None:
            why[row.pk] = _("is closed already")
        elif row.stage.pipeline_id not in ends:
            why[row.pk] = _("its pipeline has no stage for lost deals")
    return why


def carry_out(kind: Kind, rows: Sequence[Any], values: Values, by: User) -> dict[int, Treated]:
    before = {row.pk: values_of(row, LOST) for row in rows}
    return treated(lose_deals(list(rows), values.text, by=by), before)


def take_back(kind: Kind, act: BulkAct, items: Mapping[int, BulkItem], by: User) -> set[int]:
    """Open again as they stood; what was opened, won or changed since stays."""
    rows = kind.rows(items, by).filter(stage__kind=Stage.Kind.LOST)
    still = unchanged_since(rows, items)
    stand_as_before(still, items, LOST, by)
    return {row.pk for row in still}


def _done(values: Values, rows: str) -> str:
    reason = LossReason.objects.filter(key=values.text).first() or values.text
    return _("Lost (%(reason)s): %(rows)s.") % {"reason": reason, "rows": rows}


LOSE = Deed(
    key="lose",
    label=gettext_lazy("Mark as lost"),
    short=pgettext_lazy("many records", "Lost"),
    icon="circle-x",
    kinds=frozenset({"deal"}),
    cannot=cannot,
    carry_out=carry_out,
    take_back=take_back,
    done=_done,
)
