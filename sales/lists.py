"""The lists that administrators keep: how calls end, where leads come from, why deals are lost."""

from typing import Any

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.translation import gettext as _

from customers.models import Tag
from sales.models import Activity, LeadReason, LeadSource, LossReason, Outcome
from team.models import Choice, User
from team.records import add_record, change_record
from team.refusals import Refusal

# By the word of their address.
LISTS: dict[str, type[Choice]] = {
    "outcomes": Outcome,
    "sources": LeadSource,
    "lead-reasons": LeadReason,
    "reasons": LossReason,
    "tags": Tag,
}
FIELDS = (
    "name",
    "order",
    "is_active",
    "reached",
    "next_step_rule",
    "next_step_after",
    "next_step_title",
    "needs_note",
    "opens_contact",
    "stage",
    "kind",
)


def add_entry(entry: Choice, *, by: User) -> tuple[Choice, bool]:
    """Store a new entry; its key, by which files name it, is made of its name. False: made before by the same post."""
    entry.key = new_key(entry.name)
    told = [name for name in FIELDS if hasattr(entry, name)]
    with transaction.atomic():
        return add_record(entry, by=by, fields=told)


def new_key(name: str) -> str:
    """By which files name an entry that was made on screen: a name can be given twice, a key cannot."""
    words = slugify(name, allow_unicode=True)[:80].replace("-", "_")
    return f"{words}_{get_random_string(4).lower()}".lstrip("_")


def change_entry(entry: Choice, values: dict[str, Any], *, by: User, version: int) -> Choice:
    """Store an edit; raises `VersionConflict`, and `Refusal` where it would say otherwise what calls have said."""
    with transaction.atomic():
        stored = type(entry)._default_manager.select_for_update().get(pk=entry.pk)
        if isinstance(stored, Outcome) and values.get("reached", stored.reached) != stored.reached:
            _check_unused(stored)
        return change_record(entry, values, by=by, version=version)


def _check_unused(outcome: Outcome) -> None:
    if is_used(outcome):
        raise Refusal(
            _("Calls say this already. Retire this outcome and add another one."), "reached"
        )


def is_used(outcome: Outcome) -> bool:
    """Whether a call ended so: reports read of it whether somebody was reached, and must not change afterwards."""
    return Activity.everything.filter(outcome=outcome).exists()


def retire_entry(entry: Choice, *, by: User) -> None:
    """Offer it no more; raises `Refusal` for the last one. Records can do without tags."""
    model = type(entry)
    with transaction.atomic():
        # all of them, in one order: of those offered alone each of two at once would see others, and wait for the other
        entries = model._default_manager.select_for_update().order_by("pk")
        if model is not Tag and [one.pk for one in entries if one.is_active] == [entry.pk]:
            raise Refusal(_("This is the last one: without it nothing could be chosen."))
        change_record(entry, {"is_active": False}, by=by, version=None, action="retire")


def restore_entry(entry: Choice, *, by: User) -> None:
    change_record(entry, {"is_active": True}, by=by, version=None, action="offer again")
