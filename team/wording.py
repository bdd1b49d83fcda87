"""The audit log in words: actions, kinds of records, and fields that are no columns of theirs.

Records of the upper apps are named by the same words that entries carry, so that this lowest app
needs to know none of them. A test finds actions that are written somewhere and not named here.
"""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "add costs": _("added costs"),
    "ask": _("asked for a job"),
    "ask for reset": _("asked for a new password"),
    "assign": _("gave to another owner"),
    "bin": _("moved to the bin"),
    "book": _("booked"),
    "bulk read": _("read many at once"),
    "change password": _("changed the password"),
    "close": _("closed"),
    "create": _("made"),
    "deactivate": _("ended the sign-in"),
    "delete": _("deleted"),
    "duplicate.hinted": _("was told that a number or e-mail is known"),
    "end employment": _("ended the employment"),
    "end sessions": _("ended the sessions"),
    "export": _("exported"),
    "finish": _("finished"),
    "hire": _("hired"),
    "invite": _("invited"),
    "keep sign-in": _("kept the sign-in"),
    "log": _("logged"),
    "merge": _("merged"),
    "move": _("moved to another team"),
    "not found": _("asked for what is not there or not theirs"),
    "note absence": _("noted an absence"),
    "reactivate": _("allowed to sign in again"),
    "refuse": _("was refused"),
    "remove absence": _("took an absence back"),
    "remove wage": _("removed a wage"),
    "reopen": _("opened again"),
    "reschedule": _("moved to another day"),
    "restore": _("took out of the bin"),
    "retry": _("tried a job again"),
    "seed": _("made the demonstration company"),
    "set wage": _("set a wage"),
    "sign-in": _("signed in"),
    "sign-in failed": _("failed to sign in"),
    "sign-in paused": _("was paused while signing in"),
    "sign-out": _("signed out"),
    "slow down": _("read too much too quickly"),
    "unbook": _("took a booking back"),
    "unmerge": _("took a merge back"),
    "undo": _("took back"),
    "update": _("changed"),
    "wrong password": _("gave a wrong password"),
}

SUBJECTS = {
    "user": _("Person"),
    "team": _("Team"),
    "company": _("Company"),
    "holiday": _("Holiday"),
    "customer": _("Customer"),
    "contact": _("Contact"),
    "revenue": _("Revenue"),
    "contract": _("Contract"),
    "survey": _("Survey"),
    "importbatch": _("Import"),
    "lead": _("Lead"),
    "deal": _("Deal"),
    "activity": _("Call or other activity"),
    "task": _("Task"),
    "campaign": _("Campaign"),
    "campaigncost": _("Campaign cost"),
    "parameters": _("Loss rules"),
    "snapshot": _("Report"),
    "target": _("Target"),
    "job": _("Job"),
}

# Only for directors, whoever else may read the entry.
WAGES = frozenset({"monthly_wage", "monthly_expenses"})

LABELS = {
    "customers": _("customers"),
    "days": _("days"),
    "filter": _("filter"),
    "from_on": _("from"),
    "hired_on": _("first day"),
    "leave_reason": _("reason"),
    "left_on": _("last working day"),
    "monthly_expenses": _("expenses a month"),
    "monthly_wage": _("wage a month"),
    "on": _("from"),
    "reason": _("reason"),
    "rows": _("rows"),
    "sha256": _("hash of the file"),
    "to_on": _("to"),
    "what": _("what"),
}
