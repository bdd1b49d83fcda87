"""A record that was opened from the list of a report leads to the ones beside it there, as from any other list."""

from functools import partial
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse

from reports.models import Evidence
from reports.reading.filters import filters_of
from reports.screens import all_screens
from reports.screens.lists import list_of, ranked_rows, rows_of
from reports.screens.opening import open_rows
from reports.screens.screen import Opened, Screen
from reports.screens.subjects import SUBJECTS
from reports.screens.tables import listing_of
from reports.screens.trails import AT, STEPPED, words_of
from team.access import SignedInRequest
from team.trail import Trail, as_asked, declare_trails

Beside = tuple[int | None, int | None, Evidence | None, Evidence | None]


def declare_reports() -> None:
    for screen in all_screens():
        declare_trails(screen.slug, partial(_around, screen))


def _around(screen: Screen, request: SignedInRequest, state: str, record: Model) -> Trail | None:
    """Made anew of the newest snapshot that the address asks for, in the reader's scope."""
    kind = str(record._meta.model_name)
    if kind not in STEPPED or not screen.opens_for(request.user):
        return None
    asked = as_asked(request, screen.address, state)
    opened = open_rows(screen, asked, filters_of(asked, request.user, screen.report))
    if opened is None:
        return None
    row = _row(opened, request.GET.get(AT, ""), kind, record)
    place, count, before, after = (
        (None, None, None, None) if row is None else _beside(asked, opened, row)
    )
    return Trail(
        title=list_of(opened)[1].label,
        url=f"{screen.address}?{state}#rows" if state else f"{screen.address}#rows",
        place=place,
        count=count,
        previous_url=_step(screen, state, before, opened),
        next_url=_step(screen, state, after, opened),
        is_gone=row is None,
    )


def _row(opened: Opened, at: str, kind: str, record: Model) -> Evidence | None:
    """The row that was opened; the record's first one, where a night has made the list anew since."""
    rows = rows_of(opened)
    if at.isascii() and at.isdigit() and len(at) < 19:
        found: Evidence | None = rows.filter(pk=int(at)).first()
        if found is not None:
            return found
    return rows.filter(subject_type=kind, subject_id=record.pk).order_by("pk").first()


def _beside(request: SignedInRequest, opened: Opened, row: Evidence) -> Beside:
    """Its place in the whole list, and the rows before and after it whose records this person may open."""
    open_ones = _that_open(opened, row.subject_type)
    ranked = ranked_rows(opened, opened.view)
    if ranked is not None:
        return _in_ranking(ranked, row, set(open_ones.values_list("pk", flat=True)))
    listing = listing_of(request, opened)
    before, after = listing_of(request, opened, open_ones).neighbours(row)
    return listing.place_of(row), listing.count, before, after


def _that_open(opened: Opened, kind: str) -> "QuerySet[Evidence]":
    seen: Any = SUBJECTS[kind].seen(opened.viewer)
    return rows_of(opened).filter(subject_type=kind, subject_id__in=seen.values("pk"))


def _in_ranking(ranked: list[Evidence], row: Evidence, open_ones: set[int]) -> Beside:
    ids = [one.pk for one in ranked]
    if row.pk not in ids:
        return None, len(ids), None, None
    at = ids.index(row.pk)
    before = next((one for one in reversed(ranked[:at]) if one.pk in open_ones), None)
    after = next((one for one in ranked[at + 1 :] if one.pk in open_ones), None)
    return at + 1, len(ids), before, after


def _step(screen: Screen, state: str, row: Evidence | None, opened: Opened) -> str:
    view = None if row is None else SUBJECTS[row.subject_type].view(opened.viewer)
    if row is None or view is None:
        return ""
    return f"{reverse(view, args=[row.subject_id])}?{words_of(screen.slug, state, row)}"
