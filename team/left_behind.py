"""What somebody leaves unfinished when they sign out: asked about, as the device may be others' too."""

from collections.abc import Callable
from dataclasses import dataclass

from team.models import User


@dataclass(frozen=True)
class LeftBehind:
    """`count` says how many of a person, `told` and `removing` put that many into words, `remove` removes them."""

    count: Callable[[User], int]
    told: Callable[[int], str]
    removing: Callable[[int], str]
    remove: Callable[[User], None]


_kinds: list[LeftBehind] = []


def left_behind(kind: LeftBehind) -> None:
    """Make a kind known; called by the app that keeps it."""
    _kinds.append(kind)


def what_is_left(user: User) -> list[dict[str, str]]:
    """Each kind there is something of, in words."""
    counted = [(kind, kind.count(user)) for kind in _kinds]
    return [{"told": kind.told(n), "removing": kind.removing(n)} for kind, n in counted if n]


def remove_all(user: User) -> None:
    for kind in _kinds:
        kind.remove(user)
