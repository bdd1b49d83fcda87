"""What the parts of the demonstration know of each other while it is made."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from customers.models import Contact, Customer
from reports.demo.clock import Clock
from reports.demo.staff import Staff
from sales.models import Activity, Campaign, Deal, Outcome
from team.models import Team, User

# Plenty: no open period ends before this day.
FAR = date(9999, 12, 31)


@dataclass(frozen=True)
class Size:
    """How large the demonstration is; months of leads, deals and recorded days before today."""

    customers: int = 400
    deals: int = 760
    months: int = 25


@dataclass
class Rep:
    """Somebody who sells: the row of the table, the stored person, first and last day employed."""

    staff: Staff
    user: User
    hired_on: date
    left_on: date | None
    absent: set[date] = field(default_factory=set)

    def works_on(self, day: date) -> bool:
        return self.hired_on <= day and (self.left_on is None or day <= self.left_on)


@dataclass
class Life:
    """How a customer buys: since when, how often, how much a year, and when it falls silent.

    `yearly` is in the customer's currency. `last_on` is the last day it may buy (None: it goes on);
    `exact` means that it buys on that very day. `pauses` are gaps multiplied: (from day, factor).
    """

    key: str
    name: str
    country: str
    segment: str
    region: str
    place: str
    currency: str
    since: date
    gap: int
    yearly: int
    growth: float = 0.05
    noise: float = 0.2
    last_on: date | None = None
    exact: bool = False
    fading: bool = False
    once: bool = False
    pause: tuple[date, float] | None = None
    rep: str = ""
    people: list[tuple[str, str]] = field(default_factory=list)
    is_test: bool = False
    owners: list[tuple[str | None, date, date | None]] = field(default_factory=list)
    contract: str = ""
    customer: Customer = field(default_factory=Customer)
    contacts: list[Contact] = field(default_factory=list)
    order_days: list[date] = field(default_factory=list)

    def owner_on(self, day: date) -> str | None:
        """Key of the rep who looked after it that day."""
        for rep, from_on, to_on in self.owners:
            if from_on <= day and (to_on is None or day < to_on):
                return rep
        return None


@dataclass
class World:
    """The demonstration in the making."""

    seed: int
    clock: Clock
    size: Size = field(default_factory=Size)
    teams: dict[str, Team] = field(default_factory=dict)
    reps: dict[str, Rep] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    lives: list[Life] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    deals: list[Deal] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    phones: int = 1000

    def random(self, part: str) -> Random:
        """A stream of its own for each part, so that a change in one leaves the others as they were."""
        return Random(f"{self.seed}:{part}")  # noqa: S311 - play money, no secrets

    def user(self, key: str | None) -> User | None:
        return None if key is None else self.users[key]

    def life(self, key: str) -> Life:
        return next(life for life in self.lives if life.key == key)

    def next_phone(self) -> int:
        self.phones += 10_037
        return self.phones
