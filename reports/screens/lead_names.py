"""Names of what leads and deals are split by: sources, campaigns, reasons, stages, weekdays, bands."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from crm.lib.locales import active_locale
from reports.definitions.speed import BANDS
from sales.models import Campaign, LeadSource, LossReason, Stage
from team.models import User


def source_names(keys: Sequence[str]) -> Mapping[str, str]:
    return {one.key: str(one) for one in LeadSource.objects.filter(key__in=keys)}


def reason_names(keys: Sequence[str]) -> Mapping[str, str]:
    """Why deals were lost."""
    return {one.key: str(one) for one in LossReason.objects.filter(key__in=keys)}


def stage_names(keys: Sequence[str]) -> Mapping[str, str]:
    return {one.key: str(one) for one in Stage.objects.filter(key__in=keys)}


def campaign_names(keys: Sequence[str]) -> Mapping[str, str]:
    return dict(Campaign.objects.filter(reference__in=keys).values_list("reference", "name"))


def people_names(keys: Sequence[str]) -> Mapping[str, str]:
    """Of references of people that rows are told of: who left, who took over."""
    return dict(User.objects.filter(reference__in=keys).values_list("reference", "name"))


def weekday_names(keys: Sequence[str]) -> Mapping[str, str]:
    names = active_locale().weekdays
    return {key: names[int(key)] for key in keys if key.isdigit() and int(key) < len(names)}


def band_names(keys: Sequence[str]) -> Mapping[str, str]:
    return {key: str(label) for key, label in BANDS}


def yes_or_no(keys: Sequence[str]) -> Mapping[str, str]:
    return {"0": _("no"), "1": _("yes")}


NAMES: dict[str, Callable[[Sequence[str]], Mapping[str, Any]]] = {
    "source": source_names,
    "campaign": campaign_names,
    "band": band_names,
}
