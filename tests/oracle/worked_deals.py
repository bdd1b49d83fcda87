"""Deals of the worked examples of section 10, and of their edges."""

from collections.abc import Iterable

from tests.oracle.cases import company
from tests.oracle.tables import Row, Tables

Step = tuple[str, str, str]
"""Day, stage, amount."""


def deal(reference: str, *steps: Step, **last: str) -> list[Row]:
    """The history of one deal; `last` are more columns of its last row."""
    rows: list[Row] = [
        {
            "history_id": f"{reference}-{n}",
            "opportunity_id": reference,
            "changed_on": on,
            "stage": stage,
            "amount": amount,
        }
        for n, (on, stage, amount) in enumerate(steps, 1)
    ]
    rows[-1] |= last
    return rows


def pipeline(histories: Iterable[list[Row]], customers: dict[str, Row] | None = None) -> Tables:
    """Deals made on the day of their first row; some belong to a customer."""
    rows = list(histories)
    owners = customers or {}
    opportunities: list[Row] = [
        {
            "opportunity_id": history[0]["opportunity_id"],
            "created_on": history[0]["changed_on"],
            "customer_id": owners.get(history[0]["opportunity_id"], {}).get("customer_id", ""),
        }
        for history in rows
    ]
    return company(
        (),
        customers=list(owners.values()),
        opportunities=opportunities,
        opp_history=[row for history in rows for row in history],
    )


def closed(reference: str, stage: str, amount: str, reason: str = "") -> list[Row]:
    steps = (("2025-02-01", "offer", "1"), ("2025-03-01", stage, amount))
    return deal(reference, *steps, reason=reason)


LOST_AND_WON = pipeline(
    [
        closed("D1", "won", "100"),
        closed("D2", "won", "300"),
        closed("D3", "lost", "200", "price"),
        closed("D4", "lost", "400", "price"),
        closed("D5", "lost", "50", "timing"),
    ]
)
# From 1 to 31 March, known at 30 April.
REOPENED = pipeline(
    [
        # Lost in February and won in March without being opened: closed in February.
        deal("run", ("2025-02-28", "lost", "5"), ("2025-03-01", "won", "5")),
        # Opened again: the second closing counts, with the amount of its last row.
        deal(
            "again",
            ("2025-02-01", "lost", "5"),
            ("2025-03-01", "offer", "6"),
            ("2025-03-02", "won", "7"),
            ("2025-03-31", "won", "20"),
        ),
        # Won after the end of the period; until then it stands as lost, its amount unknown.
        deal("later", ("2025-03-31", "lost", ""), ("2025-04-01", "won", "100")),
        # Open again on the last day.
        deal("open", ("2025-03-10", "won", "9"), ("2025-03-31", "offer", "9")),
        deal("test", ("2025-03-10", "won", "9")),
    ],
    {"test": {"customer_id": "T", "is_test": "1"}},
)
OPEN_DEALS = pipeline(
    [
        deal("D1", ("2025-03-01", "offer", "1000"), expected_close_on="2025-06-30"),
        deal("D2", ("2025-03-01", "first talk", "400"), expected_close_on="2025-03-30"),
        deal("D3", ("2025-03-01", "offer", "9"), expected_close_on="2025-07-01"),
        deal("D4", ("2025-03-01", "offer", "9")),
        deal("D5", ("2025-03-01", "won", "9"), expected_close_on="2025-05-01"),
    ]
)
# Closed on 12 to 31 March, one a day; an open deal of the same stage that is due today.
TWENTY = pipeline(
    [
        deal(
            f"D{n:02}",
            ("2025-01-01", "offer", "1"),
            (f"2025-03-{12 + n}", "won" if n < 8 else "lost", "1"),
        )
        for n in range(20)
    ]
    + [deal("open", ("2025-01-01", "offer", "100"), expected_close_on="2025-03-31")]
)
