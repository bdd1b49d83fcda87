"""Surveys of the worked examples of section 10, and of their edges."""

from tests.oracle.cases import company
from tests.oracle.tables import Row, Tables


def survey(number: int, customer: str, score: str, answered_on: str, **columns: str) -> Row:
    """An answered NPS survey sent on 1 March 2025, unless told otherwise."""
    return {
        "survey_id": f"S{number:02}",
        "customer_id": customer,
        "kind": "nps",
        "score": score,
        "sent_on": "2025-03-01",
        "answered_on": answered_on,
        **columns,
    }


def answers(kind: str, *scores: str) -> list[Row]:
    """One customer each; an empty score was never answered."""
    return [
        survey(n, f"C{n:02}", score, "2025-03-05" if score else "", kind=kind)
        for n, score in enumerate(scores, 1)
    ]


def asked(rows: list[Row], **others: list[Row]) -> Tables:
    return company((), surveys=rows, **others)


TEN_ANSWERS = asked(answers("nps", "10", "10", "9", "9", "9", "8", "7", "6", "3", "10"))
TEN_CSAT = asked(answers("csat", "5", "5", "4", "4", "4", "3", "3", "2", "1", "1", "", ""))
ASKED_TWICE = asked(
    [
        survey(1, "A", "10", "2025-04-01"),
        survey(3, "A", "6", "2025-05-01"),
        survey(2, "A", "9", "2025-05-01"),
        survey(4, "B", "0", "2025-06-01", deleted_on="2025-12-31"),
        survey(5, "B", "9", "2025-05-01"),
        survey(6, "B", "0", "2026-01-01"),
        survey(7, "C", "", ""),
        survey(8, "B", "1", "2024-12-31", sent_on="2024-12-01"),
        survey(9, "T", "10", "2025-05-01"),
    ],
    customers=[{"customer_id": "T", "is_test": "1"}],
)
# Everybody bought once, so is lost 361 days later: from 28 December 2024 on.
WENT_AWAY = company(
    [
        ("gone", "2024-01-02", "100"),
        ("back", "2024-01-02", "100"),
        ("back", "2025-02-01", "100"),
        ("lost before", "2023-01-02", "100"),
        ("too young", "2025-01-02", "100"),
    ],
    surveys=[
        survey(1, "gone", "0", "2024-02-28", sent_on="2024-02-28"),
        survey(2, "back", "10", "2024-02-28", sent_on="2024-02-28"),
        survey(3, "lost before", "3", "2024-02-28", sent_on="2024-02-28"),
        survey(4, "too young", "3", "2025-01-02", sent_on="2025-01-02"),
        survey(5, "never bought", "8", "2024-02-28", sent_on="2024-02-28"),
    ],
)
