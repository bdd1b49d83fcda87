from reports.models.acting import Act, ActItem
from reports.models.disputes import Dispute
from reports.models.fit import Fit
from reports.models.mailing import Sent, Subscription
from reports.models.parameters import Parameters, Target
from reports.models.selling import SellingDay, SellingRollUp
from reports.models.snapshot import Evidence, Part, Snapshot, TeamSum

__all__ = [
    "Act",
    "ActItem",
    "Dispute",
    "Evidence",
    "Fit",
    "Parameters",
    "Part",
    "SellingDay",
    "SellingRollUp",
    "Sent",
    "Snapshot",
    "Subscription",
    "Target",
    "TeamSum",
]
