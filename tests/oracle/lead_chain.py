"""How far leads came: recorded, answered, reached, qualified, offer, won (docs/reports/leakage.md).

Slow and plain, from the definitions alone; by lead, so that a wrong one can be named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.oracle.company_calendar import Calendar, calendar_of
from tests.oracle.deals import histories
from tests.oracle.leakage import Picture, picture_of
from tests.oracle.rules import Rules
from tests.oracle.tables import Row, Settings, Tables, cell, day, visible
from tests.oracle.work_facts import Lead, local_start

STAGES = ["recorded", "answered", "reached", "qualified", "offer", "won"]
# The outcomes of calls that count as reached, out of those that the product ships with.
REACHED = ("reached", "call_back", "refused")


@dataclass(frozen=True)
class Records:
    """What is recorded of one lead, each by itself."""

    answered: bool
    reached: bool
    qualified: bool
    offer: bool
    won: bool

    def furthest(self) -> str:
        passed = [stage for stage in STAGES[1:] if getattr(self, stage)]
        return passed[-1] if passed else STAGES[0]


@dataclass(frozen=True)
class Chain:
    """Each valid lead of the period with the furthest stage it came to, and the stages that can be told."""

    furthest: dict[str, str]
    told: dict[str, bool]

    def came(self, stage: str) -> set[str]:
        """All that came as far as this or further."""
        least = STAGES.index(stage)
        return {lead for lead, at in self.furthest.items() if STAGES.index(at) >= least}


def chain(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> Chain:
    picture = picture_of(tables, settings, from_, to, as_of, params)
    calendar = calendar_of(settings)
    records = {
        each.lead.reference: _records(each.lead, tables, calendar, picture)
        for each in picture.judged
    }
    in_period = {e.lead.reference for leads in picture.of_period.values() for e in leads}
    furthest = {name: records[name].furthest() for name in in_period}
    first = min(from_, as_of - picture.rules.days("rate_window_days") + timedelta(days=1))
    asked = [records[e.lead.reference] for e in picture.judged if e.lead.on >= first]
    told = {
        "reached": any(each.reached for each in asked),
        "qualified": any(each.qualified for each in asked),
        "offer": any(each.offer for each in asked),
    }
    return Chain(furthest, told)


def _records(lead: Lead, tables: Tables, calendar: Calendar, picture: Picture) -> Records:
    rules, as_of = picture.rules, picture.known.as_of
    stages = _stages_of_deals(lead, tables, as_of)
    offer = _words(rules, "offer_stages")
    has_offer = any(stage == "won" or stage in offer for stage in stages)
    return Records(
        answered=lead.response is not None,
        reached=any(_reached(row, lead, calendar, as_of) for row in tables.get("activities", [])),
        qualified=has_offer or any(stage in _words(rules, "qualified_stages") for stage in stages),
        offer=has_offer,
        won=lead.converts_within(rules.whole("convert_days")),
    )


def _words(rules: Rules, name: str) -> list[str]:
    return [each.strip() for each in rules.text(name).split(",")]


def _reached(row: Row, lead: Lead, calendar: Calendar, as_of: date) -> bool:
    """A done activity of the lead, in whatever direction and of whatever kind, from its arrival on."""
    if cell(row, "lead_id") != lead.reference or cell(row, "status") != "done":
        return False
    start, on = local_start(row, calendar)
    known = visible(row | {"on": on.isoformat()}, "on", as_of)
    return known and start >= lead.created and cell(row, "outcome") in REACHED


def _stages_of_deals(lead: Lead, tables: Tables, as_of: date) -> set[str]:
    """Every stage that a deal which names the lead was in by then; deals older than the lead did not come from it."""
    known = histories(tables, as_of, as_of)
    return {
        change.stage
        for row in tables.get("opportunities", [])
        if cell(row, "lead_id") == lead.reference
        and (day(cell(row, "created_on")) or date.min) >= lead.on
        for change in known.get(row["opportunity_id"], [])
    }
