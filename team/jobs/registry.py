"""Which kinds of jobs there are; every app's `tasks.py` registers its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from team.jobs.progress import Progress

Handler = Callable[..., None]
When = Callable[[datetime], bool]


@dataclass(frozen=True)
class Kind:
    """`run(progress, **args)` does the work; `nightly_at` is a local time of the company's zone, `when` says
    whether there is something to do at an instant.
    """

    name: str
    run: Handler
    nightly_at: time | None
    title: str | Promise
    when: "When | None" = None


_kinds: dict[str, Kind] = {}


def handler(
    name: str,
    *,
    nightly_at: time | None = None,
    title: str | Promise = "",
    when: When | None = None,
) -> Callable[[Handler], Handler]:
    """Register `run(progress, **args)` under a name such as "reports.snapshot"; people see `title`.

    It must bear being run again from the start: a run may be cut off anywhere. What it made
    becomes visible in `with progress.publishing():`, once. A nightly one gets `day="2026-11-22"`,
    the local day that has ended, once for each day. One with `when`, which is asked each minute and so must
    be quick, is done as often as there is something to do.
    """

    def register(run: Handler) -> Handler:
        if name in _kinds:
            raise ValueError(f"Two handlers for jobs of kind {name}.")
        _kinds[name] = Kind(name, run, nightly_at, title or name, when)
        return run

    return register


def kind_of(name: str) -> Kind:
    """The registered kind; KeyError for an unknown name."""
    return _kinds[name]


def is_kind(name: str) -> bool:
    return name in _kinds


def title_of(name: str) -> str:
    """What people call jobs of this kind, in the language of the reader."""
    kind = _kinds.get(name)
    return str(kind.title) if kind else name


def nightly_kinds() -> list[Kind]:
    return [kind for kind in _kinds.values() if kind.nightly_at is not None]


def watching_kinds() -> list[Kind]:
    """Those that say themselves when there is something to do."""
    return [kind for kind in _kinds.values() if kind.when is not None]


def carry_out(name: str, progress: "Progress", args: dict[str, Any]) -> None:
    """Do the work of one job."""
    if name not in _kinds:
        raise LookupError(f"No handler for jobs of kind {name}.")
    _kinds[name].run(progress, **args)
