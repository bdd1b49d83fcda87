"""Loss 6 and the effect of a departure: the worked examples and the edges of the estimate."""

from tests.oracle.cases import Case, company
from tests.oracle.tables import Row, Tables
from tests.oracle.work_cases import KYIV
from tests.oracle.worked_departures import three_leavers

LEFT = "2025-06-30"
TREATED = {"T1": ("100", "60"), "T2": ("200", "150")}
CONTROLS = {n: ("100", after) for n, after in enumerate(("90", "100", "95", "105", "110"), 1)}


def one_departure(treated: int = 2, controls: int = 5, moved: str = "", also: str = "") -> Tables:
    """L leaves on 30 June 2025; sales the day before and two months after. D = 27 Dec = L + 180."""
    sales = dict(list(TREATED.items())[:treated])
    sales |= {f"C{n}": CONTROLS[n] for n in list(CONTROLS)[:controls]}
    revenue, ownership = [], []
    for customer, (before, after) in sales.items():
        revenue += [(customer, "2025-06-29", before), (customer, "2025-08-31", after)]
        row: Row = {"ownership_id": f"O-{customer}", "customer_id": customer}
        row |= {"rep_id": "L" if customer in TREATED else "S", "from_on": "2024-01-01"}
        ownership.append(row)
    if moved:
        ownership[-1]["to_on"] = moved
        ownership.append(ownership[-1] | {"ownership_id": "P", "rep_id": "U", "from_on": moved})
        ownership[-1]["to_on"] = ""
    reps = [
        {"rep_id": "L", "hire_on": "2020-01-01", "leave_on": LEFT},
        {"rep_id": "S", "hire_on": "2020-01-01", "leave_on": also},
        {"rep_id": "U", "hire_on": "2020-01-01"},
    ]
    return company(revenue, ownership=ownership, reps=reps)


def with_a_control_of_nobody() -> Tables:
    """The last control lies in the pool all the time: a row that names no rep."""
    tables = one_departure()
    tables["ownership"][-1]["rep_id"] = ""
    return tables


def _effect(name: str, tables: Tables, expected: dict, as_of: str = "2025-12-27") -> Case:
    return Case(
        name, tables, "2025-12-01", "2025-12-31", as_of, expected, slug="did", settings=KYIV
    )


NOTHING = dict.fromkeys(("control_ratio", "pre", "post", "loss", "lo", "hi"))
FULL = {
    "L": {
        "rep_id": "L",
        "treated": 2,
        "controls": 5,
        "control_ratio": 1,
        "pre": 300.00,
        "post": 210.00,
        "loss": 90.00,
        "lo": 61.43,
        "hi": 118.57,
    }
}
FOUR = {"L": {"treated": 2, "controls": 4, **NOTHING}}

EFFECT = [
    Case(
        "three leavers take one customer each",
        three_leavers(),
        "2025-01-01",
        "2025-12-31",
        "2025-12-31",
        {"loss": 900000.00, "customers": 3, "reps": 3, "departures_in_period": 3},
        {
            f"R{n}-gone": {
                "customer_id": f"R{n}-gone",
                "rep_id": f"R{n}",
                "leave_on": f"2025-0{n}-28",
                "last_purchase": f"2025-0{n}-05",
                "loss": 300000.00,
            }
            for n in (1, 2, 3)
        },
        slug="departures",
        settings=KYIV,
    ),
    Case(
        "a departure of the period that took nobody",
        one_departure(),
        "2025-06-01",
        "2025-06-30",
        "2025-06-30",
        {"loss": 0.00, "customers": 0, "reps": 0, "departures_in_period": 1},
        {},
        slug="departures",
        settings=KYIV,
    ),
    Case(
        "not yet left",
        one_departure(),
        "2025-06-01",
        "2025-06-30",
        "2025-06-29",
        {"departures_in_period": 0},
        {},
        slug="departures",
        settings=KYIV,
    ),
    _effect("the effect of a departure", one_departure(), FULL),
    _effect("a day too early", one_departure(), {}, "2025-12-26"),
    _effect("one treated customer", one_departure(treated=1), {"L": {"treated": 1, **NOTHING}}),
    _effect("four controls", one_departure(controls=4), FOUR),
    _effect("a control of nobody", with_a_control_of_nobody(), FOUR),
    _effect("a control moved the day after", one_departure(moved="2025-07-01"), FOUR),
    _effect("moved on the last day of the window", one_departure(moved="2025-12-27"), FOUR),
    _effect("moved as the window begins", one_departure(moved="2025-01-02"), FULL),
    _effect("moved on the first day that counts", one_departure(moved="2025-01-03"), FOUR),
    _effect(
        "the owner of the controls leaves in the window",
        one_departure(also="2025-12-27"),
        {"L": {"treated": 2, "controls": 0, **NOTHING}},
    ),
    _effect("leaves after the window", one_departure(also="2025-12-28"), FULL, "2025-12-28"),
]
