"""Handing the chosen customers or leads of a list on to another owner."""

import uuid
from collections.abc import Iterable

from django.db import transaction

from customers.ownership import assign
from reports.acts.choosing import (
    SUBJECTS,
    NotAllowed,
    Ticked,
    found_in,
    listed_in,
    may_do,
)
from reports.acts.deeds import DEEDS, Deed
from reports.acts.receiving import fitting, of_other_kind
from reports.acts.remembering import keep_items, known_act, reference_of, remember
from reports.models import Act
from sales.bulk.people import lock, may_give_to
from sales.leads.lead_ownership import assign_leads
from team.models import Company, User


def hand_on(
    ticked: Ticked,
    to: User,
    *,
    by: User,
    client_ref: uuid.UUID,
    deed: Deed = DEEDS["reassign"],
) -> Act:
    """Another owner for each chosen customer or lead from today.

    The same `client_ref` again answers the act it made. Raises `NotThere`, `NotAllowed`, `TooMany`, `AllOver`,
    `NoneFits`, `Changed`.
    """
    if ticked.subject_type == "user" or not may_do(deed, ticked, by) or not may_give_to(by, to):
        raise NotAllowed
    with transaction.atomic():
        client_ref = reference_of(client_ref, by, deed.key, ticked, to)
        known = known_act(client_ref, by)
        if known is not None:
            return known
        listed = listed_in(ticked)
        # whose they were is read once nobody else can hand them on any more: undoing gives them back to these
        lock(SUBJECTS[ticked.subject_type].model, listed)
        found = fitting(ticked, deed, found_in(ticked, by, listed), by)
        others = of_other_kind(ticked, deed)
        act = remember(ticked, deed, by, client_ref, to=to)
        before = {row.pk: row.owner_id for row in found}
        hand(ticked.subject_type, list(before), to, by)
        keep_items(act, ticked, dict.fromkeys(before), before, besides=others)
    return act


def hand(subject_type: str, ids: Iterable[int], to: User | None, by: User) -> int:
    write = assign if subject_type == "customer" else assign_leads
    return write(list(ids), to, on=Company.get().today, by=by)
