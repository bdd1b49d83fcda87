from django.urls import path

from reports.views import acts, churn, disputes, export, how, losses, rules, targets

urlpatterns = [
    path("losses/", losses.losses, name="losses"),
    path("losses/compute/", acts.compute, name="losses-compute"),
    path("losses/job/", losses.losses_job, name="losses-job"),
    path("losses/rules/", rules.rules, name="rules"),
    path("losses/questions/", disputes.dispute_list, name="dispute-list"),
    path("losses/questions/new/", disputes.dispute_new, name="dispute-new"),
    path(
        "losses/questions/<int:dispute_id>/answer/", disputes.dispute_answer, name="dispute-answer"
    ),
    path("losses/targets/", targets.targets, name="targets"),
    path("losses/customers-leaving/", churn.churn, name="churn"),
    path("losses/customers-leaving/how/", how.churn_how, name="churn-how"),
    path("losses/customers-leaving/plan/", acts.plan, name="churn-plan"),
    path("losses/customers-leaving/unplan/", acts.unplan, name="churn-unplan"),
    path("losses/customers-leaving/export.<str:format>", export.churn_export, name="churn-export"),
]
