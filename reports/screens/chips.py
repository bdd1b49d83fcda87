"""What narrows the rows of a report's page, in words, each to be taken away."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from crm.lib import formatting
from reports.reading import narrowing
from reports.screens.lists import names_of
from reports.screens.parts import Row
from reports.screens.screen import Opened


@dataclass(frozen=True)
class Narrowed:
    """What the rows are narrowed by, in words, and the parameter of the address that says so."""

    label: str
    word: str


def chips_of(opened: Opened, shown: list[Row]) -> list[Narrowed]:
    """What narrows the rows, in words. A name is read off the rows: who sees none learns none."""
    return [
        Narrowed(
            f"{narrowing.in_words(name, opened.report)}: {_said(opened, name, value, shown)}",
            narrowing.word_of(name),
        )
        for name, value in opened.narrow.items()
    ]


def _said(opened: Opened, name: str, value: Any, shown: list[Row]) -> str:
    if value is None:
        return _("(none)")
    if name in ("owner", "team"):
        found = getattr(shown[0].evidence, name) if shown else None
        return str(found or formatting.UNKNOWN)
    if name == "month":
        return formatting.month(date.fromisoformat(f"{value}-01"))
    if name == "week":
        return formatting.day(date.fromisoformat(value))
    way = opened.report.way(name)
    if way is not None:
        return way.told(value)
    return names_of(opened, name, [str(value)]).get(str(value), str(value))
