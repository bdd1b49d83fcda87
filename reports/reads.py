"""The facts that several reports read, by what they tell."""

from customers.models import Contract, Merge, Ownership, Revenue
from sales.models import Activity, Lead, LeadEnding, LeadOwnership
from team.models import Employment, Membership

# What customers bought, under which contracts, who looked after them, and who left.
PURCHASES = (Revenue, Contract, Ownership, Merge, Employment, Membership)
# Which leads came, what was done about them, who answered for them, and how they ended.
LEADS = (Lead, LeadEnding, LeadOwnership, Activity)
