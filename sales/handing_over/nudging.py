"""Reminding a new owner of one customer who waits for their call: told once a day, whoever asks."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.lib.periods import local_date
from customers.models import Customer
from sales.handing_over.care import DUE, LATE, LATE_AGAIN, cared, running
from sales.models import HandoverLine
from team.audit import record
from team.models import Company, Notice, User
from team.notices import AT_ONCE, Told, notice_kind, tell
from team.refusals import Refusal

# Who waits for a call of the new owner, the first or the second.
WAITING = (DUE, LATE, LATE_AGAIN)


class NobodyWaits(Refusal):
    """The customer has been called, given on or taken back since."""

    def __init__(self) -> None:
        super().__init__(_("Nobody waits for this call any more."))


def _reminded(told: Mapping[str, Any]) -> str:
    return _("%(by)s reminds you to call %(customer)s, whom you took over from %(from)s.") % told


REMINDED = notice_kind(
    "handover.remind",
    gettext_lazy("Somebody reminds you of a customer whom you took over"),
    _reminded,
    icon="bell",
    mail=AT_ONCE,
)


def remind(line: HandoverLine, *, by: User, now: datetime) -> bool:
    """Remind the new owner; False: they were reminded of this customer today already.

    Raises `NobodyWaits`.
    """
    with transaction.atomic():
        # two who remind at once take turns, so that one of them is told that it is done
        Customer.everything.select_for_update(of=("self",), no_key=True).get(pk=line.record_id)
        lines = cared(HandoverLine.objects.filter(pk=line.pk), [line.handover_id], now)
        waits = lines.filter(handover__in=running(now).values("pk"), care__in=WAITING)
        found = waits.select_related("receiver", "handover__leaver", "giver").first()
        if found is None or not found.receiver.is_active or found.receiver_id == by.pk:
            raise NobodyWaits
        customer = Customer.everything.get(pk=found.record_id)
        told = {"by": by.name, "customer": customer.name, "from": str(found.handover)}
        path = customer.get_absolute_url()
        fresh = tell(REMINDED, [Told(found.receiver_id, _key(found.record_id, now), told, path)])
        if fresh:
            record("remind", customer, by=by, after={"whom": found.receiver.name})
    return bool(fresh)


def reminded_today(customers: Collection[int], now: datetime) -> set[tuple[int, int]]:
    """Of these customers who was reminded of which today: (customer, person). One statement."""
    keys = {_key(pk, now): pk for pk in customers}
    rows: QuerySet[Notice] = Notice.objects.filter(kind=REMINDED.key, key__in=keys)
    return {(keys[key], user) for key, user in rows.values_list("key", "user")}


def _key(customer: int, now: datetime) -> str:
    return f"{customer} {local_date(now, Company.get().zone):%Y-%m-%d}"
