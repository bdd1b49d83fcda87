"""The reports, one file each. Adding one = a file here, and its name in this list.

What is made of other reports comes after them: nights compute in this order.
"""

from reports.definitions import (
    abc,
    bridge,
    calibration,
    churn,
    clv,
    cohorts,
    departures,
    did,
    exposure,
    forecast,
    leakage,
    ledger,
    margin,
    marketing,
    new_reps,
    rfm,
    satisfaction,
    speed,
    time,
    win_loss,
)

__all__ = [
    "abc",
    "bridge",
    "calibration",
    "churn",
    "clv",
    "cohorts",
    "departures",
    "did",
    "exposure",
    "forecast",
    "leakage",
    "ledger",
    "margin",
    "marketing",
    "new_reps",
    "rfm",
    "satisfaction",
    "speed",
    "time",
    "win_loss",
]
