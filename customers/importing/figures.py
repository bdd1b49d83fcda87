"""Telling the reports that an import brought what past days should have known."""

from team.audit import current_actor
from team.jobs import ask


def figures_changed() -> None:
    """Let the figures of past days be computed anew; the layer above knows how, this one only its name."""
    ask("reports.refresh", {"cause": f"import {current_actor().batch}"}, by=None)
