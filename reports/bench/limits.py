"""What each page may cost: queries, and server time as a multiple of the "ok" view of the same run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    queries: int
    times_ok: float
    # the same whatever the data; a search asks only the kinds of records that hold the word
    fixed: bool = True


# Of every list four are the person's team, chosen columns, saved views and notices; the deal list adds stages, tags and
# next steps.
LIMITS = {
    "ok": Limit(12, 1),
    "empty": Limit(12, 9),
    "customer list": Limit(13, 9),
    "customer list, 1,000th page": Limit(13, 9),
    "customer list by name": Limit(13, 9),
    "search": Limit(12, 9, fixed=False),
    # five are health's, four what hangs on the customer: contracts, answers, files, tags
    "customer page": Limit(30, 12),
    "deal list": Limit(17, 12),
    "all activities": Limit(13, 9),
    # each reason why somebody is to be called asks for itself
    "today": Limit(18, 12),
    # the outcome's consequences, the draft that ends with it
    "save a call": Limit(14, 5),
    # what can still be stopped as it stands now, who leaves, and what is read for who sees the targets and no wages
    "losses": Limit(16, 12),
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
# Saving a call while others save theirs, of a hundred saves the 95th slowest.
CROWD_MS = 300
WORKER_MB = 90
SNAPSHOT_TIMES_PLAIN = 10
SNAPSHOT_MB = 400
LEDGER_TIMES_PLAIN = 15
LEDGER_MB = 500
FIT_SECONDS = 60
# The night after a day's changes against the first one, in seconds of the processors.
NEXT_NIGHT_PART = 0.1
NIGHT_MB = 500
