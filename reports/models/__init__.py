from reports.models.parameters import Parameters, Target
from reports.models.selling import SellingDay, SellingRollUp
from reports.models.snapshot import Evidence, Part, Snapshot

__all__ = [
    "Evidence",
    "Parameters",
    "Part",
    "SellingDay",
    "SellingRollUp",
    "Snapshot",
    "Target",
]
