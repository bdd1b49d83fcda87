"""Loss 2: who converts, what a customer is worth, the norm and the unreported, at their edges."""

from typing import Any

from tests.oracle.cases import Case
from tests.oracle.tables import Row, Settings, Tables
from tests.oracle.work_cases import KYIV, call, lead, worked_company

CREATED = "2025-06-02T09:00:00Z"


def answered(n: int, hours_late: bool = False) -> Row:
    at = "2025-06-09T09:00:00Z" if hours_late else "2025-06-02T10:00:00Z"
    return call(f"A{n:02}", f"L{n:02}", at)


def ten_and_four(**changed: Row) -> Tables:
    """Ten timely leads, five of which convert and bring 100.00; four late, one brings 160.00."""
    won = dict.fromkeys(range(1, 6), "100") | {11: "160"}
    leads, calls, revenue = [], [], []
    for n in range(1, 15):
        row = lead(f"L{n:02}", CREATED)
        calls.append(answered(n, hours_late=n > 10))
        if n in won:
            row |= {"converted_on": "2025-06-12", "customer_id": f"C{n:02}"}
            revenue.append((f"C{n:02}", "2025-06-12", won[n]))
        leads.append(row | changed.get(f"L{n:02}", {}))
    return worked_company(revenue, leads=leads, activities=calls)


def _web(
    name: str, tables: Tables, line: dict[str, Any], settings: Settings = KYIV, **params: str
) -> Case:
    params = {"min_rate_n": "10"} | params
    days = ("2025-06-01", "2025-06-30", "2025-12-31")
    return Case(name, tables, *days, {}, {"web": line}, params, "leakage", settings)


def with_customers(*rows: Row, **changed: Row) -> Tables:
    tables = ten_and_four(**changed)
    replaced = {row["customer_id"] for row in rows}
    kept = [row for row in tables["customers"] if row["customer_id"] not in replaced]
    return tables | {"customers": kept + list(rows)}


WHOLE = {"timely": 10, "late": 4, "leaked": 4, "leaked_converted": 1, "rate": 0.5, "value_n": 6}
BEFORE = {"L11": {"converted_on": "2025-06-01", "customer_id": "C11"}}
LAST_DAY = {"L11": {"converted_on": "2025-08-31", "customer_id": "C11"}}
A_DAY_MORE = {"L11": {"converted_on": "2025-09-01", "customer_id": "C11"}}
ANONYMOUS = {"L11": {"converted_on": "2025-06-12", "customer_id": ""}}
SAME = {"L11": {"converted_on": "2025-06-13", "customer_id": "C01"}}

NIGHT = KYIV | {"work_start": "00:00", "work_end": "06:00", "workdays": [0, 1, 2, 3, 4, 5, 6]}


def summer_time(touched: str) -> Tables:
    """Created on Sunday 30 March 2025 00:00 in Kyiv; 03:00 is skipped, so six is five hours on."""
    row = lead("L", "2025-03-29T22:00:00Z")
    return worked_company([], leads=[row], activities=[call("A", "L", touched)])


def _summer(name: str, touched: str, kind: str) -> Case:
    return Case(
        name,
        summer_time(touched),
        "2025-03-30",
        "2025-03-30",
        "2025-04-30",
        {"leads": 1},
        {"web": {kind: 1}},
        {"sla_clock": "working", "sla_hours": "5"},
        "leakage",
        NIGHT,
    )


def _top(name: str, tables: Tables, expected: dict[str, Any], **params: str) -> Case:
    days = ("2025-01-01", "2025-12-31", "2025-12-31")
    return Case(name, tables, *days, expected, None, params, "leakage", KYIV)


UNAVAILABLE = {
    "available": False,
    "sales": None,
    "new_sales": None,
    "expected": None,
    "loss": None,
}


def reported(created_at: str, **columns: str) -> Tables:
    row = lead("L", created_at, converted_on="2025-05-10", customer_id="A", **columns)
    return worked_company([("A", "2025-05-05", "100")], leads=[row])


def _reported(name: str, tables: Tables, without: int) -> Case:
    return _top(name, tables, {"unreported": {"new_customers": 1, "without_lead": without}})


LEAKAGE_EDGES = [
    _web(
        "those who came all the same are taken off",
        ten_and_four(),
        WHOLE | {"value": 110.00, "value_scope": "source", "loss": 110.00, "lo": 0, "hi": 246.35},
    ),
    _web(
        "six customers where seven are asked: all sources, the same six",
        ten_and_four(),
        {"value": 110.00, "value_n": 6, "value_scope": "all", "loss": 110.00},
        min_value_n="7",
    ),
    _web("eleven timely are asked", ten_and_four(), {"rate": None, "hi": 0.00}, min_rate_n="11"),
    _web(
        "converted before it came: no conversion, yet a customer",
        ten_and_four(**BEFORE),
        {"leaked_converted": 0, "value_n": 6, "value": 110.00, "loss": 220.00},
    ),
    _web("converted on the ninetieth day", ten_and_four(**LAST_DAY), {"leaked_converted": 1}),
    _web(
        "converted on the ninety-first day",
        ten_and_four(**A_DAY_MORE),
        # Bought in June, before it converted: worth nothing, 500 of six customers.
        {"leaked_converted": 0, "value_n": 6, "value": 83.33, "loss": 166.67},
    ),
    _web(
        "converted without customer: counts, and has no value",
        ten_and_four(**ANONYMOUS),
        {"leaked_converted": 1, "value_n": 5, "value": 100.00, "loss": 100.00},
    ),
    _web(
        "two leads to one customer: one value from the earliest conversion",
        ten_and_four(**SAME),
        {"leaked_converted": 1, "value_n": 5, "value": 100.00, "loss": 100.00},
    ),
    _web(
        "two customers merged are one",
        with_customers({"customer_id": "C11", "merged_into": "C01", "merged_on": "2025-12-31"}),
        # 500 + 160 of five customers.
        {"leaked_converted": 1, "value_n": 5, "value": 132.00, "loss": 132.00},
    ),
    _web(
        "merged after D they are two",
        with_customers({"customer_id": "C11", "merged_into": "C01", "merged_on": "2026-01-01"}),
        WHOLE | {"value": 110.00},
    ),
    _web(
        "the lead of a test customer is no lead",
        with_customers({"customer_id": "C11", "is_test": "1"}),
        {"leads": 13, "late": 3, "leaked_converted": 0, "value": 100.00, "loss": 150.00},
    ),
    _web(
        "of a customer merged into a test neither",
        with_customers(
            {"customer_id": "test", "is_test": "1"},
            {"customer_id": "C11", "merged_into": "test", "merged_on": "2025-12-31"},
        ),
        {"leads": 13, "late": 3, "leaked_converted": 0, "value": 100.00, "loss": 150.00},
    ),
    _web(
        "deleted on D",
        ten_and_four(L11={"deleted_on": "2025-12-31"}),
        {"leads": 13, "late": 3, "value_n": 5},
    ),
    _web("deleted after D", ten_and_four(L11={"deleted_on": "2026-01-01"}), WHOLE | {"leads": 14}),
    _summer("five hours of a short night", "2025-03-30T03:00:00Z", "timely"),
    _summer("five hours of a short night and a second", "2025-03-30T03:00:01Z", "late"),
    Case(
        "a source without name, local midnight",
        worked_company(
            [],
            leads=[
                lead("L1", "2025-05-31T21:00:00Z", ""),
                lead("L2", "2025-05-31T20:59:59Z", ""),
                lead("L3", "2025-06-30T20:59:59Z", ""),
                lead("L4", "2025-06-30T21:00:00Z", ""),
            ],
        ),
        "2025-06-01",
        "2025-06-30",
        "2025-12-31",
        {"leads": 2, "leaked": 2},
        {"(none)": {"leads": 2, "never": 2, "rate_n": 0, "value": None, "value_n": 0}},
        slug="leakage",
        settings=KYIV,
    ),
    _top(
        "the first row 365 days before the period",
        worked_company([("A", "2024-01-02", "100"), ("A", "2025-01-02", "30")]),
        {
            "norm": {
                "available": True,
                "sales": 30,
                # 366 days after the first purchase.
                "new_sales": 0,
                "expected": 7.5,
                "loss": 7.5,
            }
        },
    ),
    _top(
        "new for 365 days",
        worked_company(
            [("A", "2024-01-02", "100"), ("B", "2024-01-03", "40"), ("B", "2025-01-01", "30")]
        ),
        {
            "norm": {
                "available": True,
                "sales": 30,
                # 364 days after the first purchase.
                "new_sales": 30,
                "expected": 7.5,
                "loss": 0,
            }
        },
    ),
    _top(
        "the first row 364 days before the period",
        worked_company([("A", "2024-01-03", "100"), ("A", "2025-01-02", "30")]),
        {"norm": UNAVAILABLE},
    ),
    _reported("reported on the day of the first purchase", reported("2025-05-05T20:59:59Z"), 0),
    _reported("reported the day after", reported("2025-05-05T21:00:00Z"), 1),
    _reported(
        "reported as junk is reported",
        reported("2025-05-01T08:00:00Z", closed_on="2025-05-11", closed_reason="junk"),
        0,
    ),
]
