"""The exchange tables in one place (loss-reports.md section 2): their columns, and where each value is stored.

Tables stand in the order in which they are loaded, so that what a row refers to is there before it;
`merged_into` alone points into its own table. Columns stand in the order in which they are dumped.
"""

from dataclasses import dataclass
from typing import Any

from customers.models import Contract, Customer, Ownership, Revenue, Survey
from reports.exchange.cells import (
    DAY,
    FLAG,
    INSTANT,
    NUMBER,
    RATE,
    REFERENCE,
    SINCE,
    WHOLE,
    Kind,
    one_of,
    text,
)
from sales.models import (
    Activity,
    Campaign,
    CampaignCost,
    Deal,
    DealChange,
    Lead,
    LeadOwnership,
)
from team.models import Absence, User, Wage


@dataclass(frozen=True)
class Column:
    """`path` is the way from the table's model to the value; `refers` the table whose references it holds.

    `extra`: what the product keeps and the exchange table does not name. It may be given, and is dumped only
    where a row says something that the other columns do not.
    """

    name: str
    kind: Kind
    path: str
    needed: bool = False
    refers: str = ""
    extra: bool = False


@dataclass(frozen=True)
class Table:
    """`key` is the column with the row's own reference, `event` the column an empty `recorded_on` repeats."""

    name: str
    model: Any
    columns: tuple[Column, ...]
    key: str = ""
    event: str = ""

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def own(name: str) -> Column:
    return Column(name, REFERENCE, "reference", needed=True)


def to(name: str, table: str, field: str, needed: bool = False) -> Column:
    return Column(name, REFERENCE, f"{field}__reference", needed, refers=table)


def col(name: str, kind: Kind, path: str = "", needed: bool = False) -> Column:
    return Column(name, kind, path or name, needed)


RECORDED, DELETED = col("recorded_on", DAY), col("deleted_on", DAY)
EXTRA_RECORDED = Column("recorded_on", DAY, "recorded_on", extra=True)
EXTRA_DELETED = Column("deleted_on", DAY, "deleted_on", extra=True)
PERIOD = (col("from_on", SINCE), col("to_on", DAY))
MONEY = (
    col("amount", NUMBER, needed=True),
    col("currency", text(3)),
    col("fx_rate", RATE),
)
WAGE = (col("monthly_wage", NUMBER), col("monthly_expenses", NUMBER))

_ALL = (
    Table(
        "reps",
        User,
        (
            own("rep_id"),
            col("name", text(150)),
            col("team", text(100), "team__name"),
            col("hire_on", DAY, "hired_on"),
            col("leave_on", DAY, "left_on"),
            *WAGE,
        ),
        key="rep_id",
    ),
    Table(
        "rep_costs",
        Wage,
        (
            to("rep_id", "reps", "user", needed=True),
            col("from_on", DAY, needed=True),
            *WAGE,
            EXTRA_RECORDED,
            EXTRA_DELETED,
        ),
        event="from_on",
    ),
    Table(
        "absences",
        Absence,
        (
            to("rep_id", "reps", "user", needed=True),
            col("date", DAY, "on", needed=True),
            EXTRA_RECORDED,
            EXTRA_DELETED,
        ),
        event="date",
    ),
    Table(
        "customers",
        Customer,
        (
            own("customer_id"),
            col("name", text(250)),
            col("segment", text(100)),
            col("region", text(100)),
            col("is_test", FLAG),
            to("merged_into", "customers", "merge__into"),
            col("merged_on", DAY, "merge__merged_on"),
            RECORDED,
        ),
        key="customer_id",
    ),
    Table(
        "ownership",
        Ownership,
        (
            own("ownership_id"),
            to("customer_id", "customers", "customer", needed=True),
            to("rep_id", "reps", "rep"),
            *PERIOD,
            RECORDED,
            EXTRA_DELETED,
        ),
        key="ownership_id",
        event="from_on",
    ),
    Table(
        "revenue",
        Revenue,
        (
            own("entry_id"),
            col("order_id", REFERENCE, "order_ref"),
            to("customer_id", "customers", "customer", needed=True),
            col("date", DAY, "on", needed=True),
            col("product", text(200)),
            to("rep_id", "reps", "rep"),
            *MONEY,
            col("cost", NUMBER),
            RECORDED,
            DELETED,
        ),
        key="entry_id",
        event="date",
    ),
    Table(
        "contracts",
        Contract,
        (
            own("contract_id"),
            to("customer_id", "customers", "customer", needed=True),
            col("start_on", SINCE),
            col("end_on", DAY),
            col("cancelled_on", DAY),
            RECORDED,
            DELETED,
        ),
        key="contract_id",
        event="start_on",
    ),
    Table(
        "surveys",
        Survey,
        (
            own("survey_id"),
            to("customer_id", "customers", "customer", needed=True),
            col("kind", one_of("nps", "csat")),
            col("score", WHOLE),
            col("sent_on", DAY),
            col("answered_on", DAY),
            DELETED,
            EXTRA_RECORDED,
        ),
        key="survey_id",
    ),
    Table(
        "campaigns",
        Campaign,
        (
            own("campaign_id"),
            col("name", text(200)),
            col("channel", text(100)),
            col("started_on", DAY),
            col("ended_on", DAY),
        ),
        key="campaign_id",
    ),
    Table(
        "campaign_costs",
        CampaignCost,
        (
            own("cost_id"),
            to("campaign_id", "campaigns", "campaign"),
            col("date", DAY, "on", needed=True),
            *MONEY,
            RECORDED,
            DELETED,
        ),
        key="cost_id",
        event="date",
    ),
    Table(
        "leads",
        Lead,
        (
            own("lead_id"),
            col("created_at", INSTANT, "arrived_at", needed=True),
            col("source", text(100), "source__key"),
            to("campaign_id", "campaigns", "campaign"),
            to("rep_id", "reps", "owner"),
            col("converted_on", DAY),
            to("customer_id", "customers", "customer"),
            col("closed_on", DAY),
            col("closed_reason", one_of("lost", "disqualified", "junk", "duplicate")),
            DELETED,
            EXTRA_RECORDED,
        ),
        key="lead_id",
        event="created_at",
    ),
    Table(
        "lead_ownership",
        LeadOwnership,
        (
            own("ownership_id"),
            to("lead_id", "leads", "lead", needed=True),
            to("rep_id", "reps", "rep"),
            *PERIOD,
            EXTRA_RECORDED,
            EXTRA_DELETED,
        ),
        key="ownership_id",
        event="from_on",
    ),
    Table(
        "activities",
        Activity,
        (
            own("activity_id"),
            to("rep_id", "reps", "author"),
            col("kind", text(40)),
            col("direction", one_of("in", "out")),
            col("status", one_of("planned", "done", "cancelled")),
            col("start_at", INSTANT, needed=True),
            col("minutes", WHOLE),
            to("customer_id", "customers", "customer"),
            to("lead_id", "leads", "lead"),
            col("outcome", text(100), "outcome__key"),
            RECORDED,
            DELETED,
        ),
        key="activity_id",
        event="start_at",
    ),
    Table(
        "opportunities",
        Deal,
        (
            own("opportunity_id"),
            to("customer_id", "customers", "customer"),
            to("rep_id", "reps", "owner"),
            col("created_on", SINCE, "opened_on"),
            Column("lead_id", REFERENCE, "lead__reference", refers="leads", extra=True),
        ),
        key="opportunity_id",
    ),
    Table(
        "opp_history",
        DealChange,
        (
            own("history_id"),
            to("opportunity_id", "opportunities", "deal", needed=True),
            col("changed_on", DAY, "on", needed=True),
            col("stage", text(100), "stage__key"),
            col("amount", NUMBER),
            col("expected_close_on", DAY),
            col("reason", text(100)),
            col("competitor", text(100)),
            EXTRA_RECORDED,
            EXTRA_DELETED,
        ),
        key="history_id",
        event="changed_on",
    ),
)
TABLES = {table.name: table for table in _ALL}
