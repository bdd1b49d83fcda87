"""The customer's page with parts of health and complaints of every state: nothing to complain of in either theme."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from customers.models import Complaint, Contract, Customer, Survey
from customers.ownership import assign
from team.models import Company, User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def unhappy(rep: User) -> Customer:
    """Silent, with a bad answer, two open complaints and a settled one, and a contract that ends soon."""
    today = Company.get().today
    row = Customer.everything.create(
        name="ТОВ „Виробничо-комерційна фірма «Зернотрейд Південь»“",
        purchases=9,
        last_purchase_on=today - timedelta(days=41),
        typical_half_days=42,
        threshold_half_days=126,
        at_risk_on=today - timedelta(days=1),
        lost_on=today + timedelta(days=22),
        annual_cents=871_000_00,
    )
    assign([row.pk], rep, on=today, by=rep)
    for n, (about, settled) in enumerate(
        (("Late delivery", None), ("Torn bags", None), ("Wrong invoice", today))
    ):
        Complaint.everything.create(
            customer=row,
            about=about,
            note="Two pallets, photographs by mail",
            made_on=today - timedelta(days=n + 2),
            settled_on=settled,
            answer="Sent again" if settled else "",
            recorded_on=today - timedelta(days=n + 2),
            by=rep,
        )
    _answers(row, today, rep)
    Contract.everything.create(
        customer=row,
        title="Yearly supply",
        start_on=today - timedelta(days=350),
        end_on=today + timedelta(days=14),
        recorded_on=today - timedelta(days=350),
        by=rep,
    )
    return row


def _answers(row: Customer, today: date, by: User) -> None:
    for n, score in enumerate((2, 5)):
        Survey.everything.create(
            customer=row,
            kind="csat",
            score=score,
            comment="Nobody called back",
            answered_on=today - timedelta(days=3 + 60 * n),
            recorded_on=today - timedelta(days=3 + 60 * n),
            by=by,
        )


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_health_and_complaints_have_nothing_to_complain_of(
    visit: Callable[..., Any], rep: User, unhappy: Customer, size: str, dark: bool
) -> None:
    visitor = visit(rep, size=size, dark=dark)
    complaint = Complaint.everything.filter(settled_on=None).earliest("pk")
    here = f"/customers/{unhappy.pk}/"
    for path, heading in (
        (here, unhappy.name),
        (f"{here}?show=complaints", unhappy.name),
        (f"{here}complaints/new/", ""),
        (f"/complaints/{complaint.pk}/settle/", ""),
    ):
        page = visitor.open(path)
        page.wait_for_load_state("networkidle")
        if heading:
            assert page.get_by_role("heading", level=1).inner_text() == heading
            page.get_by_role("heading", name="Why at risk", exact=True).wait_for()
            assert page.get_by_text("Late delivery").first.is_visible()
        assert visitor.findings() == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert visitor.complaints == []
