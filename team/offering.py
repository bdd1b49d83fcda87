"""What lists offer a person: the columns they may choose from, and how to reach people."""

from crm.lib.columns import Column, ListKind
from team.access import scope_of
from team.models import User


def columns_for(kind: ListKind, user: User) -> list[Column]:
    """Without the owner where they see their own alone, and without how to reach people where they leave."""
    return kind.offered(others=not scope_of(user).is_one_person, reaching=reaches(user))


def reaches(user: User) -> bool:
    """Whether lists tell them numbers and addresses; who leaves opens each record for it, which is counted."""
    return not user.is_leaving
