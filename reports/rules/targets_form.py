"""The form of a year's targets: a row a month, a column a loss, and one for the total."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from crm.lib.money import base_cents, cents_to_amount
from crm.lib.typed_fields import AmountField
from reports.rules.targets import Cell
from team.models import Company

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
MOST_DIGITS = len(str(MOST))
# Before the name of a cell: the hidden field with the cents that were shown.
SEEN = "seen-"


@dataclass(frozen=True)
class Shown:
    """A cell of the form: its field, and the cents that stood in it when it was shown, for the hidden field `name`."""

    field: forms.BoundField
    name: str
    cents: int | None


class TargetsForm(forms.Form):
    """Whole or exact amounts in the company's currency; an empty cell is no target.

    A year is everybody's who may set targets: what a person did not touch is not written, and what they touched only
    over the value they saw, which a hidden field of each cell holds.
    """

    def __init__(self, *args: Any, year: int, known: Mapping[Cell, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        self.taken: Mapping[Cell, int | None] = {}
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

    def rows(self) -> Iterator[tuple[date, list[Shown]]]:
        """Each month with its cells."""
        for month in self.months:
            yield month, [self._shown((slug, month)) for slug in COLUMNS]

    def _shown(self, cell: Cell) -> Shown:
        """What is said to have been taken has been seen: saved once more, the form writes over it."""
        cents = self.taken[cell] if cell in self.taken else self.seen(cell)
        return Shown(self[_name(*cell)], f"{SEEN}{_name(*cell)}", cents)

    def seen(self, cell: Cell) -> int | None:
        """The cents the person saw; what is not sent, or no number, is an empty cell."""
        if not self.is_bound:
            return self.known.get(cell)
        text = self.data.get(f"{SEEN}{_name(*cell)}", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None

    @property
    def cells(self) -> dict[Cell, int | None]:
        """Cents of the cells this person changed, by report and month; None removes a target."""
        found: dict[Cell, int | None] = {}
        for month in self.months:
            for slug in COLUMNS:
                amount = self.cleaned_data[_name(slug, month)]
                cents = None if amount is None else base_cents(amount, Decimal(1))
                if cents != self.seen((slug, month)):
                    found[slug, month] = cents
        return found

    def refuse(self, taken: Mapping[Cell, int | None]) -> None:
        """Say in each of these cells what they held when they were shown and hold now; what was typed stays."""
        for cell, cents in taken.items():
            told = {"seen": _told(self.seen(cell)), "now": _told(cents)}
            self.add_error(
                _name(*cell),
                gettext(
                    "This page showed %(seen)s; meanwhile it is %(now)s. Save again to put yours there."
                )
                % told,
            )
        self.taken = taken


def _told(cents: int | None) -> str:
    if cents is None:
        return gettext("no target")
    return formatting.money(cents, Company.get().base_currency, minor=bool(cents % 100))


def _name(slug: str, month: date) -> str:
    return f"{slug}-{month:%m}"
