"""The facts that several reports read, by what they tell."""

from customers.models import Contract, Merge, Ownership, Revenue, Survey
from sales.models import Activity, DealChange, Lead, LeadEnding, LeadOwnership
from team.models import Employment, Membership

# What customers bought, under which contracts, who looked after them, and who left.
PURCHASES = (Revenue, Contract, Ownership, Merge, Employment, Membership)
# Which leads came, what was done about them, who answered for them, and how they ended.
LEADS = (Lead, LeadEnding, LeadOwnership, Activity)
# Where deals stood, whose customers they were for, and in which team their owners were.
DEALS = (DealChange, Merge, Membership)
# What was asked and answered, by which customers, and who looked after them.
ANSWERS = (Survey, Ownership, Merge, Membership)
