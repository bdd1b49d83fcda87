"""The company, its teams, who worked there when, for how much, and on which days not."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.contrib.auth.hashers import make_password

from crm.lib.periods import SINCE_EVER, day_start
from crm.lib.text import sort_key
from reports.demo.clock import HOLIDAYS
from reports.demo.staff import EVERYBODY, PASSWORD, SELLERS, TEAMS, Staff
from reports.demo.world import Rep, World
from team.models import (
    Absence,
    Company,
    Employment,
    Holiday,
    Membership,
    Team,
    User,
    Wage,
)

SIGN_INS = ("rep@example.com", "manager@example.com", "admin@example.com", "director@example.com")


def make_company(world: World) -> None:
    company = Company.get()
    company.name, company.is_demo = "Дніпро Пакування", True
    company.recorded_on = None
    company.save()
    years = range(world.clock.today.year - 6, world.clock.today.year + 2)
    Holiday.objects.bulk_create(
        Holiday(on=date(year, month, day), name=name, recorded_on=SINCE_EVER)
        for year in years
        for (month, day), name in HOLIDAYS.items()
    )


def make_people(world: World) -> None:
    _make_teams(world)
    _make_users(world)
    for key, (_name, _inside, runs) in TEAMS.items():
        world.teams[key].manager = world.users[runs]
    Team.objects.bulk_update(world.teams.values(), ["manager"])
    _make_employment(world)
    random = world.random("absences")
    Absence.objects.bulk_create(
        absence for rep in world.reps.values() for absence in _absences(world, rep, random)
    )


def _make_teams(world: World) -> None:
    for number, (key, (name, inside, _runs)) in enumerate(TEAMS.items(), start=1):
        parent = world.teams[inside] if inside else None
        team = Team(reference=f"TE-{number:02d}", name=name, parent=parent)
        team.save()
        team.path = f"{parent.path if parent else '/'}{team.pk}/"
        team.save()
        world.teams[key] = team


def _make_users(world: World) -> None:
    password = make_password(PASSWORD)
    users = [
        _user(world, staff, number, password) for number, staff in enumerate(EVERYBODY, start=1)
    ]
    User.objects.bulk_create(users)
    world.users = {staff.key: user for staff, user in zip(EVERYBODY, users, strict=True)}


def _user(world: World, staff: Staff, number: int, password: str) -> User:
    gone = staff.left is not None and staff.left > 0
    roles = staff.roles.split()
    left_on = world.clock.ago(staff.left or 0)
    return User(
        reference=f"RE-{number:02d}",
        email=staff.email,
        name=staff.name,
        sort_name=sort_key(staff.name),
        password=password if staff.email in SIGN_INS else make_password(None),
        team=world.teams[staff.team] if staff.team else None,
        is_rep="rep" in roles,
        is_manager="manager" in roles,
        is_admin="admin" in roles,
        is_director="director" in roles,
        is_active=not gone,
        deactivated_at=world.clock.at(left_on, 18 * 60) if gone else None,
        leaves_on=left_on if staff.left is not None and not gone else None,
        # the demonstration is read in English first; everybody may change it
        language="en",
        created_at=day_start(world.clock.ago(staff.hired or 2800), world.clock.zone),
    )


def _make_employment(world: World) -> None:
    for staff in SELLERS:
        hired_on = world.clock.ago(staff.hired or 0)
        left_on = None if staff.left is None else world.clock.ago(staff.left)
        world.reps[staff.key] = Rep(staff, world.users[staff.key], hired_on, left_on)
    reps = list(world.reps.values())
    Employment.objects.bulk_create(
        Employment(
            user=rep.user,
            hired_on=rep.hired_on,
            left_on=rep.left_on,
            leave_reason=rep.staff.leave_reason,
            recorded_on=rep.hired_on,
        )
        for rep in reps
    )
    Membership.objects.bulk_create(
        Membership(
            user=rep.user, team=rep.user.team, from_on=rep.hired_on, recorded_on=rep.hired_on
        )
        for rep in reps
        if rep.user.team
    )
    Wage.objects.bulk_create(wage for rep in reps for wage in _wages(world, rep))


def _wages(world: World, rep: Rep) -> list[Wage]:
    """Today's wage, and each January before it 8 % less, down to the first day."""
    rows: list[Wage] = []
    wage = Decimal(rep.staff.wage)
    until = rep.left_on or world.clock.today
    day = date(min(until, world.clock.today).year, 1, 1)
    while True:
        from_on = max(day, rep.hired_on)
        rows.append(
            Wage(
                user=rep.user,
                from_on=from_on,
                monthly_wage=wage,
                monthly_expenses=Decimal(rep.staff.expenses),
                recorded_on=from_on,
            )
        )
        if from_on == rep.hired_on:
            return rows
        wage = (wage * Decimal("0.92") / 500).to_integral_value() * 500
        day = date(day.year - 1, 1, 1)


def _absences(world: World, rep: Rep, random: Random) -> Iterator[Absence]:
    """Two holidays a year and a few sick days, over the last three years."""
    first = max(rep.hired_on + timedelta(days=60), world.clock.months_ago(36))
    last = min(rep.left_on or world.clock.ago(1), world.clock.ago(1))
    for year in range(first.year, last.year + 1):
        for start, length, reason in _time_off(date(year, 1, 1), random):
            for day in world.clock.workdays(start, start + timedelta(days=length - 1)):
                if first <= day <= last and day not in rep.absent:
                    rep.absent.add(day)
                    yield Absence(user=rep.user, on=day, reason=reason, recorded_on=day)


def _time_off(year: date, random: Random) -> list[tuple[date, int, str]]:
    """First day, length in calendar days and reason."""
    blocks = [
        (year + timedelta(days=random.randrange(130, 240)), 14, "Holiday"),
        (year + timedelta(days=random.randrange(0, 110)), 7, "Holiday"),
    ]
    for _ in range(random.randrange(1, 4)):
        start = year + timedelta(days=random.randrange(0, 340))
        blocks.append((start, random.randrange(1, 5), "Sick"))
    return blocks
