"""What the address of a record carries that was opened from the list of a report (`team.trail`)."""

from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode

from crm.lib.listing import CURSORS
from reports.models import Evidence
from reports.screens.screen import Opened
from team.trail import IN, LONGEST, OF

# The row itself: a customer may stand in a list twice.
AT = "at"
# Pages of records that tell where they were opened from.
STEPPED = ("customer", "lead", "deal")


def trail_to(opened: Opened, query: QueryDict, row: Evidence) -> str:
    """The list and the row of it; nothing for a record whose page tells no way back."""
    if row.subject_type not in STEPPED:
        return ""
    return f"?{words_of(opened.screen.slug, state_of(query), row)}"


def words_of(name: str, state: str, row: Evidence) -> str:
    words: dict[str, Any] = {IN: name, **({OF: state} if state else {}), AT: row.pk}
    return urlencode(words)


def state_of(query: QueryDict) -> str:
    """What an address narrows and orders the list by, without the page of it; too much of it is none."""
    kept = query.copy()
    for name in CURSORS:
        kept.pop(name, None)
    state = kept.urlencode()
    return state if len(state) <= LONGEST else ""
