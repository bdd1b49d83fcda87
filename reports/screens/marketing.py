"""Loss 3 on its page: what was spent on leads that nobody worked, campaign by campaign."""

from typing import Any

from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.acts.stopping import campaign_ids, campaigns_of
from reports.definitions.marketing import MARKETING
from reports.raw.leads import paid_for
from reports.screens import columns
from reports.screens.groups import Group
from reports.screens.lead_names import NAMES, yes_or_no
from reports.screens.links import campaign
from reports.screens.marketing_charts import charts, spent_list
from reports.screens.parts import Figure, ListView, Shown, SplitActs, SplitColumn, Step
from reports.screens.screen import Opened, Screen, show
from reports.screens.splits import split_name
from reports.statistics.intervals import share

COST = pgettext_lazy("what was spent", "Cost")
OF_LEADS = ("loss", "pending", "worked")


def _noun(count: int) -> str:
    return ngettext("lead", "leads", count)


def _costs(count: int) -> str:
    return ngettext("cost", "costs", count)


def _rows(count: int) -> str:
    return ngettext("lead or campaign", "leads and campaigns", count)


def _customers(count: int) -> str:
    return ngettext("customer", "customers", count)


def _campaigns(count: int) -> str:
    return ngettext("campaign", "campaigns", count)


# What a lead's campaign cost, shared out over all its leads: all of them together are what was spent.
SHARE = Shown("share", COST, lambda row: row.evidence.base_cents, "money", place="is-sum-cell")


def _columns(money: Shown, *, wanted: bool = False) -> tuple[Shown, ...]:
    return (
        columns.name(_("Lead")),
        columns.reference(),
        columns.owner(),
        Shown("campaign", _("Campaign"), lambda row: row.fact("campaign"), place="is-clip"),
        columns.day("arrived", _("Arrived")),
        Shown(
            "touches",
            _("Touches in time"),
            lambda row: row.fact("touches"),
            "number",
            place="is-fact",
        ),
        money,
        columns.next_step(wanted=wanted),
    )


LISTS = (
    ListView(
        "loss",
        _columns(columns.money(COST)),
        _noun,
        hint=_("nobody worked them within their days; ranked by what they cost"),
        nobody=_("Every lead of a campaign was worked."),
        deeds=("answer", "assign"),
        of=_("spent on them"),
    ),
    ListView(
        "pending",
        _columns(columns.money(COST), wanted=True),
        _noun,
        hint=_("not worked yet, their days are not over"),
        nobody=_("No lead of a campaign waits."),
        deeds=("answer", "assign"),
        of=_("spent on them"),
    ),
    ListView("worked", _columns(SHARE), _noun, sort="arrived", base_of=_("spent on them")),
    ListView(
        "without_leads",
        (
            columns.name(_("Campaign")),
            columns.reference(),
            columns.day("last", _("Last cost")),
            columns.money(_("Spent")),
        ),
        _campaigns,
        hint=_("money that brought no lead; not in the loss"),
        deeds=("stop",),
        of=_("spent"),
    ),
    ListView(
        "won",
        (
            columns.name(_("Customer")),
            columns.reference(),
            columns.owner(),
            Shown("campaign", _("Campaign"), lambda row: row.fact("campaign"), place="is-clip"),
            columns.day("won", _("Became a customer")),
            columns.money(_("Revenue since")),
        ),
        _customers,
        hint=_(
            "what they bought from the day on which the lead became a customer, to the as-of day"
        ),
        has_tab=False,
        of=_("since"),
    ),
    ListView(
        "leads",
        _columns(SHARE),
        _noun,
        has_tab=False,
        sort="arrived",
        base_of=_("spent on them"),
    ),
    ListView(
        "spent",
        (
            columns.name(_("Lead or campaign")),
            columns.reference(),
            columns.owner(),
            Shown("campaign", _("Campaign"), lambda row: row.fact("campaign"), place="is-clip"),
            columns.day("arrived", _("Day")),
            SHARE,
        ),
        _rows,
        hint=_("each lead with its share of what its campaign cost, and campaigns without leads"),
        has_tab=False,
        sort="arrived",
        base_of=_("spent on them"),
    ),
    ListView(
        "cost",
        (
            columns.name(_("Campaign")),
            columns.reference(),
            Shown("cost", COST, lambda row: row.fact("cost"), place="is-fact"),
            columns.day("day", _("Day")),
            columns.money(_("Spent")),
        ),
        _costs,
        hint=_("each cost of the period, as it was booked"),
        has_tab=False,
        of=_("spent"),
    ),
)


def strip(opened: Opened) -> list[Figure]:
    return [_lost(opened), _spent(opened), _pending(opened), _without_leads(opened)]


def _lost(opened: Opened) -> Figure:
    now = opened.headline
    count = gettext("%(n)s of %(all)s leads") % {
        "n": formatting.number(now["unworked"]),
        "all": formatting.number(now["leads"]),
    }
    part = share(now["loss_cents"], now["cost_cents"]) if now["cost_cents"] > 0 else None
    of_spent = gettext("%(share)s of what was spent") % {"share": formatting.percent(part)}
    notes = [(count, opened.list_url("leads")), (of_spent, "")]
    label = _("Spent on leads nobody worked")
    return columns.ripening_loss(opened, label, gettext("counted"), notes)


def _spent(opened: Opened) -> Figure:
    now = opened.headline
    worked = gettext("worked: %(money)s") % {
        "money": formatting.money_short(now["worked_cents"], opened.currency)
    }
    return Figure(
        _("Spent on campaigns"),
        columns.short(opened, now["cost_cents"]),
        opened.list_url(spent_list(opened)),
        columns.moved(opened, "cost_cents", "neither"),
        [(worked, opened.list_url("worked"))],
    )


def _pending(opened: Opened) -> Figure:
    n = opened.headline["pending"]
    count = ngettext("%(n)s lead", "%(n)s leads", n) % {"n": formatting.number(n)}
    return Figure(
        _("Can still be worked"),
        columns.short(opened, opened.headline["pending_cents"]),
        opened.list_url("pending"),
        notes=[(count, "")],
        tone="gain",
    )


def _without_leads(opened: Opened) -> Figure:
    return Figure(
        _("Spent without any lead"),
        columns.short(opened, opened.headline["spent_without_leads_cents"]),
        opened.list_url("without_leads"),
        notes=[(gettext("beside the loss, not in it"), "")],
    )


def words(opened: Opened) -> str:
    now = opened.headline
    return gettext(
        "Of %(leads)s leads that campaigns brought, nobody worked %(unworked)s. Each campaign’s cost × its leads"
        " that nobody worked ÷ all its leads, together %(loss)s."
    ) % {
        "leads": formatting.number(now["leads"]),
        "unworked": formatting.number(now["unworked"]),
        "loss": formatting.money(now["loss_cents"], opened.currency),
    }


def steps(opened: Opened) -> list[Step]:
    now = opened.headline

    def count(label: Any, key: str, name: str, **more: Any) -> Step:
        return Step(label, formatting.number(now[name]), opened.list_url(key), **more)

    return [
        count(_("Leads that campaigns brought in the period"), "leads", "leads"),
        count(
            _("worked: converted, touched often enough, or closed after a touch"),
            "worked",
            "worked",
        ),
        count(_("not worked yet, their days are not over"), "pending", "pending"),
        count(_("Not worked"), "loss", "unworked", is_sum=True),
        Step(
            _("Spent without any lead: beside the loss"),
            formatting.money(now["spent_without_leads_cents"], opened.currency),
            opened.list_url("without_leads"),
        ),
    ]


def why_range(opened: Opened) -> str:
    return gettext("The figure is counted by a rule, not estimated.")


def split_columns(opened: Opened) -> list[SplitColumn]:
    def spent(group: Group) -> int:
        return group.of(*OF_LEADS, "without_leads").base_cents

    def neglected(group: Group) -> Any:
        return share(group.of("loss").n, group.of(*OF_LEADS).n)

    return [
        SplitColumn(gettext("Leads"), lambda group: group.of(*OF_LEADS).n, key="leads"),
        SplitColumn(gettext("Not worked"), lambda group: group.of("loss").n, key="loss"),
        SplitColumn(gettext("Not worked, %"), neglected, "percent", of_cases=True),
        SplitColumn(
            gettext("Can still be worked"), lambda group: group.of("pending").n, key="pending"
        ),
        SplitColumn(gettext("Spent"), spent, "money", spent_list(opened, split_name(opened))),
        SplitColumn(gettext("Lost"), lambda group: group.of("loss").cents, "money", "loss"),
    ]


MARKETING_SCREEN = show(
    Screen(
        report=MARKETING,
        word="marketing-waste",
        title=_("Marketing waste"),
        lists=LISTS,
        strip=strip,
        steps=steps,
        words=words,
        explain=paid_for,
        left_out=(
            _(
                "Leads closed as junk or duplicates: what they cost falls on the real leads. Costs of nothing or less."
            ),
        ),
        why_range=why_range,
        charts=charts,
        splits=("campaign", "channel", "source", "owner", "team", "month", "region", "touches"),
        split="campaign",
        split_measures=(*OF_LEADS, "without_leads"),
        split_columns=split_columns,
        split_acts={"campaign": SplitActs("campaign", ("stop",), campaigns_of, campaign_ids)},
        links=campaign,
        names=NAMES | {"one_time": yes_or_no},
        needs=_("needs campaigns with their costs and leads"),
        trend="loss",
        icon="speakerphone",
    )
)
