"""Sources that went quiet: once more than three times as old as usual a page says so above all, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reports.reading.known import ORDERS, step_url
from reports.statistics.confidence import Confidence
from team.access import ADMIN, DIRECTOR, MANAGER
from team.models import User

# The step of the first steps that brings more of a source, by its table.
STEP_OF = {
    "revenue": ORDERS,
    "activity": "calls",
    "lead": "calls",
    "campaigncost": "campaigns",
    "survey": "answers",
    "dealchange": "deals",
}
# What everybody enters; the rest is brought by who leads others.
OF_EVERYBODY = ("calls", "deals")


@dataclass(frozen=True)
class Quiet:
    """How far a source goes, in a sentence; whose figures miss the rest; where that is entered, for who may."""

    text: str
    affected: str
    url: str


def quiet_sources(told: Iterable[tuple[Any, Confidence]], viewer: User) -> list[Quiet]:
    """Of titles and how sure their figures are: each source once, with all the titles it is behind."""
    titles: dict[tuple[str, str], list[str]] = {}
    for title, confidence in told:
        for reason in confidence.quiet:
            titles.setdefault((reason.source, reason.text), []).append(str(title))
    return [
        Quiet(text, ", ".join(affected), _where(source, viewer))
        for (source, text), affected in titles.items()
    ]


def _where(source: str, viewer: User) -> str:
    step = STEP_OF[source]
    may = step in OF_EVERYBODY or viewer.has_role(MANAGER, ADMIN, DIRECTOR)
    return step_url(step) if may else ""
