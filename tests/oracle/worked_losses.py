"""All worked cases of the losses 2 to 6 and of the ledger."""

from tests.oracle.worked_leakage import LEAKAGE

LOSS_CASES = [*LEAKAGE]
