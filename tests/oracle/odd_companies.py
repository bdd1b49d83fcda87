"""Small odd companies from a seed, each with a report run over it.

`odd_company(random.Random(seed))` gives tables, settings and one report run over them. The facts
lie in 2023-11 .. 2025-09, around the leap day of 2024. What is refused on loading is not made here.
"""

import random
from datetime import date, timedelta
from typing import NamedTuple

from tests.oracle.odd_limits import LimitMaker, limit_params
from tests.oracle.odd_rows import LAST, Maker, some_day
from tests.oracle.tables import Settings, Tables


class Odd(NamedTuple):
    tables: Tables
    settings: Settings
    from_: date
    to: date
    as_of: date
    params: dict[str, str]


def odd_company(rng: random.Random) -> Odd:
    """One company with one run over it; the same state of `rng` gives the same company."""
    from_, to, as_of = _period(rng)
    params = _params(rng)
    kind = rng.choices(["usual", "limits", "empty", "single"], [28, 10, 1, 1])[0]
    maker = Maker(rng, [from_, to, as_of])
    if kind == "usual":
        tables = maker.usual()
    elif kind == "limits":
        params |= limit_params(rng)
        tables = LimitMaker(rng, from_, to, as_of, params).company(rng.randint(10, 40))
    else:
        tables = maker.empty() if kind == "empty" else maker.single()
    for rows in tables.values():
        rng.shuffle(rows)
    return Odd(tables, _settings(rng), from_, to, as_of, params)


def _settings(rng: random.Random) -> Settings:
    zone = rng.choice(["Europe/Kyiv", "Asia/Shanghai", "America/New_York"])
    settings: Settings = {"tz": zone, "base_currency": "UAH"}
    if rng.random() < 0.2:
        settings["params"] = {"floor_days": rng.choice([10, 20, 45]), "k": rng.choice([2, 2.5, 3])}
    return settings


def _period(rng: random.Random) -> tuple[date, date, date]:
    shape = rng.random()
    if shape < 0.3:
        year = rng.choice([2024, 2024, 2025])
        from_, to = date(year, 1, 1), date(year, 12, 31)
    elif shape < 0.5:
        month = rng.randrange(18)
        from_ = date(2024 + month // 12, month % 12 + 1, 1)
        to = (from_ + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    else:
        from_ = some_day(rng, date(2024, 1, 15), date(2025, 8, 1))
        to = from_ + timedelta(days=rng.choice([0, 1, 6, 30, 89, 181, 364, 400]))
    end = min(to, LAST)
    as_of = rng.choice([end, end, some_day(rng, from_, end), some_day(rng, end, LAST), LAST])
    return from_, to, as_of


def _params(rng: random.Random) -> dict[str, str]:
    choices = {
        "k": ["1", "1.5", "2", "2.5", "2.75", "3", "4"],
        "floor_days": ["0", "1", "7", "30", "45"],
        "cap_days": ["20", "60", "90", "180", "365"],
        "default_interval_days": ["5", "15", "30", "60", "75"],
        "gap_memory": ["2", "3", "4", "12"],
        "min_gaps": ["1", "2"],
        "value_days": ["30", "180"],
        "contract_grace_days": ["0", "14"],
        "warn_ratio": ["0.5", "0.67", "0.9", "1"],
        "departure_grace_days": ["0", "30", "180"],
        "handover_days": ["0", "10", "120"],
    }
    share = rng.choice([0, 0.3, 0.6, 0.8])
    return {name: rng.choice(some) for name, some in choices.items() if rng.random() < share}
