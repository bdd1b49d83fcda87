"""What each page may cost: queries, and server time as a multiple of the "ok" view of the same run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    queries: int
    times_ok: float
    # the same whatever the data; a search asks only the kinds of records that hold the word
    fixed: bool = True


LIMITS = {
    "ok": Limit(12, 1),
    "empty": Limit(12, 9),
    "customer list": Limit(10, 9),
    "customer list, 1,000th page": Limit(10, 9),
    "customer list by name": Limit(10, 9),
    "search": Limit(12, 9, fixed=False),
    "customer page": Limit(16, 12),
    "deal list": Limit(10, 9),
    "all activities": Limit(10, 9),
    "today": Limit(12, 12),
    "save a call": Limit(12, 5),
    # what can still be stopped as it stands now, and what is read for who sees the targets and no wages
    "losses": Limit(14, 12),
    "churn": Limit(20, 15),
    "leads not won": Limit(20, 15),
    "marketing waste": Limit(20, 15),
    "paid hours": Limit(20, 15),
    "new reps": Limit(20, 15),
    "departed reps": Limit(20, 15),
}
# A page deep in a list against its first page; the large company against the demonstration.
DEEP_TIMES_FIRST = 1.2
LARGE_TIMES_DEMO = 1.3
WORKER_MB = 90
SNAPSHOT_TIMES_PLAIN = 10
SNAPSHOT_MB = 400
LEDGER_TIMES_PLAIN = 15
LEDGER_MB = 500
FIT_SECONDS = 60
# The night after a day's changes against the first one, in seconds of the processors.
NEXT_NIGHT_PART = 0.1
NIGHT_MB = 500
