"""The result of a run as a table for people."""

from typing import Any

HEAD = (
    f"{'page':30}{'as':9}{'database':11}{'queries':>8}{'median':>9}{'p95':>9}{'least':>8}"
    f"{'x ok':>7}{'x empty':>9}{'kB':>6}{'rows':>6}"
)


def as_text(result: dict[str, Any]) -> str:
    sizes = ", ".join(f"{name}: {count:,} customers" for name, count in result["customers"].items())
    snapshot, ledger = result["snapshot"], result["snapshot"]["ledger"]
    failed = [check for check in result["checks"] if not check["kept"]]
    return "\n".join(
        [
            f"Two gunicorn workers, one request at a time, {result['rounds']} rounds; ms from first byte to last.",
            sizes,
            f"The machine's load was {result['load'][0]:.1f} before and {result['load'][1]:.1f} after, "
            f"with {result['processors']} processors.",
            "",
            HEAD,
            *(_line(row) for row in result["pages"]),
            "",
            *(
                f"save a call, {one['people']} people at once, {name}: median {one['median_ms']} ms, "
                f"p95 {one['p95_ms']} ms, worst {one['worst_ms']} ms"
                for name, one in result["crowd"].items()
            ),
            *(
                f"workers, {name}: {_list(sizes)} MB"
                for name, sizes in result["worker_megabytes"].items()
            ),
            f"churn snapshot: {snapshot['snapshot_seconds']} s and {snapshot['peak_megabytes']} MB; "
            f"plain sum by customer: {snapshot['plain_seconds']} s; {snapshot['times_plain']} times",
            f"ledger, six losses and overlaps: {ledger['snapshot_seconds']} s and {ledger['peak_megabytes']} MB; "
            f"plain sum of work: {ledger['plain_seconds']} s; {ledger['times_plain']} times",
            f"customer value with a fresh fit: {snapshot['fit_seconds']} s",
            *_nights(result["nights"]),
            "",
            *(f"not kept  {check['promise']}; found {check['found']}" for check in failed),
            f"{len(result['checks']) - len(failed)} of {len(result['checks'])} limits kept.",
        ]
    )


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['page']:30}{row['who']:9}{row['database']:11}{row['queries']:>8}{row['median_ms']:>9.1f}"
        f"{row['p95_ms']:>9.1f}{row['least_ms']:>8.1f}{row['times_ok']:>7.1f}{row['times_empty']:>9.1f}{row['kilobytes']:>6}{row['rows']:>6}"
    )


def _nights(cost: dict[str, Any] | None) -> list[str]:
    if cost is None:
        return []
    return [
        f"{name} night: {one['seconds']} s, {one['processor_seconds']} s of the processors, "
        f"{one['snapshots']} snapshots"
        for name in ("first", "next")
        for one in (cost[name],)
    ]


def _list(sizes: list[int]) -> str:
    return " and ".join(str(size) for size in sizes)
