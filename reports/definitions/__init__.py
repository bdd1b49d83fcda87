"""The reports, one file each. Adding one = a file here, and its name in this list.

What is made of other reports comes after them: nights compute in this order.
"""

from reports.definitions import (
    calibration,
    churn,
    cohorts,
    departures,
    did,
    leakage,
    ledger,
    marketing,
    new_reps,
    speed,
    time,
)

__all__ = [
    "calibration",
    "churn",
    "cohorts",
    "departures",
    "did",
    "leakage",
    "ledger",
    "marketing",
    "new_reps",
    "speed",
    "time",
]
