"""All worked cases of the losses 2 to 6 and of the ledger."""

from tests.oracle.worked_effect import EFFECT
from tests.oracle.worked_leakage import LEAKAGE
from tests.oracle.worked_leakage_edges import LEAKAGE_EDGES
from tests.oracle.worked_ledger import LEDGER
from tests.oracle.worked_marketing import MARKETING
from tests.oracle.worked_new_reps import NEW_REPS
from tests.oracle.worked_time import TIME

LOSS_CASES = [*LEAKAGE, *LEAKAGE_EDGES, *MARKETING, *TIME, *NEW_REPS, *EFFECT, *LEDGER]
