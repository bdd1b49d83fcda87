"""`settings.json`: the company's zone, currency and calendar, the parameters, the shares of the stages."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from crm.lib.periods import SINCE_EVER, zone_names
from reports.exchange.cells import DAY, Unreadable
from reports.exchange.reading import SETTINGS, Problem
from reports.rules.catalogue import (
    CLASS_SHARES,
    BadParameter,
    as_json,
    check_pair,
    clean_values,
    defaults,
)
from reports.rules.parameters import in_force, set_parameters, values_of
from sales.models import Pipeline, Stage
from sales.models.choices import SHIPPED_STAGES
from team.models import Company, CompanyPast, Holiday


@dataclass(frozen=True)
class Settings:
    """What the file says, cleaned; a name it does not have leaves the company as it is."""

    values: dict[str, Any]

    @property
    def zone(self) -> ZoneInfo | None:
        name = self.values.get("tz")
        return ZoneInfo(name) if name else None


def read_settings(folder: Path) -> tuple[Settings, list[Problem]]:
    path = folder / SETTINGS
    if not path.is_file():
        return Settings({}), []
    try:
        given = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except json.JSONDecodeError as error:
        return Settings({}), [Problem(SETTINGS, error.lineno, f"is not JSON: {error.msg}")]
    except UnicodeDecodeError:
        return Settings({}), [Problem(SETTINGS, 1, "is not UTF-8")]
    except (RecursionError, ValueError):
        # lists within lists without end, a number of thousands of digits
        return Settings({}), [Problem(SETTINGS, 1, "is no JSON that can be read")]
    if not isinstance(given, dict):
        return Settings({}), [Problem(SETTINGS, 1, "is not an object of names and values")]
    return _cleaned(given)


def _cleaned(given: dict[str, Any]) -> tuple[Settings, list[Problem]]:
    values: dict[str, Any] = {}
    wrong = []
    for name, value in given.items():
        if name not in READERS:
            wrong.append(f"there is no setting {json.dumps(name, ensure_ascii=False)}")
            continue
        try:
            values[name] = READERS[name](value)
        except Unreadable as unreadable:
            wrong.append(f"{name} {unreadable}")
    start, end = values.get("work_start"), values.get("work_end")
    if start and end and start >= end:
        wrong.append("work_end is not after work_start")
    return Settings(values), [Problem(SETTINGS, 1, sentence) for sentence in wrong]


def _zone(value: Any) -> str:
    if isinstance(value, str) and value in zone_names():
        return value
    raise Unreadable(f"is no time zone: {value!r}")


def _currency(value: Any) -> str:
    if isinstance(value, str) and 0 < len(value) <= 3:
        return value
    raise Unreadable(f"is no currency of three letters: {value!r}")


def _workdays(value: Any) -> list[int]:
    days = value if isinstance(value, list) else [None]
    if all(type(day) is int and 0 <= day <= 6 for day in days):
        return sorted(set(days))
    raise Unreadable(f"is no list of weekdays (0 = Monday to 6): {value!r}")


def _holidays(value: Any) -> list[date]:
    if not isinstance(value, list) or not all(isinstance(day, str) for day in value):
        raise Unreadable("is no list of dates")
    return sorted({DAY.read(day) for day in value})


def _hour(value: Any) -> time:
    try:
        return time.fromisoformat(value if isinstance(value, str) and len(value) == 5 else "")
    except ValueError as error:
        raise Unreadable(f"is no time of day (HH:MM): {value!r}") from error


def _shares(value: Any) -> dict[str, Decimal]:
    if not isinstance(value, dict):
        raise Unreadable("is no object of stages and shares")
    return {stage: _share(stage, share) for stage, share in value.items()}


def _share(stage: str, value: Any) -> Decimal:
    try:
        share = Decimal(str(value))
    except InvalidOperation:
        share = Decimal(-1)
    if len(stage) > 100 or not (share.is_finite() and 0 <= share <= 1):
        raise Unreadable(f"has no share from 0 to 1 for {stage!r}: {value!r}")
    return round(share, 8)


def _params(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unreadable("is no object of names and values")
    try:
        cleaned = clean_values(value)
        check_pair(CLASS_SHARES, defaults() | cleaned)
        return as_json(cleaned)
    except BadParameter as bad:
        raise Unreadable(f"cannot stand: {bad}") from bad


READERS: dict[str, Callable[[Any], Any]] = {
    "tz": _zone,
    "base_currency": _currency,
    "workdays": _workdays,
    "holidays": _holidays,
    "work_start": _hour,
    "work_end": _hour,
    "params": _params,
    "stage_probability": _shares,
}
COLUMNS = {
    "tz": "time_zone",
    "base_currency": "base_currency",
    "workdays": "workdays",
    "work_start": "work_start",
    "work_end": "work_end",
}


def store_settings(settings: Settings) -> None:
    company, values = Company.get(), settings.values
    for name, column in COLUMNS.items():
        if name in values:
            setattr(company, column, values[name])
    # the tables tell one calendar, and it holds since ever
    company.recorded_on = None
    company.version += 1
    company.save()
    CompanyPast.objects.all().delete()
    if "holidays" in values:
        Holiday.objects.exclude(on__in=values["holidays"], deleted_on=None).delete()
        Holiday.objects.update(recorded_on=SINCE_EVER)
        known = Holiday.all_days()
        Holiday.objects.bulk_create(
            Holiday(on=day, recorded_on=SINCE_EVER)
            for day in values["holidays"]
            if day not in known
        )
    if "params" in values:
        _store_params(values["params"])


def _store_params(given: dict[str, Any]) -> None:
    """A new version of all parameters, if it is another one: what is not given has its default."""
    wanted = as_json(defaults()) | given
    if as_json(values_of(in_force())) != wanted:
        set_parameters(wanted, by=None, reason="Loaded with the exchange tables.")


def reset_settings() -> None:
    """Everything the file can say, as a new database has it."""
    fresh, company = Company(), Company.get()
    for column in COLUMNS.values():
        setattr(company, column, getattr(fresh, column))
    if company.is_demo:
        company.name, company.is_demo = "", False
    company.version += 1
    company.save()
    CompanyPast.objects.all().delete()
    Holiday.objects.all().delete()
    _store_params({})
    Stage.objects.exclude(key__in=SHIPPED_STAGES).delete()
    Pipeline.objects.exclude(stages__key__in=SHIPPED_STAGES).delete()
    for order, (key, (_name, _kind, share)) in enumerate(SHIPPED_STAGES.items(), start=1):
        Stage.objects.filter(key=key).update(order=order, win_share=Decimal(share))


def stored_settings() -> dict[str, Any]:
    """What the company is set to, by the names of the file, in the form that reading gives."""
    company, version = Company.get(), in_force()
    values = {name: getattr(company, column) for name, column in COLUMNS.items()}
    # the ends of other pipelines are dumped as won and lost
    told = Stage.objects.filter(Q(kind=Stage.Kind.OPEN) | Q(key__in=SHIPPED_STAGES))
    stages = told.order_by("order", "pk").values_list("key", "win_share")
    return {
        **values,
        "holidays": sorted(Holiday.all_days()),
        "params": as_json(values_of(version)) if version else {},
        "stage_probability": dict(stages),
    }


def settings_as_json(values: dict[str, Any]) -> dict[str, Any]:
    hours = {name: f"{values[name]:%H:%M}" for name in ("work_start", "work_end")}
    return {
        **values,
        **hours,
        "holidays": [day.isoformat() for day in values["holidays"]],
        "params": {name: _plain(value) for name, value in values_of(in_force()).items()}
        if values["params"]
        else {},
        "stage_probability": {
            stage: _plain(share) for stage, share in values["stage_probability"].items()
        },
    }


def _plain(value: Any) -> Any:
    """A decimal as a JSON number: few places pass through a float unharmed."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == int(value) else float(value)
