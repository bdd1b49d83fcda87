"""Who may delete what was entered about a customer by mistake, and bring it back."""

from customers.models import Complaint, Contract, Survey
from team.access import leads_others
from team.audit import last_entry
from team.models import Company, User

OwnFact = Contract | Survey | Complaint


def may_delete(fact: OwnFact, user: User) -> bool:
    """Everybody what they entered themselves today; who leads others any."""
    own = fact.by_id == user.pk and fact.recorded_on == Company.get().today
    return own or leads_others(user)


def was_entered_anew(fact: OwnFact) -> bool:
    """It is an older entry that today's change wrote anew: what it said before today is not its author's to delete."""
    return last_entry(fact, "create") is None


def may_restore(fact: OwnFact, user: User) -> bool:
    """Whoever deleted it, and who leads others."""
    last = last_entry(fact, "delete")
    return leads_others(user) or (last is not None and last.actor_id == user.pk)
