"""Counts the cells of the matrix of rights and says how many there were."""

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [
        report for kind in ("passed", "failed") for report in terminalreporter.getreports(kind)
    ]
    counted = [
        value for report in reports for name, value in report.user_properties if name == "cells"
    ]
    if counted:
        terminalreporter.write_line(f"matrix of rights: {sum(counted):,} cells answered as written")
