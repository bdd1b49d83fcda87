"""After-care, notes and letters in Chromium: nothing for axe to find, in both themes, on the desk and the phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from customers.models import Contact, Customer
from sales.models import Handover, HandoverNote
from team.models import Team, User
from tests.sales.handovers import book_of, talk
from tests.sales.test_after_care import hand_over

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]


@pytest.mark.parametrize(("size", "dark"), [("desk", False), ("phone", True)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    size: str,
    dark: bool,
    visit: Any,
    admin: User,
    rep: User,
    hire: Callable[..., User],
    north: Team,
) -> None:
    heir = hire("Anna Heir", team=north, is_rep=True)
    made = book_of(rep, 4)
    talk(rep, made[:2], 3)
    Customer.everything.update(phone="+380675550142", phone_e164="+380675550142")
    Contact.everything.create(customer=made[0], name="Olha", email="olha@shop.example")
    handover = hand_over(rep, [heir], admin)
    assert handover.applied_at is not None
    since = handover.applied_at - timedelta(days=3)
    Handover.everything.filter(pk=handover.pk).update(applied_at=since)
    HandoverNote.everything.create(
        customer=made[0], giver=rep, state="Buys", written_at=since, written_by=rep
    )
    visitor = visit(admin, size=size, dark=dark)
    for address in (
        f"/handovers/{handover.pk}/watch/",
        "/handovers/care/?of=late",
        f"/handovers/{handover.pk}/notes/",
        f"/handovers/{handover.pk}/letters/",
        f"/customers/{made[0].pk}/handover-note/",
        f"/customers/{made[0].pk}/",
    ):
        page = visitor.open(address)
        assert visitor.findings() == [], address
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, address
    visitor = visit(heir, size=size, dark=dark)
    page = visitor.open("/today/")
    page.get_by_role("heading", name="Handed over to you").wait_for()
    assert visitor.findings() == []
    visitor.open("/handovers/notes/")
    assert visitor.findings() == []
    assert visitor.complaints == []
