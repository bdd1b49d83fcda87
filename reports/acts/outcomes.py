"""What became of the rows somebody acted on, against those of the same list that were left alone.

Left alone is what went on at the time of the act and no other act treats (one that was taken back treats nothing).

Written by the nightly job into `Act.outcome`, set-based over all acts of half a year:

    {"treated": {"n", "done", "won", "cents"}, "rest": {"n", "won", "cents"}}

`done`: tasks finished. `won`: customers that bought after the day of the act, leads that became customers
after it. `cents`: the net sum of those purchases, or of what the new customers bought, in the company's
currency. Of campaigns that were stopped (subject `campaign`) `done` are those that have ended, `won` those that
cost nothing after the last day they were given, `cents` what they cost after it, and `before` (in both parts) what
they had cost in as many days up to it. Neither proves that the act was the cause: who was chosen to be called may
have been likelier to buy; so both stand side by side, and the pages say so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from crm.lib.sql import day_number_sql
from reports.acts.deeds import DEEDS
from reports.acts.taking_back import may_take_back
from reports.models import Act
from reports.report import Report
from reports.statistics.intervals import FEW, share
from team.models import User

FOLLOWED = timedelta(days=180)

# What is compared with: of the rest those that no other act treats that was not taken back.
COMPARED = """(i.treated OR i.subject_id NOT IN (
    SELECT o.subject_id FROM reports_actitem o JOIN reports_act b ON b.id = o.act_id
    WHERE o.treated AND b.subject_type = '{kind}' AND b.undone_at IS NULL
        AND b."on" >= %(since)s AND b."on" <= %(date)s
))"""

# What was bought after the act, by item. A customer merged since is followed to its survivor.
BOUGHT = """
SELECT i.act_id, i.treated, COUNT(*), COUNT(p.bought), COALESCE(SUM(p.bought), 0), COUNT(t.id)
FROM reports_actitem i
LEFT JOIN (
    SELECT j.id, SUM(d.cents) AS bought
    FROM reports_actitem j JOIN reports_act a ON a.id = j.act_id
    JOIN customers_customer c ON c.id = j.subject_id
    JOIN customers_purchaseday d ON d.customer_id = COALESCE(c.merged_into_id, c.id)
    WHERE a.subject_type = 'customer' AND a."on" >= %(since)s AND d.day > {day} AND d.day <= %(until)s
    GROUP BY j.id
) p ON p.id = i.id
LEFT JOIN sales_task t ON t.id = i.task_id AND t.state = 'done'
WHERE i.act_id IN (SELECT id FROM reports_act WHERE "on" >= %(since)s AND subject_type = 'customer')
    AND {compared}
GROUP BY i.act_id, i.treated"""

# Leads that became customers after the act, and what those bought. What was won or closed by then is no rest to
# compare with: it could not be won any more.
CONVERTED = """
SELECT i.act_id, i.treated, COUNT(*), COUNT(l.id), COALESCE(SUM(m.bought), 0), COUNT(t.id)
FROM reports_actitem i JOIN reports_act a ON a.id = i.act_id
JOIN sales_lead k ON k.id = i.subject_id
LEFT JOIN sales_lead l ON l.id = i.subject_id AND l.converted_on > a."on"
    AND l.converted_on <= %(date)s
LEFT JOIN (
    SELECT d.customer_id, SUM(d.cents) AS bought FROM customers_purchaseday d
    WHERE d.day <= %(until)s GROUP BY d.customer_id
) m ON m.customer_id = l.customer_id
LEFT JOIN sales_task t ON t.id = i.task_id AND t.state = 'done'
WHERE a."on" >= %(since)s AND a.subject_type = 'lead' AND {compared}
    AND (i.treated OR COALESCE(k.converted_on > a."on", TRUE) AND COALESCE(k.closed_on > a."on", TRUE))
GROUP BY i.act_id, i.treated"""

DONE = """
SELECT i.act_id, i.treated, COUNT(*), 0, 0, COUNT(t.id)
FROM reports_actitem i JOIN reports_act a ON a.id = i.act_id
LEFT JOIN sales_task t ON t.id = i.task_id AND t.state = 'done'
WHERE a."on" >= %(since)s AND a.subject_type = 'user' AND {compared}
GROUP BY i.act_id, i.treated"""

# What campaigns cost after the last day that the act gave, and in as many days up to it; the rest are measured by
# the same day.
STOPPED = """
SELECT i.act_id, i.treated, COUNT(*), SUM(CASE WHEN COALESCE(s.since, 0) = 0 THEN 1 ELSE 0 END),
    COALESCE(SUM(s.since), 0), SUM(CASE WHEN c.ended_on <= %(date)s THEN 1 ELSE 0 END),
    COALESCE(SUM(s.before), 0)
FROM reports_actitem i JOIN reports_act a ON a.id = i.act_id
JOIN sales_campaign c ON c.id = i.subject_id
LEFT JOIN (
    SELECT j.id, SUM(CASE WHEN {cost_day} > {last_day} THEN x.cents ELSE 0 END) AS since,
        SUM(CASE WHEN {cost_day} <= {last_day} THEN x.cents ELSE 0 END) AS before
    FROM reports_actitem j JOIN reports_act a ON a.id = j.act_id
    JOIN sales_campaigncost x ON x.campaign_id = j.subject_id
    WHERE a.kind = 'stop' AND a."on" >= %(since)s
        AND {cost_day} <= %(until)s AND {cost_day} > 2 * {last_day} - %(until)s
        AND x.recorded_on <= %(date)s AND (x.deleted_on IS NULL OR x.deleted_on > %(date)s)
    GROUP BY j.id
) s ON s.id = i.id
WHERE a."on" >= %(since)s AND a.kind = 'stop' AND {compared}
GROUP BY i.act_id, i.treated"""

STATEMENTS = {"customer": BOUGHT, "lead": CONVERTED, "user": DONE, "campaign": STOPPED}

# Acts shown beneath the list they were made from.
SHOWN = 6
# Whose acts can win something.
WON = ("customer", "lead")


@dataclass(frozen=True)
class Told:
    """An act with its name, and what became of it: shares are of the rows treated and of those left alone."""

    act: Act
    label: Any
    may_undo: bool

    @property
    def wins(self) -> bool:
        """Whether it can win anything: who is talked to buys nothing, nor does what was stopped."""
        return self.act.subject_type in WON

    @property
    def is_stop(self) -> bool:
        return self.act.kind == Act.Kind.STOP

    @property
    def is_ahead(self) -> bool:
        """Whether the last day of what was stopped lies after what is known."""
        return bool(
            self.act.due_on and self.act.outcome_on and self.act.outcome_on <= self.act.due_on
        )

    @property
    def share(self) -> float | None:
        return share(self.act.treated.get("won", 0), self.act.treated.get("n", 0))

    @property
    def rest_share(self) -> float | None:
        return share(self.act.rest.get("won", 0), self.act.rest.get("n", 0))

    @property
    def is_few(self) -> bool:
        return int(self.act.treated.get("n", 0)) < FEW


def acts_of(report: Report, viewer: User) -> list[Told]:
    """The last acts of this person's people on a report, with what became of them; one query."""
    acts = Act.visible_to(viewer).filter(slug=report.slug, undone_at__isnull=True)
    shown = acts.select_related("by", "to").order_by("-id")[:SHOWN]
    return [Told(act, _label(act), may_take_back(act, viewer)) for act in shown]


def _label(act: Act) -> Any:
    deed = DEEDS.get(act.deed)
    return deed.label if deed else act.get_kind_display()


def follow_acts(day: date) -> int:
    """Write the outcome, as of the end of a day, of every act of the half year before it; how many."""
    values: dict[str, str | int] = {
        "since": (day - FOLLOWED).isoformat(),
        "date": day.isoformat(),
        "until": (day - date(1970, 1, 1)).days,
    }
    found: dict[int, dict[str, Any]] = {}
    vendor = connection.vendor
    days = {
        "day": day_number_sql('a."on"', vendor),
        "last_day": day_number_sql("a.due_on", vendor),
        "cost_day": day_number_sql('x."on"', vendor),
    }
    for kind, statement in STATEMENTS.items():
        compared = COMPARED.format(kind=kind)
        with connection.cursor() as cursor:
            cursor.execute(statement.format(compared=compared, **days), values)
            _gather(found, cursor.fetchall())
    acts = list(Act.everything.filter(pk__in=found))
    for act in acts:
        act.outcome, act.outcome_on = found[act.pk], day
    Act.everything.bulk_update(acts, ["outcome", "outcome_on"], batch_size=500)
    return len(acts)


def _gather(found: dict[int, dict[str, Any]], rows: Iterable[tuple[Any, ...]]) -> None:
    for act_id, treated, n, won, cents, done, *before in rows:
        told = {"n": n, "won": won, "cents": int(cents)}
        if before:
            told["before"] = int(before[0])
        part = found.setdefault(act_id, {})
        part["treated" if treated else "rest"] = told | ({"done": done} if treated else {})
