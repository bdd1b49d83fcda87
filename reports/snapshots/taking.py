"""Taking snapshots: the figures of a report as they were known, with the rows they are the sum of.

A snapshot never changes once it is complete. It is computed unseen and then published by one UPDATE, so
that readers have the old one or the new one whole; they take the highest complete revision.
"""

from collections.abc import Iterable
from dataclasses import astuple
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from crm.lib.periods import Period, end_of
from reports.models import Evidence, Parameters, Part, Snapshot, TeamSum
from reports.report import Report, Run, report_named
from reports.rules.catalogue import as_json, stored_values
from reports.rules.parameters import hash_of
from reports.snapshots.filling import COLUMNS, add_up, totals_of
from reports.snapshots.sources import Seen, seen_by
from team.models import Company, User

KEEP = {
    Snapshot.Kind.DAILY: timedelta(days=35),
    Snapshot.Kind.ON_DEMAND: timedelta(days=35),
    Snapshot.Kind.COMPARISON: timedelta(days=9),
}
KEY = ("slug", "formula_version", "values_hash", "from_on", "to_on", "as_of")
UNFINISHED = timedelta(days=1)


class Superseded(Exception):
    """Another runner has computed the same meanwhile; this one's rows are gone."""


def take_snapshot(
    report: Report,
    run: Run,
    *,
    kind: Snapshot.Kind = Snapshot.Kind.ON_DEMAND,
    parameters: Parameters | None = None,
    by: User | None = None,
    seen: Seen | None = None,
) -> Snapshot:
    """Compute and publish. If nothing differs from the last revision, that one stands and is answered."""
    made = compute(report, run, kind=kind, parameters=parameters, by=by, seen=seen)
    return publish(made)


def compute(
    report: Report,
    run: Run,
    *,
    kind: Snapshot.Kind,
    parameters: Parameters | None = None,
    by: User | None = None,
    seen: Seen | None = None,
) -> Snapshot:
    """Write the next revision with its evidence, not yet to be seen by anybody.

    `parameters` is the version the values come from; None if some were given by hand. `seen` is what
    there was to be read a while ago, where somebody has counted it already.
    """
    with Company.read_once():
        told = seen_by(report, run.as_of) if seen is None else seen.of(report)
        snapshot = _begin(report, run, kind, parameters, by, told)
        whole = report.fill(snapshot, run)
    with transaction.atomic():
        if not Snapshot.objects.select_for_update().filter(pk=snapshot.pk).exists():
            delete_snapshots(Snapshot.objects.none(), also=[snapshot.pk])
            raise Superseded
        add_up(snapshot, report.monthly_measures, by_line=report.parts_by_line)
        snapshot.whole = whole
        totals = totals_of(snapshot.parts.all())
        snapshot.headline = report.headline(totals, run, whole)
        snapshot.sums = {name: astuple(one) for name, one in totals.by_measure().items()}
        snapshot.save(update_fields=["headline", "whole", "sums"])
    return snapshot


def _begin(
    report: Report,
    run: Run,
    kind: Snapshot.Kind,
    parameters: Parameters | None,
    by: User | None,
    seen: Seen,
) -> Snapshot:
    """The row of the next revision, incomplete; what another runner left unfinished goes."""
    with transaction.atomic():
        same = revisions_of(report, run)
        delete_snapshots(same.filter(is_complete=False))
        return Snapshot.objects.create(
            **_key(report, run),
            kind=kind,
            values=as_json(run.values),
            parameters=parameters,
            revision=(same.aggregate(last=Max("revision"))["last"] or 0) + 1,
            sources=seen.sources,
            coverage=seen.coverage,
            asked_by=by,
        )


def publish(snapshot: Snapshot) -> Snapshot:
    """Let readers see a computed snapshot; raises `Superseded` if it is not there any more.

    The same as the last revision: the new one is dropped and the last one stays, as its readers know it.
    """
    with transaction.atomic():
        last = _last_complete(snapshot)
        if last is not None and _equal(last, snapshot):
            delete_snapshots(Snapshot.objects.filter(pk=snapshot.pk))
            Snapshot.objects.filter(pk=last.pk).update(
                sources=snapshot.sources,
                coverage=snapshot.coverage,
                created_at=snapshot.created_at,
            )
            return keep_as(last, Snapshot.Kind(snapshot.kind))
        shown = Snapshot.objects.filter(pk=snapshot.pk, is_complete=False).update(
            is_complete=True, finished_at=timezone.now()
        )
        if not shown:
            raise Superseded
    snapshot.refresh_from_db()
    return snapshot


def revisions_of(report: Report, run: Run) -> QuerySet[Snapshot]:
    """Every revision of one computation, complete or not."""
    return Snapshot.objects.filter(**_key(report, run))


def latest(report: Report, run: Run) -> Snapshot | None:
    """The last complete revision."""
    return revisions_of(report, run).filter(is_complete=True).order_by("-revision").first()


def keep_as(snapshot: Snapshot, kind: Snapshot.Kind) -> Snapshot:
    """Keep a snapshot for longer if it is wanted as something that is; the figures stay as they are.

    A daily of a month ago that the running month is compared with becomes that: pages start from no old daily.
    """
    kept = max(Snapshot.Kind(snapshot.kind), kind, key=lambda each: KEEP.get(each, timedelta.max))
    if (snapshot.kind, kind) == (Snapshot.Kind.DAILY, Snapshot.Kind.COMPARISON):
        kept = kind
    if kept == snapshot.kind:
        return snapshot
    Snapshot.objects.filter(pk=snapshot.pk).update(kind=kept)
    snapshot.refresh_from_db()
    return snapshot


def is_current(snapshot: Snapshot, seen: Seen | None = None) -> bool:
    """Nothing has been entered since that was already known at its as-of day.

    `seen` is what there is to be read at that day, where somebody has counted it already. Taken before that
    day was over it never is: what records say can still change until then, and nobody counts that.
    """
    if snapshot.created_at < end_of(snapshot.as_of, Company.get().zone):
        return False
    report = report_of(snapshot)
    told = seen_by(report, snapshot.as_of) if seen is None else seen.of(report)
    return bool(snapshot.sources == told.sources)


def run_of(snapshot: Snapshot) -> Run:
    """The run a snapshot is the result of."""
    period = Period(snapshot.from_on, snapshot.to_on)
    return Run(period, snapshot.as_of, stored_values(snapshot.values))


def report_of(snapshot: Snapshot) -> Report:
    return report_named(snapshot.slug)


def prune(today: date) -> int:
    """Delete what nobody keeps: old dailies and the like, and what was never finished. Month-ends stay, and
    so does what a snapshot that stays is made of.

    The answer is the number of snapshots that went.
    """
    now = timezone.now()
    gone = Snapshot.objects.filter(is_complete=False, created_at__lt=now - UNFINISHED)
    for kind, span in KEEP.items():
        gone |= Snapshot.objects.filter(
            kind=kind, as_of__lt=today - span, created_at__lt=now - span
        )
    ids = set(gone.values_list("pk", flat=True))
    return delete_snapshots(Snapshot.objects.filter(pk__in=ids - _named_by_others(ids)))


def _named_by_others(gone: set[int]) -> set[int]:
    """The snapshots that those made of others name, but for those that go themselves (see `companions`)."""
    made_of = Snapshot.objects.filter(whole__has_key="snapshots").values_list("pk", "whole")
    return {part for pk, whole in made_of if pk not in gone for part in whole["snapshots"].values()}


def delete_snapshots(snapshots: QuerySet[Snapshot], *, also: Iterable[int] = ()) -> int:
    """Delete with sums, parts and evidence, in four statements; `also` names ids whose row is gone already."""
    ids = [*snapshots.values_list("pk", flat=True), *also]
    with transaction.atomic():
        TeamSum.objects.filter(snapshot_id__in=ids)._raw_delete("default")
        Part.objects.filter(snapshot_id__in=ids)._raw_delete("default")
        Evidence.objects.filter(snapshot_id__in=ids)._raw_delete("default")
        Snapshot.objects.filter(pk__in=ids)._raw_delete("default")
    return len(ids)


def identity(report: Report, run: Run) -> tuple[Any, ...]:
    """What `KEY` holds of a computation."""
    told = _key(report, run)
    return tuple(told[name] for name in KEY)


def _key(report: Report, run: Run) -> dict[str, Any]:
    return {
        "slug": report.slug,
        "formula_version": report.version,
        "values_hash": hash_of(run.values),
        "from_on": run.period.start,
        "to_on": run.period.end,
        "as_of": run.as_of,
    }


def _last_complete(snapshot: Snapshot) -> Snapshot | None:
    same = {name: getattr(snapshot, name) for name in KEY}
    return Snapshot.objects.filter(**same, is_complete=True).order_by("-revision").first()


def _equal(one: Snapshot, other: Snapshot) -> bool:
    """Same headline and the same rows, but for what is live."""
    live = report_of(one).live_measures
    counts = {each.evidence.exclude(measure__in=live).count() for each in (one, other)}
    if (one.headline, one.whole) != (other.headline, other.whole) or len(counts) > 1:
        return False
    told = ", ".join(f"'{measure}'" for measure in live) or "''"
    rows = (
        f"SELECT {COLUMNS} FROM reports_evidence WHERE snapshot_id = %s AND measure NOT IN ({told})"  # noqa: S608 - constants
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{rows} EXCEPT {rows} LIMIT 1", [one.pk, other.pk])
        return cursor.fetchone() is None
