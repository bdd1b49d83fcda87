"""All worked cases of the losses 2 to 6 and of the ledger."""

from tests.oracle.worked_leakage import LEAKAGE
from tests.oracle.worked_new_reps import NEW_REPS
from tests.oracle.worked_time import TIME

LOSS_CASES = [*LEAKAGE, *TIME, *NEW_REPS]
