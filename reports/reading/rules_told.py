"""By which rule a page tells its figures: the one in force, or the one before for as long as that has newer ones.

Somebody changes a rule, and a job takes all figures anew: until it has got there a page shows the last good ones by
the rule before, whole, and says so. Nothing on a page mixes two rules of one report.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from reports.models import Parameters, Snapshot
from reports.report import Report
from reports.rules.parameters import hash_of, values_of

# So many of the last rules are looked through; who changes them more often than they are computed sees an older one.
MOST = 5


class RulesTold:
    """The last rules as some reports run by them, the newest first; one query."""

    def __init__(self, reports: Iterable[Report]) -> None:
        versions: list[Parameters | None] = [*Parameters.objects.order_by("-version")[:MOST]]
        self.in_force = versions[0] if versions else None
        if len(versions) < MOST:
            versions.append(None)  # the defaults, by which everything began
        values = [(version, values_of(version)) for version in versions]
        self.reports = list(reports)
        self._rules = {report.slug: _of(report, values) for report in self.reports}
        self._told: dict[str, str] = {}

    def set_since(self, age: Any) -> bool:
        """Whether the rule in force is younger than this."""
        return self.in_force is not None and self.in_force.set_at >= timezone.now() - age

    def in_force_only(self) -> Q:
        """The snapshots by the rule in force."""
        return self._snapshots(lambda slug: [self._newest(slug)])

    def any_of_them(self) -> Q:
        return self._snapshots(lambda slug: list(self._rules[slug]))

    def _snapshots(self, keys: Callable[[str], list[str]]) -> Q:
        found = Q(pk__in=[])
        for one in self.reports:
            hashes = keys(one.slug)
            found |= Q(slug=one.slug, formula_version=one.version, values_hash__in=hashes)
        return found

    def _newest(self, slug: str) -> str:
        return next(iter(self._rules[slug]))

    def is_told(self, snapshot: Snapshot, there: Iterable[Snapshot]) -> bool:
        """Whether a snapshot is by the rule that its report is told by; `there` are all there are."""
        if snapshot.slug not in self._told:
            same = [one for one in there if one.slug == snapshot.slug]
            self.tell(snapshot.slug, max(same, key=self._how_good))
        return snapshot.values_hash == self._told[snapshot.slug]

    def settle(self, report: Report, look: Callable[[], Snapshot | None]) -> Snapshot | None:
        """What `look` finds by the rule that has the newest of it; the rule stays that for the whole page."""
        if report.slug in self._told:
            return look()
        found: list[Snapshot] = []
        for key in self._rules[report.slug]:
            self._told[report.slug] = key
            found += [one for one in [look()] if one is not None]
        best = max(found, key=self._how_good, default=None)
        self.tell(report.slug, best)
        return best

    def tell(self, slug: str, best: Snapshot | None) -> None:
        self._told[slug] = self._newest(slug) if best is None else best.values_hash

    def _how_good(self, snapshot: Snapshot) -> tuple[Any, int]:
        """The latest as-of day; of one day the newest rule."""
        return snapshot.as_of, -list(self._rules[snapshot.slug]).index(snapshot.values_hash)

    def is_superseded(self, snapshot: Snapshot) -> bool:
        """Whether a rule has come since that tells this report otherwise."""
        return snapshot.values_hash != self._newest(snapshot.slug)

    def version_of(self, snapshot: Snapshot) -> Parameters | None:
        """The last version by which the report runs as this snapshot did; None: the defaults."""
        return self._rules[snapshot.slug][snapshot.values_hash][0]

    def values_of(self, report: Report) -> Mapping[str, Any]:
        """All values of the rule that a report is told by."""
        key = self._told.get(report.slug) or self._newest(report.slug)
        return self._rules[report.slug][key][1]


Ruled = tuple[Parameters | None, Mapping[str, Any]]


def _of(report: Report, values: Sequence[Ruled]) -> dict[str, Ruled]:
    """By key of what the report reads of it, each once."""
    rules: dict[str, Ruled] = {}
    for version, all_values in values:
        key = hash_of({name: all_values[name] for name in report.parameter_names})
        rules.setdefault(key, (version, all_values))
    return rules
