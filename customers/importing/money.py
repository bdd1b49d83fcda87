"""Amounts of a row in the company's currency: which currency, at which rate (R5)."""

from decimal import Decimal

from django.utils.translation import gettext as _

from crm.lib.money import MOST
from customers.importing.fields import RATE
from customers.importing.rows import Row, Run


def check_rate(row: Row, run: Run) -> None:
    """A foreign amount needs its rate: from its row, else from the option."""
    currency = row.clean.get("currency") or run.company.base_currency
    rate = row.clean.get("fx_rate") or run.options.rates.get(currency)
    if rate is None and currency != run.company.base_currency:
        told = _("Say how many %(base)s one %(currency)s is worth.")
        row.refuse(told % {"currency": currency, "base": run.company.base_currency}, RATE.label)
    for value in (row.clean.get("amount"), row.clean.get("cost")):
        if value is not None and rate is not None and abs(value * rate) >= MOST:
            row.refuse(_("This is more than can be kept. Check the zeros."))
    row.clean["currency"] = currency
    row.clean["fx_rate"] = Decimal(1) if rate is None else rate
