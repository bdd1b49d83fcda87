"""Loss 5 on its page: what newcomers cost who brought neither sales nor a record of work."""

from datetime import date
from typing import Any

from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.definitions.new_reps import NEW_REPS
from reports.raw.days import of_newcomer
from reports.reading.hiding import Told
from reports.screens import columns
from reports.screens.new_reps_charts import charts
from reports.screens.parts import Figure, ListView, Row, Shown, Step
from reports.screens.screen import Opened, Screen, show


def _noun(count: int) -> str:
    return ngettext("newcomer", "newcomers", count)


def _day(name: str) -> Any:
    return lambda row: date.fromisoformat(row.fact(name)) if row.fact(name) else None


def _records_a_day(row: Row) -> Any:
    days = row.fact("working_days")
    return round(row.fact("activities") / days, 1) if days else None


COLUMNS = (
    columns.name(_("Rep")),
    columns.reference(),
    Shown("hired", _("First day"), _day("hire_on"), "day"),
    columns.day("judged", _("Judged on"), _day("evaluated_on")),
    Shown("result", _("Sold"), lambda row: row.fact("result_cents"), "money", place="is-fact-2"),
    Shown("records", _("Records a day"), _records_a_day, "number", place="is-fact"),
    Shown("days", _("Working days"), lambda row: row.fact("working_days"), "number", spare=True),
    columns.money(pgettext_lazy("what was spent", "Cost")),
)


def _list(key: str, **more: Any) -> ListView:
    return ListView(key, COLUMNS, _noun, **more)


LISTS = (
    _list(
        "loss",
        hint=_("neither a sale nor a record of work by the day they were judged"),
        deeds=("review",),
    ),
    _list(
        "learning", hint=_("no sale yet, but a record of work: no loss"), deeds=("coach", "review")
    ),
    _list(
        "in_progress",
        hint=_("their day has not come; what they have so far"),
        sort="judged",
        deeds=("coach", "review"),
    ),
    _list("evaluated"),
    _list(
        "idle",
        hint=_("wages from here to the day they are judged"),
        has_tab=False,
        deeds=("coach", "review"),
    ),
)


def strip(opened: Opened) -> list[Figure]:
    return [*_money(opened), _judged(opened), _learning(opened), *_idle(opened)]


def _money(opened: Opened) -> list[Figure]:
    now = opened.headline
    if now["loss_cents"] is None:
        return []
    wages = gettext("wages %(wages)s, expenses %(expenses)s") % {
        "wages": formatting.money_short(now["wages_cents"], opened.currency),
        "expenses": formatting.money_short(now["expenses_cents"], opened.currency),
    }
    return [
        Figure(
            _("Cost without result"),
            columns.short(opened, now["loss_cents"]),
            opened.list_url("loss"),
            [gettext("counted"), *columns.moved(opened, "loss_cents")],
            [(wages, "")],
            tone="loss",
            spark=opened.trend,
            spark_before=opened.trend_before,
        )
    ]


def _judged(opened: Opened) -> Figure:
    now = opened.headline
    of_all = gettext("of %(n)s judged in the period") % {"n": formatting.number(now["evaluated"])}
    return Figure(
        _("No result, no record"),
        formatting.number(now["reps"]),
        opened.list_url("loss"),
        notes=[(of_all, opened.list_url("evaluated"))],
    )


def _learning(opened: Opened) -> Figure:
    now = opened.headline
    waiting = gettext("%(n)s still to be judged") % {"n": formatting.number(now["in_progress"])}
    return Figure(
        _("No result, but worked"),
        formatting.number(now["no_result_but_worked"]),
        opened.list_url("learning"),
        notes=[(waiting, opened.list_url("in_progress"))],
    )


def _idle(opened: Opened) -> list[Figure]:
    """What can still be stopped: wages to come of who has nothing so far."""
    idle = opened.totals["in_progress_idle"]
    count = ngettext("%(n)s newcomer", "%(n)s newcomers", idle.n) % {"n": formatting.number(idle.n)}
    if opened.told != Told.ALL:
        return [
            Figure(
                _("Nothing so far"),
                formatting.number(idle.n),
                opened.list_url("idle"),
                notes=[(gettext("no sale, hardly a record"), "")],
                tone="gain",
            )
        ]
    return [
        Figure(
            _("Can still be stopped"),
            columns.short(opened, idle.cents),
            opened.list_url("idle"),
            notes=[(count, ""), (gettext("wages until they are judged"), "")],
            tone="gain",
        )
    ]


def words(opened: Opened) -> str:
    now = opened.headline
    told = {"reps": formatting.number(now["reps"]), "all": formatting.number(now["evaluated"])}
    if now["loss_cents"] is None:
        return (
            gettext(
                "Of %(all)s newcomers judged in the period, %(reps)s had neither a sale nor a record of work."
            )
            % told
        )
    return gettext(
        "Of %(all)s newcomers judged in the period, %(reps)s had neither a sale nor a record of work."
        " Their wages and expenses from the first day: %(loss)s."
    ) % (told | {"loss": formatting.money(now["loss_cents"], opened.currency)})


def steps(opened: Opened) -> list[Step]:
    now = opened.headline

    def count(label: Any, key: str, name: str, **more: Any) -> Step:
        return Step(label, formatting.number(now[name]), opened.list_url(key), **more)

    return [
        count(_("Newcomers judged in the period"), "evaluated", "evaluated"),
        count(
            _("without a sale, but with a record of work: learning"),
            "learning",
            "no_result_but_worked",
        ),
        count(_("Neither a sale nor a record"), "loss", "reps", is_sum=True),
        count(_("still to be judged: shown, not counted"), "in_progress", "in_progress"),
    ]


def why_range(opened: Opened) -> str:
    return gettext("The figure is counted by a rule, not estimated.")


NEW_REPS_SCREEN = show(
    Screen(
        report=NEW_REPS,
        word="new-reps",
        title=_("New reps without results"),
        lists=LISTS,
        strip=strip,
        steps=steps,
        words=words,
        explain=of_newcomer,
        left_out=(_("Who sold anything, and who left a record of work on most days."),),
        why_range=why_range,
        charts=charts,
        splits=("team", "hired_in", "owner"),
        notice=(
            _("A gap is a question, not a verdict."),
            _(
                "Newcomers need three to six months. Look at what they were given to work with first."
            ),
        ),
        needs=_("needs hire dates, wages and credited orders"),
        trend="loss",
        icon="users",
    )
)
