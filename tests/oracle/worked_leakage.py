"""Loss 2: the worked example both ways, Kaplan-Meier by hand, and the edges of due and touch."""

from typing import Any

from tests.oracle.cases import Case
from tests.oracle.tables import Row, Tables
from tests.oracle.work_cases import KYIV, call, lead, worked_company


def hundred_leads() -> Tables:
    """85 old customers and 15 new ones at 100,000; 60 leads answered in an hour, 40 never."""
    revenue, leads, calls = [], [], []
    for n in range(1, 86):
        revenue += [(f"old{n:02}", f"{year}-06-15", "100000") for year in (2023, 2025)]
    for n in range(1, 101):
        row = lead(f"L{n:03}", "2025-03-03T08:00:00Z")
        if n <= 60:
            calls.append(call(f"A{n:03}", f"L{n:03}", "2025-03-03T09:00:00Z"))
        if n <= 15:
            row |= {"converted_on": "2025-03-20", "customer_id": f"new{n:02}"}
            revenue.append((f"new{n:02}", "2025-03-20", "100000"))
        leads.append(row)
    return worked_company(revenue, leads=leads, activities=calls)


def six_leads() -> Tables:
    """Converted after 3 and 10 days; looked at for 5, 5, 90 and 90 days. As of 31 Dec 2025."""
    rows = [
        ("L1", "2025-06-01", "2025-06-04", "A"),
        ("L2", "2025-06-01", "2025-06-11", "A"),
        ("L3", "2025-12-26", "", ""),
        ("L4", "2025-12-26", "", ""),
        ("L5", "2025-10-02", "", ""),
        ("L6", "2025-05-01", "", ""),
    ]
    leads = [
        lead(name, f"{on}T10:00:00Z", converted_on=won, customer_id=customer)
        for name, on, won, customer in rows
    ]
    calls = [call(f"A{name}", name, f"{on}T10:00:01Z") for name, on, _, _ in rows]
    return worked_company([("A", "2025-06-04", "900")], leads=leads, activities=calls)


def one_lead(created_at: str, *touches: Row, **columns: str) -> Tables:
    row = lead("L", created_at, **columns)
    return worked_company([], leads=[row], activities=list(touches))


def _class(
    name: str,
    kind: str,
    tables: Tables,
    as_of: str = "2025-06-30",
    to: str = "2025-06-30",
    **params: str,
) -> Case:
    """One lead of June 2025, not yet mature, that falls into that class."""
    counts: dict[str, Any] = dict.fromkeys(("timely", "late", "never", "pending"), 0)
    counts |= {kind: 1, "leads": 1, "leaked": 0, "rate": None, "estimable": False, "loss": 0.00}
    counts["at_risk_leads"] = int(kind in ("late", "never"))
    return Case(
        name,
        tables,
        "2025-06-01",
        to,
        as_of,
        {"loss": 0.00, "leads": 1, "leaked": 0, "at_risk": 0.00},
        {"web": counts},
        params,
        "leakage",
        KYIV,
    )


FRIDAY = "2025-06-06T14:00:00Z"  # 17:00 in Kyiv
WORKING = {"sla_clock": "working", "sla_hours": "8"}
MORNING = "2025-06-10T06:00:00Z"


def touch(start_at: str, **columns: str) -> Row:
    return call("A", "L", start_at, **columns)


LEAKAGE = [
    Case(
        "forty leads never answered, both ways",
        hundred_leads(),
        "2025-01-01",
        "2025-12-31",
        "2025-12-31",
        {
            "loss": 1000000.00,
            "lo": 561738.73,
            "hi": 1438261.27,
            "leads": 100,
            "leaked": 40,
            "at_risk": 0.00,
            "norm": {
                "available": True,
                "sales": 10000000,
                "new_sales": 1500000,
                "expected": 2500000,
                "loss": 1000000,
            },
            "unreported": {"new_customers": 15, "without_lead": 0},
        },
        {
            "web": {
                "source": "web",
                "leads": 100,
                "timely": 60,
                "late": 0,
                "never": 40,
                "pending": 0,
                "leaked": 40,
                "leaked_converted": 0,
                "rate": 0.25,
                "rate_n": 60,
                "rate_scope": "source",
                "value": 100000.00,
                "value_n": 15,
                "value_scope": "source",
                "estimable": True,
                "loss": 1000000.00,
                "lo": 561738.73,
                "hi": 1438261.27,
                "at_risk_leads": 0,
                "at_risk": 0.00,
            }
        },
        slug="leakage",
        settings=KYIV,
    ),
    Case(
        "forty leads, one day before they are mature",
        hundred_leads(),
        "2025-01-01",
        "2025-12-31",
        "2025-05-31",
        {"loss": 0.00, "lo": 0.00, "hi": 0.00, "leaked": 0, "at_risk": 1000000.00},
        {"web": {"rate": 0.25, "at_risk_leads": 40, "at_risk": 1000000.00}},
        slug="leakage",
        settings=KYIV,
    ),
    Case(
        "forty leads, on the day they are mature",
        hundred_leads(),
        "2025-01-01",
        "2025-12-31",
        "2025-06-01",
        {"loss": 1000000.00, "leaked": 40, "at_risk": 0.00},
        {"web": {"rate": 0.25, "at_risk_leads": 0}},
        slug="leakage",
        settings=KYIV,
    ),
    Case(
        "Kaplan-Meier by hand",
        six_leads(),
        "2025-01-01",
        "2025-12-31",
        "2025-12-31",
        {"loss": 0.00},
        {"web": {"rate": 0.4444444, "rate_n": 6, "rate_scope": "source", "value": 900.00}},
        {"min_rate_n": "6"},
        "leakage",
        KYIV,
    ),
    Case(
        "Kaplan-Meier by hand, one lead too few",
        six_leads(),
        "2025-01-01",
        "2025-12-31",
        "2025-12-31",
        {"loss": 0.00},
        {"web": {"rate": None, "rate_n": 6, "rate_scope": "all", "estimable": False}},
        {"min_rate_n": "7"},
        "leakage",
        KYIV,
    ),
    Case(
        "conversion by response band",
        hundred_leads(),
        "2025-01-01",
        "2025-12-31",
        "2025-12-31",
        {
            "<=1h": {"leads": 60, "converted": 15, "rate": 0.25},
            "<=24h": {"leads": 0, "converted": 0, "rate": None},
            ">24h": {"leads": 0, "converted": 0, "rate": None},
            "never": {"leads": 40, "converted": 0, "rate": 0},
        },
        slug="speed",
        settings=KYIV,
    ),
    _class("touched exactly at due", "timely", one_lead(MORNING, touch("2025-06-11T06:00:00Z"))),
    _class("one second late", "late", one_lead(MORNING, touch("2025-06-11T06:00:01Z"))),
    _class("touched as it came", "timely", one_lead(MORNING, touch(MORNING))),
    _class("touched before it came", "never", one_lead(MORNING, touch("2025-06-10T05:59:59Z"))),
    _class(
        "they called us", "never", one_lead(MORNING, touch("2025-06-10T07:00:00Z", direction="in"))
    ),
    _class(
        "a call without direction",
        "never",
        one_lead(MORNING, touch("2025-06-10T07:00:00Z", direction="")),
    ),
    _class(
        "a visit of theirs",
        "timely",
        one_lead(MORNING, touch("2025-06-10T07:00:00Z", kind="visit", direction="in")),
    ),
    _class(
        "a call planned",
        "never",
        one_lead(MORNING, touch("2025-06-10T07:00:00Z", status="planned")),
    ),
    _class(
        "a call recorded too late to be known",
        "never",
        one_lead(MORNING, touch("2025-06-10T07:00:00Z", recorded_on="2025-07-01")),
    ),
    _class(
        "eight working hours from Friday 17:00 are Monday 16:00",
        "timely",
        one_lead(FRIDAY, touch("2025-06-09T13:00:00Z")),
        **WORKING,
    ),
    _class(
        "a second after Monday 16:00",
        "late",
        one_lead(FRIDAY, touch("2025-06-09T13:00:01Z")),
        **WORKING,
    ),
    _class("not yet due", "pending", one_lead("2025-06-29T21:00:00Z"), sla_hours="24"),
    _class("due a second before midnight", "never", one_lead("2025-06-29T20:59:59Z")),
    _class(
        "closed as lost is valid",
        "never",
        one_lead(MORNING, closed_on="2025-06-11", closed_reason="lost"),
    ),
    Case(
        "closed as junk is no lead",
        one_lead(MORNING, closed_on="2025-06-11", closed_reason="junk"),
        "2025-06-01",
        "2025-06-30",
        "2025-06-30",
        {"leads": 0, "loss": 0.00},
        {},
        slug="leakage",
        settings=KYIV,
    ),
    _class(
        "not yet closed as junk",
        "never",
        one_lead(MORNING, closed_on="2025-07-01", closed_reason="junk"),
    ),
]
