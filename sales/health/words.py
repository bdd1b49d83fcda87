"""The parts of a customer's health in plain words, as bars and as a table."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.lib.formatting import number, percent
from crm.lib.svg import Mark
from sales.health.rule import ENDING_DAYS, Facts, Health, Part


@dataclass(frozen=True)
class Told:
    """A row of the explanation: what is so, and the rule in a sentence."""

    part: Part
    label: str
    rule: str


def told(health: Health) -> list[Told]:
    rules = _rules()
    return [Told(part, _LABELS[part.key](health.facts), rules[part.key]) for part in health.parts]


def bars(health: Health) -> list[Mark]:
    """What moved in 30 days, the largest first; their sum is the change."""
    moved = [row for row in told(health) if row.part.change]
    moved.sort(key=lambda row: -abs(row.part.change))
    return [Mark(row.label, row.part.change, signed(row.part.change)) for row in moved]


def signed(points: int) -> str:
    """-18, +7, with a true minus sign."""
    return f"{'−' if points < 0 else '+'}{number(abs(points))}"


def _rhythm(facts: Facts) -> str:
    if facts.is_covered and facts.cover is not None:
        left = facts.cover.days_left
        if left is not None and left < 0:
            return ngettext(
                "Contract over for %(days)s day", "Contract over for %(days)s days", -left
            ) % {"days": number(-left)}
        return _("Under contract, silence does not count")
    if facts.silence is None:
        return _("Never bought")
    days = facts.silence.days
    text = ngettext(
        "Silent %(days)s day, usual %(usual)s", "Silent %(days)s days, usual %(usual)s", days
    )
    return text % {"days": number(days), "usual": number(facts.silence.usual_halves // 2)}


def _revenue(facts: Facts) -> str:
    if facts.before_cents <= 0:
        return _("No revenue a year ago to compare with")
    ratio = facts.year_cents / facts.before_cents
    if ratio < 1:
        return _("Revenue %(share)s below the year before") % {"share": percent(1 - ratio, 0)}
    return _("Revenue as in the year before, or more")


def _answer(facts: Facts) -> str:
    if facts.said is None:
        return _("No answer about satisfaction")
    words = {"score": number(facts.said.score), "most": number(facts.said.top)}
    return _("Satisfaction %(score)s of %(most)s") % words


def _complaints(facts: Facts) -> str:
    if facts.complaints_open:
        text = ngettext("%(n)s open complaint", "%(n)s open complaints", facts.complaints_open)
        return text % {"n": number(facts.complaints_open)}
    if facts.complaints_answered:
        text = ngettext(
            "%(n)s complaint, answered", "%(n)s complaints, answered", facts.complaints_answered
        )
        return text % {"n": number(facts.complaints_answered)}
    return _("No complaints")


def _promises(facts: Facts) -> str:
    if not facts.late_days:
        return _("No step is overdue")
    text = ngettext(
        "A step is %(days)s day overdue", "A step is %(days)s days overdue", facts.late_days
    )
    return text % {"days": number(facts.late_days)}


def _contract(facts: Facts) -> str:
    cover = facts.cover
    if cover is None:
        return _("No contract that could end")
    left = cover.days_left
    if not facts.is_covered or left is None or left > ENDING_DAYS:
        return _("No contract ends soon")
    if left < 0:
        return _("No new contract and no order since it ended")
    text = ngettext("Contract ends in %(days)s day", "Contract ends in %(days)s days", left)
    return text % {"days": number(left)}


def _people(facts: Facts) -> str:
    if facts.people == 0:
        return _("Nobody spoke with them for a year")
    if facts.people == 1:
        return _("Only one person speaks with them")
    text = ngettext("%(n)s person speaks with them", "%(n)s people speak with them", facts.people)
    return text % {"n": number(facts.people)}


_LABELS: dict[str, Callable[[Facts], str]] = {
    "rhythm": _rhythm,
    "revenue": _revenue,
    "answer": _answer,
    "complaints": _complaints,
    "promises": _promises,
    "contract": _contract,
    "people": _people,
}


def _rules() -> dict[str, str]:
    return {
        "rhythm": _(
            "All up to their usual gap, none from the day on which silence counts as lost; under a contract "
            "all until it ends. Never bought: half."
        ),
        "revenue": _(
            "12 months against the 12 before: all for as much or more, none for half or less. "
            "Nothing before: half."
        ),
        "answer": _("The last answer of a year on its scale. No answer: half."),
        "complaints": _("5 less for each open complaint, 2 for each answered within 90 days."),
        "promises": _("1 less for each day of the step that is longest overdue."),
        "contract": _(
            "Less day by day in the last 60 of a contract without a new one; none once it is over and "
            "nothing was ordered since."
        ),
        "people": _(
            "All if two or more of us spoke with them in 12 months, 2 if only one did, none if nobody."
        ),
    }
