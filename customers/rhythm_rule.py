"""The rule of silence that the roll-up of customers follows. Who sets it is a layer above and tells it here."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class RhythmRule:
    """The parameters of loss-reports.md section 3 that the roll-up follows; days are whole days."""

    k: Decimal = Decimal(3)
    floor_days: int = 30
    cap_days: int = 365
    default_interval_days: int = 120
    gap_memory: int = 12
    min_gaps: int = 2
    value_days: int = 365
    contract_grace_days: int = 30
    warn_ratio: Decimal = Decimal("0.67")

    def as_integers(self) -> dict[str, int]:
        """What the statement computes with: thresholds in parts of a day, `parts` of them to a half-day."""
        top, parts = self.k.as_integer_ratio()
        warn_top, warn_parts = self.warn_ratio.as_integer_ratio()
        return {
            "memory": self.gap_memory,
            "min_gaps": self.min_gaps,
            "default_halves": 2 * self.default_interval_days,
            "k_parts": top,
            "parts": parts,
            "floor_parts": 2 * parts * self.floor_days,
            "cap_parts": 2 * parts * self.cap_days,
            "warn_top": warn_top,
            "warn_parts": 2 * parts * warn_parts,
            "value_days": self.value_days,
            "grace": self.contract_grace_days,
        }


_sources: list[Callable[[], RhythmRule]] = [RhythmRule]


def follow(source: Callable[[], RhythmRule]) -> None:
    """Ask `source` for the rule from now on; before, the defaults hold."""
    _sources[0] = source


def rule_in_force() -> RhythmRule:
    return _sources[0]()
