"""Many open leads closed for one reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sales.bulk.deed import Deed, Treated, Values
from sales.bulk.kinds import Kind
from sales.leads.closing_choices import closing_of
from sales.models import BulkAct, BulkItem, Lead, LeadEnding
from team.audit import Change, record_many
from team.models import Company, User


def cannot(kind: Kind, rows: Sequence[Any], values: Values) -> dict[int, str]:
    return {row.pk: _("has ended already") for row in rows if not row.is_open}


def carry_out(kind: Kind, rows: Sequence[Any], values: Values, by: User) -> dict[int, Treated]:
    """What `sales.leads.changing.close_lead` does to one."""
    today = Company.get().today
    reason, why = closing_of(values.text)
    endings = LeadEnding.everything.bulk_create(
        (
            LeadEnding(
                lead=row,
                kind=LeadEnding.Kind.CLOSED,
                on=today,
                reason=reason,
                why=why,
                recorded_on=today,
            )
            for row in rows
        ),
        batch_size=500,
    )
    _write(rows, {"closed_on": today, "closed_reason": reason}, "close", by)
    return {row.pk: Treated(made=end.pk) for row, end in zip(rows, endings, strict=True)}


def take_back(kind: Kind, act: BulkAct, items: Mapping[int, BulkItem], by: User) -> set[int]:
    """Open again what the act closed and nobody has opened or closed since."""
    live = LeadEnding.everything.filter(
        pk__in=[item.made for item in items.values()], deleted_on__isnull=True
    )
    standing = set(live.values_list("lead", flat=True))
    still = [row for row in kind.rows(items, by) if row.pk in standing]
    live.filter(lead__in=[row.pk for row in still]).update(deleted_on=Company.get().today)
    _write(still, {"closed_on": None, "closed_reason": ""}, "reopen", by)
    return {row.pk for row in still}


def _write(rows: Sequence[Lead], values: Mapping[str, Any], action: str, by: User) -> None:
    Lead.everything.filter(pk__in=[row.pk for row in rows]).update(
        **values, version=F("version") + 1
    )
    changes = (
        Change(row, {name: getattr(row, name) for name in values}, dict(values)) for row in rows
    )
    record_many(action, changes, by=by)


CLOSE = Deed(
    key="close",
    label=gettext_lazy("Close leads"),
    short=pgettext_lazy("many records", "Close"),
    icon="archive",
    kinds=frozenset({"lead"}),
    cannot=cannot,
    carry_out=carry_out,
    take_back=take_back,
    done=lambda values, rows: _("Closed: %(rows)s.") % {"rows": rows},
)
