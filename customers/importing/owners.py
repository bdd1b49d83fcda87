"""The columns of an owner: who may be named, and writing the first owners of new records."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.importing.columns import Column, Day, Refers
from customers.importing.lookups import PEOPLE, Lookup, colleagues
from customers.importing.rows import Row, Run
from team.models import User

NOT_YOURS = gettext_lazy(
    "“%(typed)s” is nobody you answer for. Give an e-mail, a reference or a name."
)
OWNER = Refers(
    "owner",
    gettext_lazy("Owner"),
    also=(
        "rep",
        "rep id",
        "sales rep",
        "відповідальний",
        "менеджер",
        "sales agent",
        "account owner",
    ),
    lookup=Lookup(colleagues, PEOPLE, missing=NOT_YOURS),
)
OWNER_SINCE = Day(
    "owner_since",
    gettext_lazy("Owner since"),
    also=("assigned on", "відповідальний з"),
)
OWNER_COLUMNS: tuple[Column, ...] = (OWNER, OWNER_SINCE)

Assign = Callable[..., int]


def check_owner(row: Row, run: Run) -> None:
    since = row.clean.get("owner_since")
    if since is not None and since > run.today:
        row.refuse(_("This day has not come yet."), OWNER_SINCE.label)
    owner = row.clean.get("owner")
    if owner is None or run.by is None:
        return
    if not owner.is_active:
        row.refuse(_("%(name)s may not sign in any more.") % {"name": owner.name}, OWNER.label)
    elif owner.is_leaving and owner != run.by:
        row.refuse(
            _("%(name)s leaves and is given nothing more.") % {"name": owner.name}, OWNER.label
        )


def note_owners(new: list[Row], run: Run, since: Callable[[Row], date]) -> None:
    """Remember whose the new records are; without the column, a rep's own."""
    own = run.by if run.by is not None and run.by.is_rep else None
    for row in new:
        owner: User | None = row.clean.get("owner") or own
        row.owner_id = owner.pk if owner else None
        if owner is not None:
            by_owner = run.notes.setdefault("owners", defaultdict(list))
            by_owner[owner, row.clean.get("owner_since") or since(row)].append(row.record.pk)


def assign_noted(run: Run, assign: Assign) -> None:
    owners: dict[tuple[User, date], list[Any]] = run.notes.get("owners", {})
    for (owner, since), ids in owners.items():
        # a file of thousands tells nobody of each
        assign(ids, owner, on=since, by=run.by, tells=False)
