"""A deal in the bin stands still until it is taken out."""

from collections.abc import Callable

import pytest
from django.test import Client

from customers.models import Revenue
from sales.models import Deal
from team.models import Company, User
from tests.sales.deals.kit import move, told

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


@pytest.mark.parametrize("stage", ["won", "lost", "offer"])
def test_it_is_neither_moved_nor_won_nor_lost(
    login: Login, rep: User, deal: Deal, stage: str
) -> None:
    Company.objects.update(orders_imported=False)
    browser = login(rep)
    browser.post(f"/deals/{deal.pk}/bin/")
    before = told(deal)
    page = browser.get(f"/deals/{deal.pk}/").content.decode()
    assert f'action="/deals/{deal.pk}/move/"' not in page
    typed = {"stage": stage, "reason": "price", "amount": "310 000", "on": "23.11.2026"}
    answer = browser.post(f"/deals/{deal.pk}/move/", typed, follow=True)
    assert "This deal is in the bin. Take it out first." in answer.content.decode()
    deal.refresh_from_db()
    assert told(deal) == before and deal.closed_on is None
    assert not Revenue.everything.exists()
    browser.post(f"/deals/{deal.pk}/restore/")
    assert move(browser, deal, stage, reason="price") == 303
    assert deal.stage.key == stage
