"""What makes up a customer's value: purchases to come, what one is worth, and the days both are told by."""

from typing import Any

from django.utils.translation import gettext as _

from crm.lib import formatting
from reports.models import Evidence
from reports.raw.orders import gaps_table, purchase_days, rows_of
from reports.report import Run
from reports.screens.parts import Explanation
from team.models import Company


def of_worth(evidence: Evidence, run: Run) -> Explanation:
    """The estimate in its factors, and the days the customer bought on."""
    days = purchase_days(rows_of(evidence.subject_id, run.as_of))
    return Explanation(_arithmetic(evidence), [gaps_table(days)], evidence.cents)


def _arithmetic(evidence: Evidence) -> list[tuple[Any, Any]]:
    facets, currency = evidence.facets, Company.get().base_currency
    purchases = formatting.number(round(facets["expected_purchases"], 2), 2)
    facts = [
        (_("Still a customer"), formatting.percent(facets["p_alive"])),
        (_("Purchases expected in 365 days"), purchases),
    ]
    if facets["value_cents"] is None:
        once = facets["one_time"]
        why = _("not enough data: it bought once") if once else _("not enough data")
        return [*facts, (_("A purchase is worth"), why)]
    value = formatting.money(facets["value_cents"], currency)
    told = _("%(purchases)s × %(value)s = %(cents)s") % {
        "purchases": purchases,
        "value": value,
        "cents": formatting.money(evidence.cents, currency),
    }
    return [*facts, (_("A purchase is worth"), value), (_("Expected in a year"), told)]
