"""How customers moved between the groups of a report since a day at least four weeks earlier."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.drawing.movement import Move, movement
from reports.models import Snapshot
from reports.reading.evidence import rows
from reports.screens.parts import Card
from reports.screens.screen import Opened

# How long ago the earlier of two compared days lies at least, in days.
APART = 28


def earlier(opened: Opened) -> Snapshot | None:
    """The last snapshot that is four weeks older."""
    return next(
        (
            one
            for one in opened.shelf.snapshots
            if one.slug == opened.report.slug and (opened.snapshot.as_of - one.as_of).days >= APART
        ),
        None,
    )


def moves(opened: Opened) -> list[Card]:
    """From the rows to the columns: how many customers went where since the earlier day."""
    before = earlier(opened)
    if before is None:
        return []
    measures = [measure.key for measure in opened.report.measures]
    seen = rows(opened.snapshot, opened.viewer, measures).filter(opened.shelf.rows())
    moved = movement(before, seen)
    labels = {measure.key: str(measure.label) for measure in opened.report.measures}
    found: dict[tuple[str, str], Move] = {(move.was, move.now): move for move in moved}
    was = [key for key in measures if any(move.was == key for move in moved)]
    table = [
        {
            "label": labels.get(key, gettext("no customer yet")),
            "cells": [_cell(found.get((key, to)), key == to) for to in measures],
        }
        for key in [*was, *([""] if any(not move.was for move in moved) else [])]
    ]
    return [
        Card(
            "moves",
            _("How customers moved"),
            "reports/charts/moves.html",
            _("rows: on %(was)s; columns: on %(now)s")
            % {"was": formatting.day(before.as_of), "now": formatting.day(opened.snapshot.as_of)},
            data={
                "heads": [(labels[key], opened.list_url(key)) for key in measures],
                "rows": table,
            },
        )
    ]


def _cell(move: Move | None, stayed: bool) -> dict[str, Any]:
    return {"n": move.customers if move else 0, "stayed": stayed}
