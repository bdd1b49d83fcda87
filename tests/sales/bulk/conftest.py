"""Tags and deals to act on."""

from datetime import date
from typing import Any

import pytest

from customers.models import Tag
from sales.models import (
    Deal,
    DealChange,
    Stage,
)
from team.models import User


@pytest.fixture
def vip(db: None) -> Tag:
    return Tag.objects.create(key="vip", name="VIP")


@pytest.fixture
def deals(rep: User, keep: Any) -> list[Deal]:
    customer, new = keep(rep), Stage.objects.get(key="new")
    made = []
    for n in range(3):
        deal = Deal.everything.create(
            title=f"Deal {n}",
            customer=customer,
            owner=rep,
            stage=new,
            stage_since=date(2026, 11, 2),
            opened_on=date(2026, 11, 2),
            amount=100,
        )
        DealChange.everything.create(
            deal=deal, on=date(2026, 11, 2), stage=new, recorded_on=date(2026, 11, 2), amount=100
        )
        made.append(deal)
    return made
