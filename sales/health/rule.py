"""The rule: seven parts of a customer's health, each with its most points, 100 in all (docs/decisions/0018).

Pure: whole numbers in, whole points out. What is not known counts as neither good nor bad: half of its points.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

# Points at most, in the order in which they are told.
MOST = {
    "rhythm": 30,
    "revenue": 20,
    "answer": 20,
    "complaints": 10,
    "promises": 10,
    "contract": 5,
    "people": 5,
}
# How far back the day lies that today is compared with.
DAYS_BACK = 30
# An answer is told for a year; an answered complaint is remembered for a quarter of one.
ANSWER_DAYS = 365
COMPLAINT_DAYS = 90
OPEN_COMPLAINT, ANSWERED_COMPLAINT = 5, 2
# So long before its last day a contract begins to count as ending.
ENDING_DAYS = 60


@dataclass(frozen=True)
class Silence:
    """Days since the last purchase, against the usual gap and the threshold (both in half-days, as rolled up)."""

    days: int
    usual_halves: int
    threshold_halves: int


@dataclass(frozen=True)
class Cover:
    """Contracts: days to the end of the last one (negative: it is over; None: open without end).

    `orders` says that something was bought after it, so that they buy without a contract.
    """

    days_left: int | None
    orders: bool
    grace: int


@dataclass(frozen=True)
class Said:
    """The last answer and the ends of its scale."""

    score: int
    least: int
    top: int


@dataclass(frozen=True)
class Facts:
    """What was so on a day. Money in cents; `late_days` of the step that is longest overdue, 0: none is."""

    silence: Silence | None
    cover: Cover | None
    year_cents: int
    before_cents: int
    said: Said | None
    complaints_open: int
    complaints_answered: int
    late_days: int
    people: int

    @property
    def is_covered(self) -> bool:
        """A contract tells whether they stay, not their rhythm: as where the day of loss is worked out."""
        return self.cover is not None and not self.cover.orders


@dataclass(frozen=True)
class Part:
    """`before`: the points by the same rule 30 days ago; None: they were no customer yet."""

    key: str
    points: int
    most: int
    before: int | None

    @property
    def change(self) -> int:
        return 0 if self.before is None else self.points - self.before


@dataclass(frozen=True)
class Health:
    """The parts of a day and of the one 30 days before, in the order of `MOST`, and the facts they come from."""

    day: date
    parts: list[Part]
    facts: Facts
    facts_before: Facts | None

    @property
    def points(self) -> int:
        return sum(part.points for part in self.parts)

    @property
    def before(self) -> int | None:
        """None: they were no customer 30 days ago."""
        found = [part.before for part in self.parts if part.before is not None]
        return sum(found) if len(found) == len(self.parts) else None

    @property
    def change(self) -> int | None:
        """The sum of the parts' changes."""
        return None if self.before is None else self.points - self.before

    @property
    def moved(self) -> int:
        """By how many points, whichever way."""
        return abs(self.change or 0)

    @property
    def is_poor(self) -> bool:
        return self.points < 40


def health_of(day: date, facts: Facts, before: Facts | None) -> Health:
    parts = [
        Part(key, rule(facts), most, None if before is None else rule(before))
        for (key, most), rule in zip(MOST.items(), _RULES, strict=True)
    ]
    return Health(day, parts, facts, before)


def _rhythm(facts: Facts) -> int:
    """Full up to the usual gap, none from the day on which silence makes them lost, in between by the day."""
    most = MOST["rhythm"]
    if facts.is_covered and facts.cover is not None:
        left = facts.cover.days_left
        return most if left is None or left >= 0 else _falling(most, -left, 0, facts.cover.grace)
    silence = facts.silence
    if silence is None:
        return most // 2
    # where the longest silence allowed is shorter than the usual gap, the fall begins at its half
    start = min(silence.usual_halves, silence.threshold_halves // 2)
    return _falling(most, 2 * silence.days, start, silence.threshold_halves)


def _revenue(facts: Facts) -> int:
    """Full for as much as in the year before or more, none for half of it or less."""
    most = MOST["revenue"]
    if facts.before_cents <= 0:
        return 0 if facts.silence is not None and facts.year_cents <= 0 else most // 2
    missing = facts.before_cents - facts.year_cents
    return _falling(most, 2 * missing, 0, facts.before_cents)


def _answer(facts: Facts) -> int:
    most, said = MOST["answer"], facts.said
    if said is None:
        return most // 2
    return most * (said.score - said.least) // (said.top - said.least)


def _complaints(facts: Facts) -> int:
    lost = OPEN_COMPLAINT * facts.complaints_open + ANSWERED_COMPLAINT * facts.complaints_answered
    return max(0, MOST["complaints"] - lost)


def _promises(facts: Facts) -> int:
    """A point for each day of the step that is longest overdue."""
    return max(0, MOST["promises"] - facts.late_days)


def _contract(facts: Facts) -> int:
    """Only an end in sight, or past without an order since, takes points."""
    most = MOST["contract"]
    if not facts.is_covered or facts.cover is None or facts.cover.days_left is None:
        return most
    return _falling(most, ENDING_DAYS - facts.cover.days_left, 0, ENDING_DAYS)


def _people(facts: Facts) -> int:
    return {0: 0, 1: 2}.get(facts.people, MOST["people"])


def _falling(most: int, value: int, start: int, end: int) -> int:
    """Full up to `start`, none from `end`, in between in proportion; whole points, rounded down."""
    if value <= start:
        return most
    return most * max(0, end - value) // (end - start) if end > value else 0


_RULES: list[Callable[[Facts], int]] = [
    _rhythm,
    _revenue,
    _answer,
    _complaints,
    _promises,
    _contract,
    _people,
]
