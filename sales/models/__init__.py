from sales.models.activity import Activity, Outcome, Task
from sales.models.assignment import LeadAssignment, LeadEscalation, LeadRule
from sales.models.bulk import BulkAct, BulkItem
from sales.models.campaign import Campaign, CampaignCost, CampaignPast
from sales.models.conversion import Conversion
from sales.models.deal import Deal, DealChange, DealPast
from sales.models.draft import CallDraft
from sales.models.handover import Handover, HandoverHeir, HandoverLine
from sales.models.handover_letter import HandoverLetter, LetterTemplate
from sales.models.handover_note import HandoverNote
from sales.models.lead import Lead, LeadEnding, LeadOwnership, LeadPast, LeadReason, LeadSource
from sales.models.mention import Mention
from sales.models.pipeline import LossReason, Pipeline, Stage, StagePast
from sales.models.price import DealLine, Product
from sales.models.tag import DealTag, LeadTag
from sales.models.web_form import WebForm, WebPost

__all__ = [
    "Activity",
    "BulkAct",
    "BulkItem",
    "CallDraft",
    "Campaign",
    "CampaignCost",
    "CampaignPast",
    "Conversion",
    "Deal",
    "DealChange",
    "DealLine",
    "DealPast",
    "DealTag",
    "Handover",
    "HandoverHeir",
    "HandoverLetter",
    "HandoverLine",
    "HandoverNote",
    "Lead",
    "LeadAssignment",
    "LeadEnding",
    "LeadEscalation",
    "LeadOwnership",
    "LeadPast",
    "LeadReason",
    "LeadRule",
    "LeadSource",
    "LeadTag",
    "LetterTemplate",
    "LossReason",
    "Mention",
    "Outcome",
    "Pipeline",
    "Product",
    "Stage",
    "StagePast",
    "Task",
    "WebForm",
    "WebPost",
]
