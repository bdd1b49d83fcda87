"""The reports, one file each. Adding one = a file here, and its name in this list."""

from reports.definitions import (
    abc,
    bridge,
    calibration,
    churn,
    cohorts,
    forecast,
    margin,
    rfm,
    satisfaction,
    win_loss,
)

__all__ = [
    "abc",
    "bridge",
    "calibration",
    "churn",
    "cohorts",
    "forecast",
    "margin",
    "rfm",
    "satisfaction",
    "win_loss",
]
