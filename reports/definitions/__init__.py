"""The reports, one file each. Adding one = a file here, and its name in this list."""

from reports.definitions import calibration, churn, cohorts, departures, did

__all__ = ["calibration", "churn", "cohorts", "departures", "did"]
