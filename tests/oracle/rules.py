"""The parameters of the losses (section 2) as exact numbers: defaults, the company's, the run's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from tests.oracle.tables import Settings

DEFAULTS = {
    "sla_hours": "24",
    "sla_clock": "elapsed",
    "convert_days": "90",
    "rate_window_days": "365",
    "min_rate_n": "30",
    "min_value_n": "5",
    "norm_share": "0.25",
    "new_days": "365",
    "qualified_stages": "qualified",
    "offer_stages": "offer, negotiation",
    "min_touches": "3",
    "touch_days": "30",
    "hours_per_day": "8",
    "allowance_share": "0",
    "max_activity_minutes": "480",
    "ramp_months": "3",
    "min_result": "0",
    "min_activities_per_day": "1",
    "require_no_record": "true",
    "handover_days": "60",
    "did_window_days": "180",
    "did_min_treated": "2",
    "did_min_controls": "5",
}


@dataclass(frozen=True)
class Rules:
    texts: dict[str, str]

    def text(self, name: str) -> str:
        return self.texts[name]

    def number(self, name: str) -> Fraction:
        return Fraction(self.texts[name])

    def whole(self, name: str) -> int:
        return int(self.texts[name])

    def days(self, name: str) -> timedelta:
        return timedelta(days=self.whole(name))

    def on(self, name: str) -> bool:
        return self.texts[name].lower() in ("true", "1")


def rules_of(settings: Settings, given: Mapping[str, Any] | None) -> Rules:
    """Defaults, over them the company's settings, over them the parameters of this run."""
    texts = dict(DEFAULTS)
    for layer in (settings.get("params", {}), given or {}):
        texts |= {name: str(value) for name, value in layer.items() if name in DEFAULTS}
    return Rules(texts)
