"""The pages of the reports, one file each. Adding one = a file here, and its name in this list."""

from reports.screens import (
    bridge,
    churn,
    classes,
    clv,
    cohorts,
    deals,
    departures,
    exposure,
    leakage,
    ledger,
    margin,
    marketing,
    new_reps,
    satisfaction,
    speed,
    time,
)
from reports.screens.screen import all_screens, screen_of

__all__ = [
    "all_screens",
    "bridge",
    "churn",
    "classes",
    "clv",
    "cohorts",
    "deals",
    "departures",
    "exposure",
    "leakage",
    "ledger",
    "margin",
    "marketing",
    "new_reps",
    "satisfaction",
    "screen_of",
    "speed",
    "time",
]
