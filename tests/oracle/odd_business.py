"""A small odd business: an odd company with leads, work, campaigns and wages from the same dice.

`odd_business(random.Random(seed))` gives what `odd_company` gives, with more tables, settings
and parameters. What is refused on loading is not made here.
"""

import random
from datetime import date, timedelta

from tests.oracle.company_calendar import calendar_of
from tests.oracle.odd_chain import ChainMaker
from tests.oracle.odd_companies import Odd, odd_company
from tests.oracle.odd_leads import LeadMaker
from tests.oracle.odd_work import WorkMaker
from tests.oracle.tables import Settings, Tables

ZONES = [
    "Europe/Kyiv",
    "Europe/Kyiv",
    "Asia/Shanghai",
    "America/New_York",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Pacific/Auckland",
]
HOLIDAYS = [
    date(2024, 1, 1),
    date(2024, 2, 29),
    date(2024, 3, 8),
    date(2024, 3, 30),
    date(2024, 12, 25),
    date(2025, 1, 1),
    date(2025, 5, 1),
]
CHOICES = {
    "sla_hours": ["0", "0.5", "1", "1.25", "8", "24", "24", "48", "0.0025"],
    "sla_clock": ["elapsed", "working", "working"],
    "convert_days": ["0", "1", "14", "30", "30", "90", "180"],
    "rate_window_days": ["1", "60", "180", "400", "400"],
    "min_rate_n": ["1", "2", "4", "10", "30"],
    "min_value_n": ["1", "2", "5"],
    "norm_share": ["0.25", "0.1", "0.333", "1"],
    "new_days": ["0", "30", "365"],
    "qualified_stages": ["new", "qualified, new", "nobody knows this one", "Переговори"],
    "offer_stages": ["offer", "Переговори, offer", "lost"],
    "min_touches": ["1", "2", "3"],
    "touch_days": ["0", "1", "7", "30"],
    "hours_per_day": ["8", "7.5", "4", "1"],
    "allowance_share": ["0", "0.15", "0.25", "0.333", "1"],
    "max_activity_minutes": ["15", "60", "480"],
    "ramp_months": ["1", "2", "3", "6", "12"],
    "min_result": ["0", "100", "0.01", "10000"],
    "min_activities_per_day": ["1", "0.5", "0.1", "2"],
    "require_no_record": ["true", "false"],
    "did_window_days": ["10", "30", "90"],
    "did_min_treated": ["1", "2"],
    "did_min_controls": ["1", "2", "5"],
}


def odd_business(rng: random.Random) -> Odd:
    """One business with one run over it; the same state of `rng` gives the same business."""
    odd = odd_company(rng)
    share = rng.choice([0.2, 0.5, 0.8])
    params = odd.params | {
        name: rng.choice(some) for name, some in CHOICES.items() if rng.random() < share
    }
    if rng.random() < 0.7:
        # Thirty timely leads are rare in a small business.
        params["min_rate_n"] = rng.choice(["1", "1", "2", "3"])
    settings = _settings(rng, odd)
    tables = dict(odd.tables)
    kind = rng.choices(["usual", "empty", "single"], [30, 1, 1])[0]
    if kind == "usual":
        _fill(rng, tables, settings, odd._replace(params=params))
    elif kind == "empty":
        tables |= {name: [] for name in ("leads", "activities", "campaigns", "campaign_costs")}
    else:
        tables["leads"] = [{"lead_id": "only", "created_at": f"{odd.as_of}T00:00:00Z"}]
    for rows in tables.values():
        rng.shuffle(rows)
    return Odd(tables, settings, odd.from_, odd.to, odd.as_of, params)


def _settings(rng: random.Random, odd: Odd) -> Settings:
    holidays = [on.isoformat() for on in HOLIDAYS if rng.random() < 0.5]
    if rng.random() < 0.05:
        # A month without a single working day.
        first = odd.from_.replace(day=1)
        holidays += [(first + timedelta(days=n)).isoformat() for n in range(31)]
    opens, closes = rng.choice(
        [("09:00", "18:00"), ("08:30", "17:15"), ("00:00", "23:59"), ("13:00", "13:30")]
    )
    settings: Settings = {
        **odd.settings,
        "tz": rng.choice(ZONES),
        "workdays": rng.choice([[0, 1, 2, 3, 4], [0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5, 6], [6, 1]]),
        "holidays": sorted(set(holidays)),
        "work_start": opens,
        "work_end": closes,
    }
    if rng.random() < 0.1:
        del settings["holidays"]
    return settings


def _fill(rng: random.Random, tables: Tables, settings: Settings, odd: Odd) -> None:
    """Reps first, for leads and activities name them."""
    calendar = calendar_of(settings)
    edges = [odd.from_, odd.to, odd.as_of]
    work = WorkMaker(rng, edges, calendar)
    work.people(tables, odd.params)
    work.money(tables)
    tables["activities"] = work.activities()
    leads = LeadMaker(rng, edges, calendar, odd.params, work.reps)
    leads.campaigns(tables)
    leads.leads(tables)
    ChainMaker(rng, edges, calendar).records(tables)
    if rng.random() < 0.1:
        optional = ("rep_costs", "absences", "lead_ownership", "campaign_costs", "activities")
        tables.pop(rng.choice(optional), None)
