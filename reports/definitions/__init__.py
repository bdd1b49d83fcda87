"""The reports, one file each. Adding one = a file here, and its name in this list."""

from reports.definitions import calibration, churn, cohorts, new_reps, time

__all__ = ["calibration", "churn", "cohorts", "new_reps", "time"]
