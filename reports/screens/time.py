"""Loss 4 on its page: paid hours without a trace of business. A gap is a question, not a verdict."""

from datetime import date
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.definitions.time import TIME, share_of
from reports.raw.days import of_month
from reports.reading.hiding import Told
from reports.screens import columns
from reports.screens.groups import Group
from reports.screens.links import absence
from reports.screens.parts import Figure, ListView, Row, Shown, SplitColumn, Step
from reports.screens.screen import Opened, Screen, show
from reports.screens.time_charts import charts
from reports.statistics.confidence import Reason, coverage_reason
from reports.statistics.intervals import share

# Below this share of logged days the headline reads "between".
WHOLE_LOG = 0.80
COUNTS = ("selling", "working_days", "logged_days")


def _noun(count: int) -> str:
    return ngettext("row (rep and month)", "rows (rep and month)", count)


def _days(row: Row) -> int:
    return sum(row.fact("days_by_weekday") or [])


def _a_day(row: Row) -> int | None:
    days = _days(row)
    return sum(row.fact("selling_by_weekday") or []) // days if days else None


def _month(row: Row) -> str:
    return formatting.month(date.fromisoformat(f"{row.fact('month')}-01"))


MONTH = Shown("month", _("Month"), _month, place="is-fact-2", in_file=lambda row: row.fact("month"))
LOSS_COLUMNS = (
    columns.name(_("Rep")),
    columns.reference(),
    MONTH,
    Shown("days", _("Paid days"), _days, "number"),
    Shown("hours", _("Selling a day"), _a_day, "minutes", place="is-fact"),
    Shown("share", _("Of the paid time"), lambda row: row.fact("share"), "percent"),
    Shown(
        "imputed",
        _("Minutes taken for granted"),
        lambda row: row.fact("imputed"),
        "number",
        only_in_file=True,
    ),
    columns.day("last", _("Last day")),
    Shown("cost", _("Wage"), lambda row: row.evidence.base_cents, "money", guarded=True),
    Shown("low", _("At least"), lambda row: row.evidence.low_cents, "money", guarded=True),
    columns.money(_("Without business")),
)


def _counts(kind: Any, label: Any) -> tuple[Shown, ...]:
    return (
        columns.name(_("Rep")),
        columns.reference(),
        MONTH,
        columns.day("last", _("Last day")),
        Shown("count", label, lambda row: row.evidence.cents, kind, columns.BY_MONEY),
    )


LISTS = (
    ListView(
        "loss",
        LOSS_COLUMNS,
        _noun,
        hint=_("each rep and month; a gap is a question, not a verdict"),
        nobody=_("No paid day in this period."),
        deeds=("talk",),
        opens=_("Open the days"),
        beside=absence,
        of=_("paid without business"),
    ),
    ListView("selling", _counts("minutes", _("Selling")), _noun, has_tab=False, sort="last"),
    ListView("available", _counts("minutes", _("Paid time")), _noun, has_tab=False, sort="last"),
    ListView("working_days", _counts("number", _("Paid days")), _noun, has_tab=False, sort="last"),
    ListView(
        "logged_days", _counts("number", _("Days with a record")), _noun, has_tab=False, sort="last"
    ),
)


def strip(opened: Opened) -> list[Figure]:
    return [*_money(opened), _hours(opened), _logged(opened), _days_paid(opened)]


def _money(opened: Opened) -> list[Figure]:
    now = opened.headline
    if now["loss_cents"] is None:
        return []
    low = formatting.money_short(now["loss_lo_cents"], opened.currency)
    is_whole = (now["logged_share"] or 0) >= WHOLE_LOG or not now["loss_cents"]
    value = (
        columns.short(opened, now["loss_cents"])
        if is_whole
        else formatting.money_range(now["loss_lo_cents"], now["loss_cents"])
    )
    part = share(now["loss_cents"], now["cost_cents"])
    note = gettext("%(share)s of %(cost)s paid") % {
        "share": formatting.percent(part),
        "cost": formatting.money_short(now["cost_cents"], opened.currency),
    }
    beside = [gettext("at least %(low)s") % {"low": low}] if is_whole else [gettext("between")]
    return [
        Figure(
            _("Wage without a trace of business"),
            value,
            opened.list_url("loss"),
            [*beside, *columns.moved(opened, "loss_cents")],
            [(note, "")],
            tone="loss",
            spark=opened.trend,
            spark_before=opened.trend_before,
        )
    ]


def _hours(opened: Opened) -> Figure:
    selling = opened.totals["selling"].cents
    days = opened.totals["working_days"].cents
    told = gettext("%(selling)s on %(days)s paid days") % {
        "selling": formatting.minutes(selling),
        "days": formatting.number(days),
    }
    return Figure(
        _("Selling, of the paid time"),
        formatting.percent(opened.headline["share"]),
        opened.list_url("selling"),
        columns.moved_points(opened, "share", "up"),
        [(told, opened.list_url("working_days"))],
    )


def _logged(opened: Opened) -> Figure:
    return Figure(
        _("Paid days with a record"),
        formatting.percent(opened.headline["logged_share"]),
        opened.list_url("logged_days"),
        notes=[(gettext("work outside the CRM is not seen"), "")],
    )


def _days_paid(opened: Opened) -> Figure:
    hours = formatting.number(opened.run.values["hours_per_day"])
    return Figure(
        _("Paid days"),
        formatting.number(opened.totals["working_days"].cents),
        opened.list_url("working_days"),
        notes=[(gettext("of %(hours)s hours each") % {"hours": hours}, "")],
    )


def words(opened: Opened) -> str:
    now = opened.headline
    told = {"share": formatting.percent(now["share"])}
    if now["loss_cents"] is None:
        return gettext("Of the paid time %(share)s was spent on selling.") % told
    return gettext(
        "Wages of the paid days %(cost)s; of the paid time %(share)s was spent on selling. Each rep’s month by"
        " itself: its wages × the share without selling, together %(loss)s."
    ) % (
        told
        | {
            "cost": formatting.money(now["cost_cents"], opened.currency),
            "loss": formatting.money(now["loss_cents"], opened.currency),
        }
    )


def steps(opened: Opened) -> list[Step]:
    totals = opened.totals
    return [
        Step(
            _("Paid days: working days without absences"),
            formatting.number(totals["working_days"].cents),
            opened.list_url("working_days"),
        ),
        Step(
            _("Paid time"),
            formatting.minutes(totals["available"].cents),
            opened.list_url("available"),
        ),
        Step(
            _("Selling: calls, mails, visits and offers, never counted twice at the same time"),
            formatting.minutes(totals["selling"].cents),
            opened.list_url("selling"),
        ),
        Step(
            _("Days with any record"),
            formatting.number(totals["logged_days"].cents),
            opened.list_url("logged_days"),
        ),
        *(
            [
                Step(
                    _("Paid without business"),
                    formatting.money(opened.headline["loss_cents"], opened.currency),
                    opened.list_url("loss"),
                    is_sum=True,
                )
            ]
            if opened.headline["loss_cents"] is not None
            else []
        ),
    ]


def why_range(opened: Opened) -> str:
    told = gettext(
        "Work that nobody entered is not seen. The lower figure takes days without a record to be like those"
        " with one; while fewer than 80%% of the paid days have a record, the page says both."
    )
    return told % {}


def doubts(opened: Opened) -> list[Reason]:
    logged = opened.headline["logged_share"]
    if logged is None:
        return [Reason(gettext("No paid day is known."), good=False)]
    text = gettext("%(share)s of the paid days have a record.") % {
        "share": formatting.percent(logged)
    }
    return [coverage_reason(text, logged)]


def split_columns(opened: Opened) -> list[SplitColumn]:
    def a_day(group: Group) -> Any:
        days = group.of("working_days").cents
        return group.of("selling").cents // days if days else None

    def part(group: Group) -> Any:
        return share_of(group.of("selling").cents, group.of("working_days").cents, opened.run)

    told = [
        SplitColumn(
            gettext("Paid days"), lambda group: group.of("working_days").cents, key="working_days"
        ),
        SplitColumn(
            gettext("With a record"), lambda group: group.of("logged_days").cents, key="logged_days"
        ),
        SplitColumn(gettext("Selling a day"), a_day, "minutes", "selling"),
        SplitColumn(gettext("Of the paid time"), part, "percent"),
    ]
    if opened.told != Told.ALL:
        return told
    money = SplitColumn(
        gettext("Without business"), lambda group: group.of("loss").cents, "money", "loss"
    )
    return [*told, money]


TIME_SCREEN = show(
    Screen(
        report=TIME,
        word="paid-hours",
        title=_("Paid hours without business"),
        lists=LISTS,
        strip=strip,
        steps=steps,
        words=words,
        explain=of_month,
        left_out=(
            _("Days off, holidays and entered absences; work that is planned or cancelled."),
        ),
        why_range=why_range,
        charts=charts,
        splits=("owner", "team", "month"),
        split="owner",
        split_measures=(*COUNTS, "loss"),
        split_columns=split_columns,
        doubts=doubts,
        estimated=True,
        notice=(
            _("A gap is a question, not a verdict."),
            _(
                "Sick leave, trips and training are taken out when they are entered. Every rep sees the same"
                " figures about themselves, and can add what is missing."
            ),
        ),
        needs=_("needs wages and logged work"),
        trend="loss",
        icon="hourglass",
    )
)
