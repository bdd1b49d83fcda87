"""The reports, one file each. Adding one = a file here, and its name in this list."""

from reports.definitions import calibration, churn, cohorts, leakage, marketing, speed

__all__ = ["calibration", "churn", "cohorts", "leakage", "marketing", "speed"]
