"""The measured pages against their limits, in numbers and in words."""

from dataclasses import dataclass
from statistics import median
from typing import Any

from reports.bench.limits import (
    CROWD_MS,
    DEEP_TIMES_FIRST,
    FIT_SECONDS,
    LARGE_TIMES_DEMO,
    LEDGER_MB,
    LEDGER_TIMES_PLAIN,
    LIMITS,
    NEXT_NIGHT_PART,
    NIGHT_MB,
    SNAPSHOT_MB,
    SNAPSHOT_TIMES_PLAIN,
    WORKER_MB,
)
from reports.bench.measuring import Measured

# Pages may show this many times the rows of each other and still be compared.
COMPARABLE = 1.1
FIRST, DEEP = "customer list", "customer list, 1,000th page"


@dataclass(frozen=True)
class Check:
    """One promise, what was found, and whether it is kept."""

    promise: str
    found: str
    kept: bool


def rows_of(measured: list[Measured]) -> list[dict[str, Any]]:
    """One entry a page, person and database, with the multiples of "ok" and of the empty page."""
    empty = {(row.who, row.database): row.median for row in measured if row.page == "empty"}
    ok = ok_of(measured)
    return [
        {
            "page": row.page,
            "who": row.who,
            "database": row.database,
            "queries": max(row.queries),
            "median_ms": round(row.median, 2),
            "p95_ms": round(row.p95, 2),
            "kilobytes": row.kilobytes,
            "rows": row.rows,
            "least_ms": round(min(row.times), 2),
            "times_ok": round(row.median / ok[row.database], 2),
            "times_empty": round(row.median / empty[row.who, row.database], 2),
        }
        for row in measured
    ]


def ok_of(measured: list[Measured]) -> dict[str, float]:
    """The median of all requests for "ok", whoever asked, by database."""
    times: dict[str, list[float]] = {}
    for row in measured:
        if row.page == "ok":
            times.setdefault(row.database, []).extend(row.times)
    return {database: median(found) for database, found in times.items()}


def checks_of(measured: list[Measured], database: str, against: str | None) -> list[Check]:
    """Promises about `database`; with `against` also that size does not matter."""
    by_key = {(row.page, row.who, row.database): row for row in measured}
    ok = ok_of(measured)
    checks: list[Check] = []
    for (page, who, where), row in by_key.items():
        if where == database and page != "ok":
            checks.extend(_within_limits(row, ok[database]))
            other = by_key.get((page, who, against or ""))
            if other is not None:
                checks.extend(_same_at_both(row, other))
    checks.append(_deep(by_key[FIRST, "admin", database], by_key[DEEP, "admin", database]))
    return checks


def _within_limits(row: Measured, ok: float) -> list[Check]:
    limit = LIMITS[row.page]
    times = row.median / ok
    name = f"{row.page} as {row.who}"
    return [
        Check(
            f"{name}: at most {limit.queries} queries",
            f"{max(row.queries)}",
            max(row.queries) <= limit.queries,
        ),
        Check(
            f"{name}: at most {limit.times_ok:g} times ok", f"{times:.1f}", times <= limit.times_ok
        ),
    ]


def _same_at_both(row: Measured, other: Measured) -> list[Check]:
    """Times are compared where both show about as many rows: fifty cost more than thirty anywhere."""
    times = row.median / other.median
    name = f"{row.page} as {row.who}"
    counts = f"{sorted(row.queries)} and {sorted(other.queries)}"
    promise = f"{name}: no more queries than on {other.database}"
    # what is empty in one company asks for less of it, whichever is the larger
    checks = [Check(promise, counts, max(row.queries) <= max(other.queries))]
    if not LIMITS[row.page].fixed:
        checks = []
    if row.rows <= other.rows * COMPARABLE:
        promise = f"{name}: at most {LARGE_TIMES_DEMO} times {other.database}"
        checks.append(Check(promise, f"{times:.2f}", times <= LARGE_TIMES_DEMO))
    return checks


def _deep(first: Measured, deep: Measured) -> Check:
    times = deep.median / first.median
    return Check(
        f"1,000th page: at most {DEEP_TIMES_FIRST} times the first",
        f"{times:.2f}",
        times <= DEEP_TIMES_FIRST,
    )


def checks_of_crowd(crowd: dict[str, Any]) -> list[Check]:
    """Whether nobody waits long who saves beside others."""
    promise = f"save a call, {crowd['people']} people at once: 95 of 100 under {CROWD_MS} ms"
    return [Check(promise, f"{crowd['p95_ms']:.0f} ms", crowd["p95_ms"] < CROWD_MS)]


def checks_of_memory(workers: list[int], snapshot: dict[str, Any]) -> list[Check]:
    largest, held, times = max(workers), snapshot["peak_megabytes"], snapshot["times_plain"]
    return [
        Check(f"a web worker: under {WORKER_MB} MB", f"{largest} MB", largest < WORKER_MB),
        Check(f"churn snapshot: below {SNAPSHOT_MB} MB", f"{held} MB", held < SNAPSHOT_MB),
        Check(
            f"churn snapshot: at most {SNAPSHOT_TIMES_PLAIN} times the plain sum", f"{times}",
            times <= SNAPSHOT_TIMES_PLAIN,
        ),
        *_of_the_ledger(snapshot["ledger"]),
        Check(
            f"the model of all customers: under {FIT_SECONDS} s", f"{snapshot['fit_seconds']} s",
            snapshot["fit_seconds"] < FIT_SECONDS,
        ),
    ]  # fmt: skip


def _of_the_ledger(cost: dict[str, Any]) -> list[Check]:
    held, times = cost["peak_megabytes"], cost["times_plain"]
    promise = f"the whole ledger: at most {LEDGER_TIMES_PLAIN} times the plain sum"
    return [
        Check(f"the whole ledger: below {LEDGER_MB} MB", f"{held} MB", held < LEDGER_MB),
        Check(promise, f"{times}", times <= LEDGER_TIMES_PLAIN),
    ]


def checks_of_nights(cost: dict[str, Any]) -> list[Check]:
    held = cost["peak_megabytes"]
    part, promise = cost["next_part"], f"the next night: at most {NEXT_NIGHT_PART:g} of the first"
    return [
        Check(promise, f"{part}", part <= NEXT_NIGHT_PART),
        Check(f"both nights: below {NIGHT_MB} MB", f"{held} MB", held < NIGHT_MB),
    ]
