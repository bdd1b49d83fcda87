"""The first call with somebody unknown: the lead or customer and the call are stored together, and taken back so."""

from dataclasses import dataclass, replace

from django.db import transaction

from customers.keeping import add_customer, bin_record
from customers.models import Customer
from sales.calls.logging_calls import CallEntry, log_call
from sales.calls.taking_back import undo_call
from sales.leads.changing import add_lead, locked_lead
from sales.leads.converting import has_work, is_unworked
from sales.models import Activity, Deal, Lead, LeadSource, LeadTag
from team.models import Company, User
from team.records import change_record


@dataclass(frozen=True)
class TakenBack:
    """Whom a call that was taken back had made known, if anybody; `gone` with it, as nobody touched them since."""

    somebody: Customer | Lead | None = None
    gone: bool = False


def log_first_call(
    somebody: Customer | Lead, entry: CallEntry, *, by: User
) -> tuple[Customer | Lead, Activity, bool]:
    """Store both or neither; the same `client_ref` again answers the first ones, False.

    A lead arrives with its call, so that the call can answer it. A rep looks after whom they spoke with.
    """
    somebody.client_ref = entry.client_ref
    owner = by if by.is_rep else None
    with transaction.atomic():
        if isinstance(somebody, Customer):
            customer, _made = add_customer(somebody, owner=owner, by=by)
            call, made = log_call(replace(entry, customer=customer, lead=None), by=by)
            return customer, call, made
        somebody.arrived_at = entry.start_at
        if entry.direction == Activity.Direction.IN:
            somebody.source = LeadSource.objects.filter(key="phone", is_active=True).first()
        lead, _made = add_lead(somebody, owner=owner, by=by)
        call, made = log_call(replace(entry, lead=lead), by=by)
        return lead, call, made


def take_call_back(call: Activity, *, by: User) -> TakenBack:
    """Undo a call, and with a first one the lead or customer that was made for it. Raises `TooLate`. Twice is once."""
    with transaction.atomic():
        undo_call(call, by=by)
        somebody = _made_with(call)
        if somebody is None:
            return TakenBack()
        return TakenBack(somebody, gone=_is_gone(somebody) or _take_away(somebody, call, by))


def _made_with(call: Activity) -> Customer | Lead | None:
    """They bear the reference of the form that stored them together."""
    for somebody in (call.lead, call.customer):
        if somebody is not None and call.client_ref and somebody.client_ref == call.client_ref:
            return somebody
    return None


def _is_gone(somebody: Customer | Lead) -> bool:
    left_on = somebody.deleted_on if isinstance(somebody, Lead) else somebody.binned_on
    return left_on is not None


def _take_away(somebody: Customer | Lead, call: Activity, by: User) -> bool:
    today = Company.get().today
    if isinstance(somebody, Customer):
        untouched = is_unworked(somebody) and somebody.owner_id in (None, call.author_id)
        if untouched:
            bin_record(somebody, by=by, on=today)
        return untouched
    lead = locked_lead(somebody)
    untouched = _is_untouched(lead, call)
    if untouched:
        change_record(lead, {"deleted_on": today}, by=by, version=None, action="undo")
    return untouched


def _is_untouched(lead: Lead, call: Activity) -> bool:
    """Nobody edited it, ended it, gave it to somebody else, tagged it or works on it."""
    return (
        lead.version == 1
        and lead.is_open
        and lead.owner_id in (None, call.author_id)
        and not has_work(lead=lead)
        and not Deal.everything.listed().filter(lead=lead).exists()
        and not LeadTag.everything.filter(lead=lead).exists()
    )
