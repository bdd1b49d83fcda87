"""What an address narrows the rows of a report to: a month, a week, a line, or a value of a dimension."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from reports.report import Dimension, Report

# "(none)" in an address, as in the JSON: rows without a value.
NONE = "(none)"
# A team with all teams inside it is a filter of the page (`team`); the team itself narrows by this word.
WORD_OF = {"team": "team_then"}
LONGEST = 200
GREATEST = 2**63


def word_of(name: str) -> str:
    """The parameter that narrows by a dimension."""
    return WORD_OF.get(name, name)


def narrow_of(request: HttpRequest, report: Report) -> dict[str, Any]:
    """By name, for `reading.rows`. What does not fit is left out."""
    found: dict[str, Any] = {}
    calendar = {"month": _month, "week": _week, "line": as_text}
    for name, read in calendar.items():
        value = read(request.GET.get(name, ""))
        if value:
            found[name] = value
    for way in report.ways:
        found_way = way.read(request.GET.get(way.key, ""))
        if found_way is not None:
            found[way.key] = found_way
    for dimension in report.dimensions:
        if dimension.key in calendar:
            continue  # read above: a month is a month, also where rows have one of their own
        asked = request.GET.get(word_of(dimension.key), "")
        if asked == NONE:
            found[dimension.key] = None
        elif asked and (value := _value(dimension, asked)) is not None:
            found[dimension.key] = value
    return found


def as_words(narrow: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of an address that narrow so, for logs and links."""
    return {word_of(name): NONE if value is None else str(value) for name, value in narrow.items()}


def _value(dimension: Dimension, asked: str) -> Any:
    if dimension.source == "column" or dimension.is_whole:
        whole = asked.isascii() and asked.isdigit() and int(asked[:20]) < GREATEST
        return int(asked) if whole and len(asked) < 20 else None
    return as_text(asked) or None


def _month(asked: str) -> str:
    shape = len(asked) == 7 and asked[4] == "-" and (asked[:4] + asked[5:]).isdecimal()
    fits = shape and asked.isascii() and "1900" < asked < "9999" and "01" <= asked[5:] <= "12"
    return asked if fits else ""


def _week(asked: str) -> str:
    try:
        monday = date.fromisoformat(asked)
    except ValueError:
        return ""
    return monday.isoformat() if 1900 < monday.year < 9999 else ""


def as_text(asked: str) -> str:
    """What an address may hold as a value; empty for what no database stores."""
    return asked if "\0" not in asked and len(asked) <= LONGEST else ""


def in_words(name: str, report: Report) -> str:
    """The name of what a chip narrows by."""
    calendar = {"month": _("Month"), "week": _("Week"), "line": _("Line")}
    named = report.dimension(name) or report.way(name)
    return str(named.label) if named else calendar[name]
