"""The company's parameters: reading them, and setting a new version. Versions are never changed."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.rhythm_rule import RhythmRule
from reports.asking import RULES_CHANGED, figures_changed
from reports.models import Parameters
from reports.rules.catalogue import (
    CLASS_SHARES,
    BadParameter,
    as_json,
    check_pair,
    clean_values,
    defaults,
    stored_values,
)
from team.audit import changed, record
from team.models import User


class VersionTaken(Exception):
    """Somebody set the parameters after this person opened them."""


def in_force() -> Parameters | None:
    """The version in force; None while nobody has set any (the defaults hold)."""
    return Parameters.objects.order_by("-version").first()


def values_of(version: Parameters | None) -> dict[str, Any]:
    """All parameters of a version, cleaned; what it does not name has its default."""
    stored = version.values if version else {}
    return defaults() | stored_values(stored)


def rhythm_rule() -> RhythmRule:
    """The rule in force as the roll-up of `customers` takes it."""
    values = values_of(in_force())
    return RhythmRule(**{field.name: values[field.name] for field in fields(RhythmRule)})


def values_for(
    names: Iterable[str],
    overrides: Mapping[str, Any] | None = None,
    *,
    version: Parameters | None = None,
) -> dict[str, Any]:
    """What a report with these parameters runs with: the company's values, with `overrides` on top.

    An override may be any parameter; only those in `names` enter. Raises `BadParameter`, for those that
    contradict each other too.
    """
    values = values_of(version or in_force()) | clean_values(overrides or {})
    if overrides:
        check_pair(CLASS_SHARES, values)
    return {name: values[name] for name in names}


def hash_of(values: Mapping[str, Any]) -> str:
    """A key of the values: equal values, equal key."""
    text = json.dumps(as_json(values), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def set_parameters(
    values: Mapping[str, Any], *, by: User | None, reason: str, expected: int | None = None
) -> Parameters:
    """Put a new version in force: the old one with `values` on top. The same values again change nothing.

    A job takes the trend and the standard periods anew; snapshots of the old version stay as they are.

    `expected` is the version number the person saw (0 = none yet); raises `VersionTaken` if another is
    in force by now, `BadParameter` for a value that cannot stand or a missing reason.
    """
    if not reason.strip():
        raise BadParameter(_("Say why the rule changes."))
    cleaned = clean_values(values)
    try:
        with transaction.atomic():
            return _set(cleaned, by, reason.strip(), expected)
    except IntegrityError:
        # somebody was quicker: with the same, as of a form sent twice, or with something else
        with transaction.atomic():
            return _set(cleaned, by, reason.strip(), expected)


def _was_set_so(
    old: Parameters | None, after: dict[str, Any], by: User | None, reason: str
) -> bool:
    """The same person has set these very values for this very reason."""
    if old is None:
        return False
    return (old.values, old.set_by, old.reason) == (after, by, reason[:250])


def _set(cleaned: dict[str, Any], by: User | None, reason: str, expected: int | None) -> Parameters:
    old = in_force()
    check_pair(CLASS_SHARES, values_of(old) | cleaned)
    number = old.version if old else 0
    before = as_json(values_of(old))
    after = before | as_json(cleaned)
    if expected is not None and expected != number and not _was_set_so(old, after, by, reason):
        raise VersionTaken
    if old is not None and after == before:
        return old
    new = Parameters.objects.create(
        version=number + 1, values=after, set_by=by, reason=reason[:250]
    )
    was, now = changed(before, after)
    figures_changed(f"{RULES_CHANGED} {new.version}")
    record(
        "set-parameters",
        new,
        by=by,
        before={"version": number, **was},
        after={"version": new.version, "reason": reason, **now},
    )
    return new
