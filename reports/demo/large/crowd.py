"""Two hundred people in twenty teams; the four who sign in are those of the small demonstration."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from django.contrib.auth.hashers import make_password

from crm.lib.text import sort_key
from reports.demo.clock import Clock
from reports.demo.large.size import OF_REP, LargeSize
from reports.demo.names import ukrainian
from reports.demo.staff import PASSWORD
from team.models import Absence, Employment, Membership, Team, User, Wage

# Teams with others inside them: the first `HEADS` teams; the rest hang below them in turn.
HEADS = 6


@dataclass(frozen=True)
class Crowd:
    """Keys of those who sell; the rep who signs in is the first."""

    sellers: list[int]

    def owner_of(self, customer: int) -> int:
        """Who looks after the customer of that number: every `OF_REP`-th is the first seller's."""
        if customer % OF_REP == 0:
            return self.sellers[0]
        return self.sellers[1 + customer * 7919 % (len(self.sellers) - 1)]


def make_crowd(clock: Clock, size: LargeSize, random: Random) -> Crowd:
    teams = _teams(size)
    managers = _users(size.teams, "manager", random, start=0)
    for team, manager in zip(teams, managers, strict=True):
        team.manager = manager
        manager.team = team
        manager.is_manager = True
    _signs_in(managers[0], "manager@example.com", "Ірина Савченко")
    sellers = _users(size.people - size.teams - 2, "rep", random, start=size.teams)
    _signs_in(sellers[0], "rep@example.com", "Оксана Мельник")
    for number, seller in enumerate(sellers):
        # the rep who signs in sits in a team inside that of the manager who signs in
        seller.team = teams[HEADS if number == 0 else number % size.teams]
        seller.is_rep = True
    office = _users(2, "office", random, start=size.people - 2)
    _signs_in(office[0], "admin@example.com", "Лариса Гнатенко")
    _signs_in(office[1], "director@example.com", "Віктор Бойко")
    office[0].is_admin = office[1].is_director = True
    _store(teams, managers, sellers + office)
    hired = {user.pk: clock.ago(random.randrange(90, 2500)) for user in sellers}
    _employ(clock, sellers, hired, random)
    return Crowd([user.pk for user in sellers])


def _teams(size: LargeSize) -> list[Team]:
    teams: list[Team] = []
    for number in range(size.teams):
        parent = teams[(number - HEADS) % HEADS] if number >= HEADS else None
        team = Team(reference=f"TE-{number + 1:03d}", name=f"Відділ {number + 1}", parent=parent)
        team.save()
        team.path = f"{parent.path if parent else '/'}{team.pk}/"
        team.save()
        teams.append(team)
    return teams


def _signs_in(user: User, email: str, name: str) -> None:
    user.email, user.name, user.password = email, name, make_password(PASSWORD)


def _users(count: int, role: str, random: Random, start: int) -> list[User]:
    return [
        User(
            reference=f"RE-{start + number + 1:04d}",
            email=f"{role}{number + 1}@large.example",
            name=ukrainian.person(random),
            password=make_password(None),
        )
        for number in range(count)
    ]


def _store(teams: list[Team], managers: list[User], others: list[User]) -> None:
    users = managers + others
    for user in users:
        user.sort_name = sort_key(user.name)
    User.objects.bulk_create(users)
    Team.objects.bulk_update(teams, ["manager"])


def _employ(clock: Clock, sellers: list[User], hired: dict[int, date], random: Random) -> None:
    Employment.objects.bulk_create(
        Employment(user=user, hired_on=hired[user.pk], recorded_on=hired[user.pk])
        for user in sellers
    )
    Membership.objects.bulk_create(
        Membership(user=user, team=user.team, from_on=hired[user.pk], recorded_on=hired[user.pk])
        for user in sellers
        if user.team
    )
    Wage.objects.bulk_create(
        Wage(
            user=user,
            from_on=hired[user.pk],
            monthly_wage=Decimal(random.randrange(24, 48) * 1000),
            monthly_expenses=Decimal(6000),
            recorded_on=hired[user.pk],
        )
        for user in sellers
    )
    days = clock.workdays(clock.ago(365), clock.ago(1))
    Absence.objects.bulk_create(
        Absence(user=user, on=day, reason="Holiday", recorded_on=day)
        for user in sellers
        for day in sorted(random.sample(days, 15))
        if day >= hired[user.pk]
    )
