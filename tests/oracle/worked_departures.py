"""Which lost customers went with a rep who left: the worked example and the edges of membership."""

from tests.oracle.cases import Case, company
from tests.oracle.tables import Tables


def months(first_year: int, first: int, last_year: int, last: int) -> list[str]:
    """The 5th of each month, both ends included."""
    numbers = range(first_year * 12 + first - 1, last_year * 12 + last)
    return [f"{n // 12}-{n % 12 + 1:02}-05" for n in numbers]


def three_leavers() -> Tables:
    leave = {"R1": "2025-01-28", "R2": "2025-02-28", "R3": "2025-03-28"}
    rows, ownership = [], []
    for n, rep in enumerate(leave, 1):
        for customer, stops in ((f"{rep}-gone", True), (f"{rep}-stays", False)):
            last = (2025, n) if stops else (2025, 12)
            rows += [(customer, on, "25000") for on in months(2024, 1, *last)]
            row = {"ownership_id": f"O-{customer}", "customer_id": customer, "rep_id": rep}
            ownership.append(row | {"from_on": "2023-12-01"})
    reps = [{"rep_id": rep, "hire_on": "2020-01-01", "leave_on": on} for rep, on in leave.items()]
    return company(rows, ownership=ownership, reps=reps)


def left_on(
    leave_on: str,
    to_on: str = "",
    last: str = "2025-01-15",
    from_on: str = "2024-01-01",
    hire_on: str = "2020-01-01",
) -> Tables:
    """One customer of one purchase, owned by one rep who leaves."""
    owned = {"ownership_id": "O1", "customer_id": "A", "rep_id": "R", "from_on": from_on}
    return company(
        [("A", last, "100")],
        ownership=[owned | {"to_on": to_on}],
        reps=[{"rep_id": "R", "hire_on": hire_on, "leave_on": leave_on}],
    )


def two_leavers(first: str, second: str) -> Tables:
    owned = {"customer_id": "A", "from_on": "2024-01-01"}
    return company(
        [("A", "2025-01-15", "100")],
        ownership=[
            owned | {"ownership_id": "O1", "rep_id": "R1", "to_on": "2025-01-20"},
            owned | {"ownership_id": "O2", "rep_id": "R2", "from_on": "2025-01-20"},
        ],
        reps=[
            {"rep_id": "R2", "hire_on": "2020-01-01", "leave_on": second},
            {"rep_id": "R1", "hire_on": "2020-01-01", "leave_on": first},
        ],
    )


def nobodys() -> Tables:
    """A survivor in the pool while the customer merged into it was the leaver's."""
    owned = {"from_on": "2024-01-01"}
    return company(
        [("A", "2025-01-15", "100")],
        customers=[
            {"customer_id": "A"},
            {"customer_id": "B", "merged_into": "A", "merged_on": "2024-06-01"},
        ],
        ownership=[
            owned | {"ownership_id": "O1", "customer_id": "A", "rep_id": ""},
            owned | {"ownership_id": "O2", "customer_id": "B", "rep_id": "R"},
        ],
        reps=[{"rep_id": "R", "hire_on": "2020-01-01", "leave_on": "2025-06-30"}],
    )


def _departure_case(name: str, tables: Tables, rep: str | None) -> Case:
    total = 100.00 if rep else 0.00
    return Case(
        name,
        tables,
        "2025-01-01",
        "2026-01-31",
        "2026-01-31",
        {"loss": 100.00, "loss_to_departures": total},
        {"A": {"departure": rep, "lost_on": "2026-01-11"}},
    )


DEPARTURES = [
    Case(
        "three leavers take one customer each",
        three_leavers(),
        "2025-01-01",
        "2025-12-31",
        "2025-12-31",
        {"lost_customers": 3, "loss": 900000.00, "loss_to_departures": 900000.00},
        {
            "R1-gone": {"departure": "R1", "owner": "R1", "loss": 300000.00},
            "R2-gone": {"departure": "R2", "owner": "R2", "loss": 300000.00},
            "R3-gone": {"departure": "R3", "owner": "R3", "loss": 300000.00},
        },
    ),
    # One purchase on 15 January 2025, so lost on 11 January 2026 (360 days and one).
    _departure_case("left on the day of loss", left_on("2026-01-11"), "R"),
    _departure_case("left the day after the loss", left_on("2026-01-12"), None),
    _departure_case("left 90 days before the last purchase", left_on("2024-10-17"), "R"),
    _departure_case("left 91 days before the last purchase", left_on("2024-10-16"), None),
    _departure_case("handed over 59 days before", left_on("2025-06-30", "2025-05-02"), "R"),
    _departure_case("handed over 60 days before", left_on("2025-06-30", "2025-05-01"), None),
    _departure_case(
        "given on the day of leaving", left_on("2025-06-30", from_on="2025-06-30"), "R"
    ),
    _departure_case("given the day after", left_on("2025-06-30", from_on="2025-07-01"), None),
    _departure_case("hired nobody knows when", left_on("2025-06-30", hire_on=""), "R"),
    _departure_case("leaves after the day of knowledge", left_on("2026-02-01"), None),
    Case(
        "the survivor was nobody's: so is the customer, which a leaver of the merged one takes along",
        nobodys(),
        "2025-01-01",
        "2026-01-31",
        "2026-01-31",
        {"loss": 100.00, "loss_to_departures": 100.00},
        {"A": {"owner": "(none)", "departure": "R"}},
    ),
    _departure_case("two fit: the later", two_leavers("2025-01-31", "2025-01-25"), "R1"),
    _departure_case("two fit on one day: R1", two_leavers("2025-01-31", "2025-01-31"), "R1"),
    _departure_case("two, the first too long gone", two_leavers("2025-03-31", "2025-03-01"), "R2"),
]
