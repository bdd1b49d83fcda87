"""What the tests of acts over many records share."""

import html
import re
import uuid
from datetime import date
from typing import Any

from django.test import Client

from customers.models import Customer
from sales.models import (
    BulkAct,
    Lead,
    LeadOwnership,
)
from team.models import User


def chosen(*rows: Any) -> str:
    return "&".join(f"row={row.pk}" for row in rows)


def act(browser: Client, kind: str, do: str, rows: str, **values: Any):
    typed = {"client_ref": str(uuid.uuid4())}
    typed |= {
        name if name in ("seen", "check") else f"with-{name}": v for name, v in values.items()
    }
    if "ref" in values:
        typed["client_ref"] = values["ref"]
    return browser.post(f"/bulk/{kind}/?do={do}&{rows}", typed)


def told(answer: Any, browser: Client) -> str:
    assert answer.status_code == 303, answer.content.decode()[:3000]
    page = browser.get(answer["Location"]).content.decode()
    found = re.findall(r'<div class="m-toast.*?<p>(.*?)</p>', page, flags=re.S)
    return html.unescape(found[-1]) if found else ""


def undo(browser: Client) -> Any:
    return browser.post(f"/bulk/acts/{BulkAct.everything.latest('pk').pk}/undo/")


def owners(*customers: Customer) -> list[Any]:
    found = Customer.everything.in_bulk([row.pk for row in customers])
    return [found[row.pk].owner for row in customers]


def rows_of(model: Any, *besides: str) -> list[dict[str, Any]]:
    """All rows of a table as they are, without the columns that count edits."""
    rows = list(model._default_manager.order_by("pk").values())
    return [{n: v for n, v in row.items() if n not in ("version", *besides)} for row in rows]


def leads_of(owner: User, n: int) -> list[Lead]:
    made = []
    for i in range(n):
        lead = Lead.everything.create(name=f"Lead {i}", owner=owner, recorded_on=date(2026, 11, 2))
        LeadOwnership.everything.create(
            lead=lead, rep=owner, from_on=date(2026, 11, 2), recorded_on=date(2026, 11, 2)
        )
        made.append(lead)
    return made
