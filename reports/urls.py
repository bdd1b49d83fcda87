from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from reports.screens import all_screens
from reports.screens.screen import Screen
from reports.screens.stepping import declare_reports
from reports.views import (
    acts,
    disputes,
    export,
    layers,
    losses,
    mails,
    overview_file,
    pages,
    periods,
    rules,
    targets,
)
from team.access import ADMIN, DIRECTOR, MANAGER, SIGNED_IN, access

LEADERS = (MANAGER, ADMIN, DIRECTOR)
POSTS = (acts.plan_steps, acts.unplan_steps)
View = Callable[..., Any]


def _addresses_of(screen: Screen) -> list[URLPattern]:
    """A report's page, its drawers, files and acts. Everybody reads their own part of the losses; the
    analysis is for who leads others, and so are files."""
    readers: tuple[str, ...] = (SIGNED_IN,) if screen.is_for_all else LEADERS

    def at(rest: str, view: View, name: str, roles: tuple[str, ...] = readers) -> URLPattern:
        method = require_POST if view in POSTS else require_safe
        guarded = method(access(*roles)(view))
        return path(f"{screen.path}/{rest}", guarded, {"slug": screen.slug}, screen.slug + name)

    return [
        at("", pages.page, ""),
        at("how/", layers.how, "-how"),
        at("filters/", layers.narrowing, "-filters"),
        at("restated/", layers.restatement, "-restated"),
        at("export.<str:format>", export.export, "-export", LEADERS),
        at("act/", acts.preview_act, "-act"),
        at("plan/", acts.plan_steps, "-plan"),
        at("unplan/", acts.unplan_steps, "-unplan"),
    ]


urlpatterns = [
    path("losses/", losses.losses, name="losses"),
    path("losses/filters/", losses.losses_filters, name="losses-filters"),
    path("losses/first-steps/", losses.first_steps, name="first-steps"),
    path("losses/compute/", periods.compute, name="losses-compute"),
    path("losses/period/", periods.own_period, name="losses-period"),
    path("losses/export.<str:format>", overview_file.losses_export, name="losses-export"),
    path("losses/job/", periods.losses_job, name="losses-job"),
    path("losses/rules/", rules.rules, name="rules"),
    path("losses/questions/", disputes.dispute_list, name="dispute-list"),
    path("losses/questions/new/", disputes.dispute_new, name="dispute-new"),
    path(
        "losses/questions/<int:dispute_id>/answer/", disputes.dispute_answer, name="dispute-answer"
    ),
    path("losses/mail/", mails.loss_mail, name="loss-mail"),
    path("losses/targets/", targets.targets, name="targets"),
    path("losses/row/<int:evidence_id>/", layers.evidence_row, name="evidence-row"),
    *(each for screen in all_screens() for each in _addresses_of(screen)),
]
declare_reports()
