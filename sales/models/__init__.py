from sales.models.activity import Activity, Outcome, Task
from sales.models.campaign import Campaign, CampaignCost
from sales.models.deal import Deal, DealChange, LossReason, Pipeline, Stage
from sales.models.lead import Lead, LeadEnding, LeadOwnership, LeadSource

__all__ = [
    "Activity",
    "Campaign",
    "CampaignCost",
    "Deal",
    "DealChange",
    "Lead",
    "LeadEnding",
    "LeadOwnership",
    "LeadSource",
    "LossReason",
    "Outcome",
    "Pipeline",
    "Stage",
    "Task",
]
