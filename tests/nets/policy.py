"""Who may use which address, and whose records each role sees: written down once, by hand.

A new address needs a line here, or the net fails. The net compares the answers of the site with this
page and with nothing else; it does not read `@access`.
"""

from dataclasses import dataclass

ANONYMOUS = "anonymous"
REP, MANAGER, OTHER_MANAGER, ADMIN, DIRECTOR = (
    "rep",
    "manager",
    "other_manager",
    "admin",
    "director",
)
VIEWERS = (ANONYMOUS, REP, MANAGER, OTHER_MANAGER, ADMIN, DIRECTOR)

STAFF = frozenset({REP, MANAGER, OTHER_MANAGER, ADMIN, DIRECTOR})
LEADERS = frozenset({MANAGER, OTHER_MANAGER, ADMIN, DIRECTOR})
ADMINS = frozenset({ADMIN})
DIRECTORS = frozenset({DIRECTOR})
EVERYBODY = frozenset(VIEWERS)

READS, WRITES = frozenset({"GET", "HEAD"}), frozenset({"POST"})

# Whose records each viewer sees. `rep` and `peer` work in the team of `manager`, `sub` in a team
# inside it, `other` in the team of `other_manager`; what is in the pool is nobody's.
OWNERS = ("rep", "peer", "sub", "other", "pool")
SEES = {
    REP: {"rep"},
    MANAGER: {"rep", "peer", "sub", "pool"},
    OTHER_MANAGER: {"other", "pool"},
    ADMIN: set(OWNERS),
    DIRECTOR: set(OWNERS),
}
# People and teams have no pool; a rep sees no pages about people at all.
SEES_PEOPLE = {
    REP: {"rep"},
    MANAGER: {"rep", "peer", "sub"},
    OTHER_MANAGER: {"other"},
    ADMIN: {"rep", "peer", "sub", "other"},
    DIRECTOR: {"rep", "peer", "sub", "other"},
}
# What happened in nobody's hands is in nobody's part of the figures, only in the whole.
SEES_EVIDENCE = {who: owners - {"pool"} for who, owners in SEES.items()} | {
    ADMIN: set(OWNERS),
    DIRECTOR: set(OWNERS),
}
# What is left to the author of an entry, whoever else may see it.
AUTHORS_ONLY = {"call-undo"}
# What may answer that the house is not well.
HEALTH = {"readyz", "healthz"}
# Addresses that name their record by a parameter.
BY_PARAMETER = {"call-new": ("customer", "lead", "deal")}
# What an act or a question has to carry before it looks at the record at all.
CARRIES = {"deal-move": {"stage": "lost"}, "deal-close": {"stage": "lost"}}


@dataclass(frozen=True)
class Line:
    """Which methods an address knows, and who may use them."""

    methods: frozenset[str]
    roles: frozenset[str]


def look(roles: frozenset[str]) -> Line:
    return Line(READS, roles)


def form(roles: frozenset[str]) -> Line:
    return Line(READS | WRITES, roles)


def act(roles: frozenset[str]) -> Line:
    return Line(WRITES, roles)


def report(name: str, readers: frozenset[str]) -> dict[str, Line]:
    """The page of a report with its drawers and acts; files are for who leads others."""
    return {
        name: look(readers),
        f"{name}-how": look(readers),
        f"{name}-filters": look(readers),
        f"{name}-restated": look(readers),
        f"{name}-act": look(readers),
        f"{name}-plan": act(readers),
        f"{name}-unplan": act(readers),
        f"{name}-export": look(LEADERS & readers),
    }


POLICY = {
    # is it alive
    "livez": look(EVERYBODY),
    "readyz": look(EVERYBODY),
    "healthz": look(EVERYBODY),
    # signing in, and one's own affairs
    "home": look(STAFF),
    "sign-in": form(EVERYBODY),
    "sign-out": act(STAFF),
    "language": act(EVERYBODY),
    "password-reset": form(EVERYBODY),
    "password-reset-sent": look(EVERYBODY),
    "password-new": form(EVERYBODY),
    "profile": form(STAFF),
    "preferences": act(STAFF),
    "password-change": form(STAFF),
    "email-change": form(STAFF),
    "sessions-end": act(STAFF),
    # people and teams
    "person-list": look(LEADERS),
    "person-detail": look(LEADERS),
    "person-new": form(ADMINS),
    "person-edit": form(ADMINS),
    "person-move": form(ADMINS),
    "person-leave": form(ADMINS),
    "person-rehire": form(ADMINS),
    "person-invite": act(ADMINS),
    "person-sign-out": act(ADMINS),
    "person-deactivate": act(ADMINS),
    "person-reactivate": act(ADMINS),
    "person-alert-settle": act(LEADERS),
    "person-absence": form(ADMINS),
    "person-absence-remove": act(ADMINS),
    "person-wage": form(DIRECTORS),
    "person-wage-remove": act(DIRECTORS),
    "team-list": look(LEADERS),
    "team-new": form(ADMINS),
    "team-edit": form(ADMINS),
    "team-close": act(ADMINS),
    "team-reopen": act(ADMINS),
    # the house
    "audit-list": look(ADMINS),
    "job-list": look(ADMINS),
    "job-retry": act(ADMINS),
    "company-settings": form(ADMINS),
    "company-holiday-new": act(ADMINS),
    "company-holiday-remove": act(ADMINS),
    # customers and contacts
    "customer-list": look(STAFF),
    "customer-new": form(STAFF),
    "duplicates": look(STAFF),
    "customer-detail": look(STAFF),
    "customer-edit": form(STAFF),
    "customer-bin": act(STAFF),
    "customer-restore": act(STAFF),
    "contact-list": look(STAFF),
    "contact-new": form(STAFF),
    "contact-edit": form(STAFF),
    "contact-bin": act(STAFF),
    "contact-restore": act(STAFF),
    # selling
    "today": look(STAFF),
    "note-new": act(STAFF),
    "activity-list": look(STAFF),
    "call-new": form(STAFF),
    "call-undo": act(STAFF),
    "lead-list": look(STAFF),
    "lead-new": form(STAFF),
    "lead-detail": look(STAFF),
    "lead-edit": form(STAFF),
    "lead-close": act(STAFF),
    "lead-reopen": act(STAFF),
    "lead-convert": form(STAFF),
    "lead-convert-undo": act(STAFF),
    "lead-assign": act(LEADERS),
    "choice-lists": look(ADMINS),
    "choice-new": form(ADMINS),
    "choice-edit": form(ADMINS),
    "choice-retire": act(ADMINS),
    "choice-restore": act(ADMINS),
    "deal-list": look(STAFF),
    "deal-new": form(STAFF),
    "deal-detail": look(STAFF),
    "deal-edit": form(STAFF),
    "deal-close": look(STAFF),
    "deal-move": act(STAFF),
    "deal-undo": act(STAFF),
    "deal-bin": act(STAFF),
    "deal-restore": act(STAFF),
    "task-list": look(STAFF),
    "task-new": form(STAFF),
    "task-edit": form(STAFF),
    "task-done": act(STAFF),
    "task-drop": act(STAFF),
    "task-reopen": act(STAFF),
    "task-reschedule": form(STAFF),
    "search": look(STAFF),
    "pick": look(STAFF),
    # campaigns: everybody reads, leaders keep
    "campaign-list": look(STAFF),
    "campaign-detail": look(STAFF),
    "campaign-new": form(LEADERS),
    "campaign-edit": form(LEADERS),
    "cost-new": act(LEADERS),
    "cost-delete": act(LEADERS),
    "cost-restore": act(LEADERS),
    # losses: everybody reads their own part of the figures; reps take no lists away
    "losses": look(STAFF),
    "losses-compute": act(STAFF),
    "losses-filters": look(STAFF),
    "first-steps": look(STAFF),
    "losses-period": act(STAFF),
    "losses-job": look(STAFF),
    "evidence-row": look(STAFF),
    **report("churn", STAFF),
    **report("leakage", STAFF),
    **report("speed", STAFF),
    **report("marketing", STAFF),
    **report("time", STAFF),
    **report("new_reps", STAFF),
    **report("departures", STAFF),
    **report("did", STAFF),
    **report("ledger", STAFF),
    "losses-export": look(LEADERS),
    # the analysis is for who leads others
    **report("bridge", STAFF),
    **report("cohorts", STAFF),
    **report("calibration", LEADERS),
    **report("rfm", LEADERS),
    **report("clv", LEADERS),
    **report("abc", LEADERS),
    **report("margin", LEADERS),
    **report("nps", LEADERS),
    **report("csat", LEADERS),
    **report("nps_churn", LEADERS),
    **report("win_loss", LEADERS),
    **report("forecast", LEADERS),
    "rules": form(frozenset({ADMIN, DIRECTOR})),
    "dispute-list": look(STAFF),
    "dispute-new": form(STAFF),
    "dispute-answer": act(ADMINS),
    "loss-mail": form(STAFF),
    "targets": form(frozenset({ADMIN, DIRECTOR})),
}
