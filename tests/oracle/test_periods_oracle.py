"""The previous period of R4, typed by hand."""

from datetime import date

import pytest

from tests.oracle.periods import previous, previous_mature


@pytest.mark.parametrize(
    ("from_", "to", "first", "last"),
    [
        ("2025-03-01", "2025-03-31", "2025-02-01", "2025-02-28"),
        ("2024-03-01", "2024-03-31", "2024-02-01", "2024-02-29"),
        ("2025-01-01", "2025-01-31", "2024-12-01", "2024-12-31"),
        ("2025-01-01", "2025-03-31", "2024-10-01", "2024-12-31"),
        ("2025-01-01", "2025-12-31", "2024-01-01", "2024-12-31"),
        # Three months that are no quarter, a month less a day, one day.
        ("2025-02-01", "2025-04-30", "2024-11-04", "2025-01-31"),
        ("2025-03-01", "2025-03-30", "2025-01-30", "2025-02-28"),
        ("2025-03-01", "2025-03-01", "2025-02-28", "2025-02-28"),
    ],
)
def test_previous_period(from_: str, to: str, first: str, last: str) -> None:
    found = previous(date.fromisoformat(from_), date.fromisoformat(to))
    assert found == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("as_of", "last"),
    [
        ("2025-03-01", "2025-02-01"),
        ("2025-03-15", "2025-02-15"),
        # February has no 29th to 31st.
        ("2025-03-30", "2025-02-28"),
        ("2025-03-31", "2025-02-28"),
        ("2025-06-30", "2025-02-28"),
    ],
)
def test_equally_many_days(as_of: str, last: str) -> None:
    march = (date(2025, 3, 1), date(2025, 3, 31))
    found = previous_mature(*march, date.fromisoformat(as_of))
    assert found == (date(2025, 2, 1), date.fromisoformat(last))
