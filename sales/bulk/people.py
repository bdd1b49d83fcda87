"""Who gives to whom, and whose a step is; and holding many rows still."""

from collections.abc import Iterable
from typing import Any

from team.access import leads_others
from team.models import User


def may_give_to(by: User, to: User) -> bool:
    """Who leads others gives within their sight, to people who work here and stay; everybody to themselves.

    Who leaves gives nothing away.
    """
    if not to.is_active:
        return False
    if to.pk == by.pk:
        return True
    return leads_others(by) and not by.is_leaving and User.receivers(by).filter(pk=to.pk).exists()


def for_whom(rows: Iterable[Any], by: User) -> dict[int, int]:
    """Who a step with each record is for: its owner, or who plans it where nobody works on it, or it is a person."""
    rows = list(rows)
    gone = _not_here(rows)
    owners = {row.pk: getattr(row, "owner_id", None) for row in rows}
    return {pk: by.pk if own is None or own in gone else own for pk, own in owners.items()}


def _not_here(rows: Iterable[Any]) -> set[int]:
    """The owners who do not work here any more: nobody would see a task of theirs."""
    owners = {row.owner_id for row in rows if getattr(row, "owner_id", None)}
    return set(User.objects.filter(pk__in=owners, is_active=False).values_list("pk", flat=True))


def lock(model: Any, ids: Iterable[int]) -> None:
    """In order of id, on the bare table: what is seen of it is asked afterwards."""
    rows = model._default_manager.select_for_update(of=("self",), no_key=True)
    list(rows.filter(pk__in=ids).order_by("pk").values_list("pk"))
