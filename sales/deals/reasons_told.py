"""Why a deal was lost is kept by its key; the history reads it by its name."""

from sales.models import LossReason
from team.history import declare_keyed

declare_keyed("deal", "reason", LossReason)
