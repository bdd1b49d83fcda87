"""Whether there is anything that a loss could be made of, in the whole company; else what it needs (R9).

A sum over no rows is 0; what cannot be told at all is no 0: its page and the losses page say what is missing.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from reports.models import Snapshot

NEEDS: Mapping[int, Any] = {
    1: _("needs orders of a year"),
    2: _("needs 30 leads answered in time, and what they bought"),
    3: _("needs campaigns with their costs and leads"),
    4: _("needs wages and logged work"),
    5: _("needs hire dates, wages and credited orders"),
    6: _("needs leave dates and owners over time"),
}
# What the losses that people make are made of, beside orders: with nobody hired nobody came or left in vain.
ALSO_READ = {5: ("employment", "wage"), 6: ("employment", "ownership")}


def is_known(number: int, snapshot: Snapshot) -> bool:
    """Of the snapshot of a loss by its number."""
    if number == 2:
        lines = snapshot.whole.get("lines", {}).values()
        return any(line.get("rate") is not None for line in lines)
    if number in (3, 4):
        return bool(snapshot.headline.get("cost_cents"))
    bought = snapshot.coverage.get("revenue") is not None
    return bought and all(_has_rows(snapshot, table) for table in ALSO_READ.get(number, ()))


def _has_rows(snapshot: Snapshot, table: str) -> bool:
    """Whether there was anything to be read of a table as of the snapshot's day."""
    return bool(snapshot.sources.get(table, {}).get("rows"))


def needs_of(number: int, snapshot: Snapshot) -> Any:
    """What a loss still needs; nothing where it is known, and of what is no loss."""
    return "" if not number or is_known(number, snapshot) else NEEDS[number]
