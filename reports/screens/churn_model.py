"""What the page of loss 1 says where the fitted model tells who is lost, or could not."""

import math
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.modelling.churn_model import METHOD
from reports.screens import columns
from reports.screens.customers_lists import customers
from reports.screens.parts import Figure, ListView, Shown
from reports.screens.screen import Opened
from reports.statistics.intervals import Z

CHANCE = Shown("chance", _("Still a customer"), lambda row: row.fact("p_alive"), "percent")
EXPECTED = ListView(
    "expected",
    (
        columns.name(_("Customer")),
        columns.reference(),
        columns.owner(),
        columns.money(_("Expected loss")),
        CHANCE,
        Shown("value", _("A year"), lambda row: row.fact("value_cents"), "money", spare=True),
        columns.day("last", _("Last order")),
        columns.next_step(),
    ),
    customers,
    hint=_("a year of buying × the chance that it has left; repeat customers without a contract"),
    nobody=_("Only the model expects; the rule tells who is lost."),
    has_tab=False,
)
WHY_NOT = {
    "few_customers": _("The rule told who left: the model needs more customers."),
    "few_repeaters": _("The rule told who left: the model needs more customers who bought again."),
    "out_of_bounds": _("The rule told who left: no model fits these customers."),
}


def expected(opened: Opened) -> list[Figure]:
    """The expected loss with its range, if the model told."""
    now = opened.headline
    if now["method"] != METHOD:
        return []
    cents, error = now["expected_loss_cents"], now["expected_loss_se_cents"]
    half = math.ceil(Z * error)
    ends = {
        "low": formatting.money_short(max(cents - half, 0), opened.currency),
        "high": formatting.money_short(cents + half, opened.currency),
    }
    return [
        Figure(
            _("Expected loss"),
            columns.short(opened, cents),
            opened.list_url("expected"),
            [gettext("estimated")],
            [(gettext("95%% range %(low)s – %(high)s") % ends, "")],
        )
    ]


def why_not(opened: Opened) -> list[tuple[Any, str]]:
    """A note where the model was asked for and does not hold."""
    model = opened.snapshot.whole.get("model")
    reason = model["reason"] if model else ""
    return [(WHY_NOT[reason], "")] if reason else []


def told_by(opened: Opened) -> str:
    """The fitted model in words; it is of the whole company, like its parameters."""
    model = opened.snapshot.whole["model"]
    return ngettext(
        "A model of buying (BG/NBD), fitted to %(n)s customer, tells who is lost among those who bought again:"
        " the chance that it is a customer still has fallen below %(share)s.",
        "A model of buying (BG/NBD), fitted to %(n)s customers, tells who is lost among those who bought again:"
        " the chance that it is a customer still has fallen below %(share)s.",
        model["n"],
    ) % {
        "n": formatting.number(model["n"]),
        "share": formatting.percent(opened.run.values["p_lost"]),
    }
