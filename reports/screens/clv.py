"""What customers are expected to buy in the next year."""

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.definitions.clv import CLV
from reports.raw.worth import of_worth
from reports.screens import columns
from reports.screens.churn_model import CHANCE
from reports.screens.customers_lists import (
    by_formula,
    count_steps,
    customer_columns,
    fact,
    lists_of,
)
from reports.screens.lead_names import yes_or_no
from reports.screens.parts import Figure
from reports.screens.screen import Opened, Screen, show
from reports.statistics.confidence import Reason

COLUMNS = customer_columns(
    _("Expected in a year"),
    CHANCE,
    fact("value_cents", _("A purchase is worth"), "money", spare=True),
)


def _strip(opened: Opened) -> list[Figure]:
    now = opened.headline
    told = ngettext("%(shown)s customer", "%(shown)s customers", now["customers"]) % {
        "shown": formatting.number(now["customers"])
    }
    valued = ngettext(
        "%(shown)s customer bought again",
        "%(shown)s customers bought again",
        now["valued_customers"],
    ) % {"shown": formatting.number(now["valued_customers"])}
    why = _why_none(opened)
    if why:
        return [
            Figure(
                _("Expected in a year"),
                formatting.UNKNOWN,
                notes=[(why.removesuffix("."), ""), (told, opened.list_url("clv"))],
            )
        ]
    return [
        Figure(
            _("Expected in a year"),
            columns.short(opened, now["clv_cents"]),
            opened.list_url("clv"),
            [gettext("estimated")],
            [(told, opened.list_url("clv")), (valued, opened.list_url("valued"))],
        )
    ]


def _why_none(opened: Opened) -> str:
    """Why there is no amount: no model fits, or none of these customers bought again."""
    now = opened.headline
    reason = (now["model"] or {}).get("reason")
    if reason:
        return str(NO_MODEL[reason])
    if now["spend"] is None:
        return gettext(
            "No model fits what these customers pay: purchases are told, amounts are not."
        )
    return "" if now["valued_customers"] else gettext("Not enough data: nobody bought again.")


def _doubts(opened: Opened) -> list[Reason]:
    """Why there is no amount, and whether frequent buyers pay otherwise than others."""
    now, why = opened.headline, _why_none(opened)
    if why:
        return [Reason(why, good=False, is_low=True)]
    if now["is_correlated"]:
        text = gettext(
            "Who buys often pays more or less each time: read the order, not the amounts."
        )
        return [Reason(text, good=False)]
    return []


NO_MODEL = {
    "few_customers": _("Not enough data: the model needs more customers."),
    "few_repeaters": _("Not enough data: the model needs more customers who bought again."),
    "out_of_bounds": _("No model fits these customers."),
}


def _why(opened: Opened) -> str:
    return gettext(
        "An estimate by models of how often customers buy, whether they are still there, and what they pay."
        " Of one customer it says little; of many it says what to expect."
    )


CLV_SCREEN = show(
    Screen(
        report=CLV,
        word="customer-value",
        title=CLV.title,
        lists=lists_of(("clv", "valued"), COLUMNS, deeds=("call", "reassign")),
        strip=_strip,
        steps=count_steps,
        words=by_formula,
        explain=of_worth,
        why_range=_why,
        doubts=_doubts,
        splits=("owner", "team", "segment", "region", "one_time"),
        names={"one_time": yes_or_no},
        estimated=True,
        group="analysis",
        icon="users",
    )
)
