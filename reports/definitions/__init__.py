"""The reports, one file each. Adding one = a file here, and its name in this list.

What is made of other reports comes after them: nights compute in this order.
"""

from reports.definitions import (
    calibration,
    churn,
    clv,
    cohorts,
    departures,
    did,
    leakage,
    marketing,
    new_reps,
    speed,
    time,
)

__all__ = [
    "calibration",
    "churn",
    "clv",
    "cohorts",
    "departures",
    "did",
    "leakage",
    "marketing",
    "new_reps",
    "speed",
    "time",
]
