"""The form of a year's targets: a row a month, a column a loss, and one for the total."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from crm.lib.money import base_cents, cents_to_amount
from crm.lib.typed_fields import AmountField
from reports.rules.targets import Cell

# In the order of the ledger's words (ux.md section 2).
COLUMNS = {
    "churn": _("Customers leaving"),
    "leakage": _("Leads not won"),
    "marketing": _("Marketing waste"),
    "time": _("Paid hours without business"),
    "new_reps": _("New reps without results"),
    "departures": _("Departed reps"),
    "ledger": _("All losses"),
}
MOST = 10**13


class TargetsForm(forms.Form):
    """Whole or exact amounts in the company's currency; an empty cell is no target."""

    def __init__(self, *args: Any, year: int, known: Mapping[Cell, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.months = [date(year, month, 1) for month in range(1, 13)]
        for month in self.months:
            for slug, label in COLUMNS.items():
                cents = known.get((slug, month))
                field = AmountField(
                    required=False, least=0, label=f"{label}, {formatting.month(month)}"
                )
                field.initial = None if cents is None else cents_to_amount(cents)
                field.widget.attrs |= {"class": "form-control", "aria-label": field.label}
                self.fields[_name(slug, month)] = field

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name, amount in values.items():
            if amount is not None and amount * 100 > MOST:
                self.add_error(name, _("This is more than a company can lose."))
        return values

    def rows(self) -> Iterator[tuple[date, list[Any]]]:
        """Each month with its cells."""
        for month in self.months:
            yield month, [self[_name(slug, month)] for slug in COLUMNS]

    @property
    def cells(self) -> dict[Cell, int | None]:
        """Cents by report and month; None removes a target."""
        found: dict[Cell, int | None] = {}
        for month in self.months:
            for slug in COLUMNS:
                amount = self.cleaned_data[_name(slug, month)]
                found[slug, month] = None if amount is None else base_cents(amount, Decimal(1))
        return found


def _name(slug: str, month: date) -> str:
    return f"{slug}-{month:%m}"
