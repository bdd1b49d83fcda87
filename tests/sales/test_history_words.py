"""What happened to a record is read in one's own language: stages, reasons and the names of fields too."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from sales.deals.changing import add_deal, move_deal
from sales.models import Deal, LossReason, Stage
from team.models import Company, User

pytestmark = pytest.mark.django_db


def changes(page: str) -> str:
    """The text of the card of changes, without the names of people."""
    card = page[page.index("Зміни</h2>") :]
    card = card[: card.index("</section>")]
    return html.unescape(re.sub(r"<[^>]+>", " ", card)).replace("Rita Rep", "")


def test_a_lost_deal_is_told_in_ukrainian(
    login: Callable[[User], Client], rep: User, keep: Any
) -> None:
    customer, today = keep(rep), Company.get().today
    row = Deal(title="Плівка", customer=customer, stage=Stage.objects.get(key="new"), amount=5)
    deal, _made = add_deal(row, owner=rep, by=rep)
    reason = LossReason.objects.get(key="no_need")
    move_deal(deal, Stage.objects.get(key="offer"), by=rep)
    move_deal(deal, Stage.objects.get(key="lost"), by=rep, reason=reason.key, on=today)
    User.objects.filter(pk=rep.pk).update(language="uk")
    told = changes(login(rep).get(f"/deals/{deal.pk}/").content.decode())
    assert "Пропозицію надіслано" in told and "Втрачено" in told and "закрито" in told
    assert re.findall(r"[A-Za-z_]{3,}", told.replace("UAH", "")) == []
