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
# What somebody keeps for themselves is theirs alone.
SEES_OWN = {who: {who} & set(OWNERS) for who in SEES}
# What happened in nobody's hands is in nobody's part of the figures, only in the whole.
SEES_EVIDENCE = {who: owners - {"pool"} for who, owners in SEES.items()} | {
    ADMIN: set(OWNERS),
    DIRECTOR: set(OWNERS),
}
# What is left to the author of an entry, whoever else may see it.
AUTHORS_ONLY = {"call-undo", "call-edit"}
# What may answer that the house is not well.
HEALTH = {"readyz", "healthz"}
# Addresses that name their record by a parameter.
BY_PARAMETER = {
    "call-new": ("customer", "lead", "deal"),
    "call-quick": ("customer", "lead", "deal"),
    "call-draft": ("customer", "lead", "deal"),
    "call-draft-discard": ("customer", "lead", "deal"),
}
# What an act or a question has to carry before it looks at the record at all.
CARRIES = {
    "deal-move": {"stage": "lost"},
    "deal-close": {"stage": "lost"},
    "notice-later": {"until": "hour"},
}


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
    # the app of the phone
    "service-worker": look(EVERYBODY),
    "manifest": look(EVERYBODY),
    "offline": look(EVERYBODY),
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
    # acts over many records
    "handover-list": look(LEADERS),
    "handover-care": look(LEADERS),
    "handover-remind": act(LEADERS),
    "handover-own-notes": look(STAFF),
    "handover-letters": form(LEADERS),
    "handover-notes": look(LEADERS),
    "handover-note": form(STAFF),
    "handover-new": form(LEADERS),
    "handover-of-chosen": act(LEADERS),
    "handover-who": form(LEADERS),
    "handover-holds": form(LEADERS),
    "handover-heirs": form(LEADERS),
    "handover-give": act(LEADERS),
    "handover-again": act(LEADERS),
    "handover-check": form(LEADERS),
    "handover-unschedule": act(LEADERS),
    "handover-watch": look(LEADERS),
    "handover-undo": form(LEADERS),
    "handover-discard": act(LEADERS),
    "bulk": form(STAFF),
    "bulk-act": look(STAFF),
    "bulk-undo": act(STAFF),
    # how one keeps lists
    "view-list": look(STAFF),
    "view-new": form(STAFF),
    "view-edit": form(STAFF),
    "view-replace": act(STAFF),
    "view-delete": act(STAFF),
    "view-restore": act(STAFF),
    "view-start": act(STAFF),
    "view-take-over": act(STAFF),
    "list-columns": form(STAFF),
    # what one is told, and one's calendar
    "notice-list": look(STAFF),
    "notices-read": act(STAFF),
    "notice-open": act(STAFF),
    "notice-later": act(STAFF),
    "notice-wishes": form(STAFF),
    "calendar-feed": form(STAFF),
    "calendar-feed-end": act(STAFF),
    "calendar-ics": look(EVERYBODY),
    # people and teams
    "person-list": look(LEADERS),
    "person-detail": look(LEADERS),
    "person-new": form(ADMINS),
    "person-edit": form(ADMINS),
    "person-move": form(ADMINS),
    "person-leave": form(ADMINS),
    "person-stay": act(ADMINS),
    "person-rehire": form(ADMINS),
    "person-invite": act(ADMINS),
    "person-sign-out": act(ADMINS),
    "person-deactivate": act(ADMINS),
    "person-reactivate": act(ADMINS),
    "person-alert-settle": act(LEADERS),
    "person-evidence": act(ADMINS),
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
    "contact-main": act(STAFF),
    "contract-new": form(STAFF),
    "contract-end": form(STAFF),
    "contract-reopen": act(STAFF),
    "contract-delete": act(STAFF),
    "contract-restore": act(STAFF),
    "answer-new": form(STAFF),
    "answer-delete": act(STAFF),
    "answer-restore": act(STAFF),
    "complaint-new": form(STAFF),
    "complaint-settle": form(STAFF),
    "complaint-reopen": act(STAFF),
    "complaint-delete": act(STAFF),
    "complaint-restore": act(STAFF),
    "twin-list": look(LEADERS),
    "twin-dismiss": act(LEADERS),
    "twin-restore": act(LEADERS),
    "contact-list": look(STAFF),
    "contact-new": form(STAFF),
    "contact-edit": form(STAFF),
    "contact-bin": act(STAFF),
    "contact-restore": act(STAFF),
    # selling
    "today": look(STAFF),
    "today-leads": look(STAFF),
    "today-missing": look(STAFF),
    "week": form(STAFF),
    "week-away": act(STAFF),
    "week-person": look(LEADERS),
    "sweep": form(STAFF),
    "sweep-undo": act(STAFF),
    "note-new": act(STAFF),
    "file-new": act(STAFF),
    "file-open": look(STAFF),
    "file-bin": act(STAFF),
    "file-restore": act(STAFF),
    "customer-merge": form(STAFF),
    "customer-unmerge": act(STAFF),
    "activity-list": look(STAFF),
    "call-new": form(STAFF),
    "call-unknown": form(STAFF),
    "call-quick": look(STAFF),
    "call-draft": act(STAFF),
    "call-draft-discard": act(STAFF),
    "call-edit": form(STAFF),
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
    "lead-late-noted": act(LEADERS),
    # what strangers see, and who keeps it
    "web-form": form(EVERYBODY),
    "web-form-thanks": look(EVERYBODY),
    "webform-list": look(ADMINS),
    "webform-new": form(ADMINS),
    "webform-detail": look(ADMINS),
    "webform-edit": form(ADMINS),
    "webform-close": act(ADMINS),
    "webform-open": act(ADMINS),
    "webpost-list": look(ADMINS),
    "webpost-release": act(ADMINS),
    "webpost-discard": act(ADMINS),
    "webpost-keep": act(ADMINS),
    "assignment-list": look(ADMINS),
    "assignment-new": form(ADMINS),
    "assignment-edit": form(ADMINS),
    "assignment-retire": act(ADMINS),
    "assignment-restore": act(ADMINS),
    "letter-words": form(ADMINS),
    "letter-restore": act(ADMINS),
    "choice-lists": look(ADMINS),
    "choice-new": form(ADMINS),
    "choice-edit": form(ADMINS),
    "choice-retire": act(ADMINS),
    "choice-restore": act(ADMINS),
    "product-list": look(ADMINS),
    "product-new": form(ADMINS),
    "product-edit": form(ADMINS),
    "product-retire": act(ADMINS),
    "product-restore": act(ADMINS),
    "pipeline-list": look(ADMINS),
    "pipeline-new": form(ADMINS),
    "pipeline-edit": form(ADMINS),
    "pipeline-retire": form(ADMINS),
    "pipeline-restore": act(ADMINS),
    "pipeline-stage-new": form(ADMINS),
    "pipeline-stage-edit": form(ADMINS),
    "pipeline-stage-retire": form(ADMINS),
    "pipeline-stage-restore": act(ADMINS),
    "deal-list": look(STAFF),
    "deal-board": look(STAFF),
    "deal-new": form(STAFF),
    "deal-detail": look(STAFF),
    "deal-edit": form(STAFF),
    "deal-close": look(STAFF),
    "deal-move": act(STAFF),
    "deal-undo": act(STAFF),
    "deal-line-new": form(STAFF),
    "deal-line-edit": form(STAFF),
    "deal-line-remove": act(STAFF),
    "deal-line-restore": act(STAFF),
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
    **report("exposure", STAFF),
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
