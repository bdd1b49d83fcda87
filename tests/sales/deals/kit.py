"""What the tests of deals share."""

import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.test import Client

from customers.models import Customer
from sales.models import Deal, DealChange, Stage
from team.models import Company

Keep = Callable[..., Customer]
TODAY = date(2026, 11, 23)


def new(customer: Customer | None, **changed: object) -> dict[str, object]:
    values: dict[str, object] = {
        "client_ref": str(uuid.uuid4()),
        "title": "Coffee bags 2027",
        "stage": Stage.objects.get(key="new").pk,
        "amount": "310 000",
        "currency": "UAH",
        "expected_close_on": "18.12",
    }
    if customer is not None:
        values["customer"] = customer.pk
    return values | changed


def move(browser: Client, deal: Deal, stage: str, **values: object) -> int:
    if stage in ("won", "lost"):
        values = {"amount": "310 000", "on": f"{Company.get().today:%d.%m.%Y}"} | values
    answer = browser.post(f"/deals/{deal.pk}/move/", {"stage": stage, **values})
    deal.refresh_from_db()
    return answer.status_code


def told(deal: Deal) -> list[tuple[str, str, Decimal | None]]:
    changes = DealChange.everything.filter(deal=deal, deleted_on=None).order_by("on", "reference")
    return [(change.stage.key, f"{change.on:%d.%m}", change.amount) for change in changes]
