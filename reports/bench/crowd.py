"""Several people saving calls at the same moment: how long the slowest of them waits."""

from http.client import HTTPException
from statistics import median
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

from reports.bench.measuring import Browser
from reports.bench.stand import BenchFailed, Stand

WARM_UP = 2
PATIENCE_SECONDS = 120


def save_at_once(stand: Stand, rounds: int) -> dict[str, Any]:
    """All of the plan's crowd press Save in the same moment, `rounds` times: milliseconds from first byte to last."""
    crowd = stand.plan["crowd"]
    gate = Barrier(len(crowd), timeout=PATIENCE_SECONDS)
    times: list[float] = []
    failures: list[str] = []

    def saves(target: dict[str, Any]) -> None:
        browser = Browser(stand)
        try:
            for number in range(WARM_UP + rounds):
                gate.wait()
                spent, _queries, _content = browser.ask(target)
                if number >= WARM_UP:
                    times.append(spent)
        except (BenchFailed, OSError, HTTPException) as error:
            failures.append(str(error))
            gate.abort()
        except BrokenBarrierError:
            return

    people = [Thread(target=saves, args=[target]) for target in crowd]
    for one in people:
        one.start()
    for one in people:
        one.join()
    if failures:
        raise BenchFailed(failures[0])
    in_order = sorted(times)
    return {
        "people": len(crowd),
        "saved": len(times),
        "median_ms": round(median(times), 1),
        "p95_ms": round(in_order[max(0, round(len(times) * 0.95) - 1)], 1),
        "worst_ms": round(in_order[-1], 1),
    }
