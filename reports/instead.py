"""Why the rule told instead of the model that was asked for: the sentence for the command line."""

from collections.abc import Iterator

from reports.definitions.clv import CLV
from reports.definitions.ledger import LEDGER, snapshots_in
from reports.models import Snapshot

WHY = {
    "few_customers": "{n} customers without a contract are fewer than bgnbd_min_customers ({customers})",
    "few_repeaters": "{repeaters} customers who bought again are fewer than bgnbd_min_repeaters ({repeaters_needed})",
    "out_of_bounds": "no BG/NBD model fits the {n} customers within its bounds",
}


def rule_instead(snapshot: Snapshot) -> Iterator[str]:
    """A sentence for each report in the snapshot whose model did not hold."""
    if snapshot.slug == LEDGER.slug:
        for part in snapshots_in(snapshot).values():
            yield from rule_instead(part)
        return
    model = snapshot.whole.get("model") or {}
    if reason := model.get("reason"):
        why = WHY[reason].format(
            n=model["n"],
            repeaters=model["repeaters"],
            customers=snapshot.values["bgnbd_min_customers"],
            repeaters_needed=snapshot.values["bgnbd_min_repeaters"],
        )
        yield f"{_instead(snapshot)}: {why}."


def _instead(snapshot: Snapshot) -> str:
    if snapshot.slug == CLV.slug:
        return "clv tells nothing"
    return f"{snapshot.slug} was told by the rule, not by the model"
