from sales.models.activity import Activity, Outcome, Task
from sales.models.campaign import Campaign, CampaignCost, CampaignPast
from sales.models.conversion import Conversion
from sales.models.deal import Deal, DealChange, DealPast, LossReason, Pipeline, Stage
from sales.models.lead import Lead, LeadEnding, LeadOwnership, LeadPast, LeadSource

__all__ = [
    "Activity",
    "Campaign",
    "CampaignCost",
    "CampaignPast",
    "Conversion",
    "Deal",
    "DealChange",
    "DealPast",
    "Lead",
    "LeadEnding",
    "LeadOwnership",
    "LeadPast",
    "LeadSource",
    "LossReason",
    "Outcome",
    "Pipeline",
    "Stage",
    "Task",
]
