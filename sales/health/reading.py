"""What the rule of health is fed with: what is known today of two days, from roll-ups that others read too."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Max, Min, Q, QuerySet, Sum

from crm.lib.periods import add_months, day_number, day_start, end_of
from customers.models import Contract, Customer, PurchaseDay, Revenue, Survey
from customers.rhythm_rule import RhythmRule, rule_in_force
from sales.customer_page.past import Past
from sales.health.rule import (
    ANSWER_DAYS,
    COMPLAINT_DAYS,
    DAYS_BACK,
    Cover,
    Facts,
    Health,
    Said,
    Silence,
    health_of,
)
from sales.models import Activity, Task
from team.models import Company

# What counts as speaking with somebody, if it reached them.
SPEAKING = ("call", "meeting", "visit", "demo", "negotiation")
MONTHS = 12


def health_now(past: Past, company: Company) -> Health:
    """Five queries, the rule of silence among them. Both days are judged by what is known of them today."""
    now = company.today
    then = now - timedelta(days=DAYS_BACK)
    days, rule = [then, now], rule_in_force()
    bought = _bought(past.customer, now)
    money = _money_of(past.whose, days)
    late, people = _late_of(past.whose, days, company), _people_of(past.whose, days, company)
    before, facts = (
        Facts(
            silence=_silence(bought, day, rule),
            cover=_cover(past.contracts, bought, day, rule),
            year_cents=money[n][0],
            before_cents=money[n][1],
            said=_said(past.answers, day),
            complaints_open=_open_on(past, day),
            complaints_answered=_answered_lately(past, day),
            late_days=late[n],
            people=people[n],
        )
        for n, day in enumerate(days)
    )
    return health_of(now, facts, before if _was_known(past.customer, before, then) else None)


def _was_known(customer: Customer, facts: Facts, day: date) -> bool:
    """Whoever bought by then was a customer, even if the record was imported later."""
    recorded = customer.recorded_on
    return facts.silence is not None or (recorded is not None and recorded <= day)


def _bought(customer: Customer, now: date) -> list[PurchaseDay]:
    """The last purchase days, latest first: as many as there may be since the day before, and one more."""
    days = PurchaseDay.objects.filter(customer=customer, day__lte=day_number(now))
    return list(days.order_by("-day")[: DAYS_BACK + 1])


def _last(bought: list[PurchaseDay], day: date) -> PurchaseDay | None:
    return next((row for row in bought if row.day <= day_number(day)), None)


def _silence(bought: list[PurchaseDay], day: date, rule: RhythmRule) -> Silence | None:
    """The usual gap and the threshold as the roll-up of the customer has them (`customers.purchases`)."""
    last = _last(bought, day)
    if last is None:
        return None
    numbers = rule.as_integers()
    knows = last.n > rule.min_gaps and last.halves is not None
    halves = last.halves if knows and last.halves is not None else numbers["default_halves"]
    parts = min(numbers["cap_parts"], max(numbers["floor_parts"], halves * numbers["k_parts"]))
    return Silence(day_number(day) - last.day, halves, parts // numbers["parts"])


def _cover(
    contracts: list[Contract], bought: list[PurchaseDay], day: date, rule: RhythmRule
) -> Cover | None:
    """A contract counts once it has begun, or was entered before: a renewal is good news at once."""
    known = [row for row in contracts if min(row.start_on, row.recorded_on) <= day]
    if not any(row.start_on <= day for row in known):
        return None
    grace = rule.contract_grace_days
    if any(row.last_day is None for row in known):
        return Cover(None, orders=False, grace=grace)
    end = max(row.last_day for row in known if row.last_day is not None)
    last = _last(bought, day)
    orders = last is not None and last.day > day_number(end)
    return Cover((end - day).days, orders=orders, grace=grace)


def _money_of(whose: Sequence[int], days: list[date]) -> list[tuple[int, int]]:
    """Net revenue of the 12 months to each day, and of the 12 before."""
    sums = {}
    for n, day in enumerate(days):
        start, earlier = add_months(day, -MONTHS), add_months(day, -2 * MONTHS)
        sums[f"year{n}"] = Sum("cents", filter=Q(on__gt=start, on__lte=day))
        sums[f"before{n}"] = Sum("cents", filter=Q(on__gt=earlier, on__lte=start))
    rows = Revenue.everything.filter(
        customer__in=whose, on__gt=add_months(days[0], -2 * MONTHS), deleted_on__isnull=True
    )
    found = rows.aggregate(**sums)
    return [(found[f"year{n}"] or 0, found[f"before{n}"] or 0) for n in range(len(days))]


def _late_of(whose: Sequence[int], days: list[date], company: Company) -> list[int]:
    """Days by which the oldest step was overdue that was open that evening; moved steps count by their new day."""
    mine: QuerySet[Task] = Task.everything.filter(customer__in=whose)
    due = {}
    for n, day in enumerate(days):
        evening = end_of(day, company.zone)
        was_open = Q(state=Task.State.OPEN) | Q(done_at__gte=evening)
        due[f"due{n}"] = Min("due_on", filter=was_open & Q(created_at__lt=evening))
    found = mine.filter(due_on__lt=days[-1]).aggregate(**due)
    oldest = [found[f"due{n}"] for n in range(len(days))]
    return [
        0 if first is None else max(0, (day - first).days)
        for day, first in zip(days, oldest, strict=True)
    ]


def _people_of(whose: Sequence[int], days: list[date], company: Company) -> list[int]:
    """How many of the house spoke with them in the 12 months to each day."""
    starts = [day_start(add_months(day, -MONTHS), company.zone) for day in days]
    ends = [end_of(day, company.zone) for day in days]
    spoke = Activity.everything.filter(
        customer__in=whose,
        kind__in=SPEAKING,
        status=Activity.Status.DONE,
        deleted_on__isnull=True,
        author__isnull=False,
        start_at__gte=starts[0],
        start_at__lt=ends[-1],
    ).exclude(outcome__reached=False)
    first_last = list(
        spoke.order_by()
        .values("author")
        .annotate(first=Min("start_at"), last=Max("start_at"))
        .values_list("first", "last")
    )
    # all lie after the first start, so whoever spoke before the first end spoke in that year
    return [
        sum(1 for first, _last_ in first_last if first < ends[0]),
        sum(1 for _first, last in first_last if last >= starts[-1]),
    ]


def _said(answers: list[Survey], day: date) -> Said | None:
    """The last answer by the day, if it is not older than a year; `answers` are the latest first."""
    for row in answers:
        if row.answered_on is None or row.score is None or row.answered_on > day:
            continue
        if (day - row.answered_on).days >= ANSWER_DAYS:
            return None
        return Said(row.score, min(row.SCALES[Survey.Kind(row.kind)]), row.top)
    return None


def _open_on(past: Past, day: date) -> int:
    made = (row for row in past.complaints if row.made_on <= day)
    return sum(1 for row in made if row.settled_on is None or row.settled_on > day)


def _answered_lately(past: Past, day: date) -> int:
    """Answered by the day, not longer than a quarter of a year ago."""
    settled = (row.settled_on for row in past.complaints if row.settled_on is not None)
    return sum(1 for on in settled if on <= day and (day - on).days < COMPLAINT_DAYS)
