"""Customers and steps of the cast."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from customers.models import Customer
from customers.ownership import assign
from sales.models import Lead, Task
from team.models import Company, User

Keep = Callable[..., Customer]


@pytest.fixture
def keep() -> Keep:
    """A customer of somebody: `keep(rep, name="Harbour & Finch")`; other values are stored as given."""

    def customer_of(
        owner: User | None, name: str = "ТОВ «Карпатська Кава»", **values: object
    ) -> Customer:
        row = Customer.everything.create(name=name, **values)
        if owner is not None:
            assign([row.pk], owner, on=Company.get().today, by=owner)
        row.refresh_from_db()
        return row

    return customer_of


@pytest.fixture
def at_risk(keep: Keep, rep: User) -> Customer:
    """A customer of `rep`, silent beyond the warning share of their rhythm and not lost yet."""
    today = Company.get().today
    return keep(
        rep,
        name="Silent Ltd",
        purchases=9,
        last_purchase_on=today - timedelta(days=41),
        typical_half_days=42,
        threshold_half_days=126,
        at_risk_on=today - timedelta(days=1),
        lost_on=today + timedelta(days=22),
        annual_cents=871_000_00,
    )


@pytest.fixture
def step(rep: User, keep: Keep) -> Task:
    """A step of `rep` that is due today."""
    return Task.everything.create(
        title="Confirm volumes", owner=rep, customer=keep(rep), due_on=Company.get().today
    )


@pytest.fixture
def lead(rep: User) -> Lead:
    return Lead.everything.create(
        name="苏州明华电子有限公司", owner=rep, recorded_on=date(2026, 1, 5)
    )
