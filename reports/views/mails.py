"""Whether the losses in one's sight come by mail, and how often."""

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, respond
from reports.models import Subscription
from reports.overview.mailing import subscribe
from team.access import SIGNED_IN, SignedInRequest, access

PAGE = "reports/mail_settings.html"


class MailForm(forms.Form):
    every = forms.ChoiceField(
        label=gettext_lazy("Send me the losses"),
        choices=[("", gettext_lazy("not at all")), *Subscription.Every.choices],
        required=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def loss_mail(request: SignedInRequest) -> HttpResponse:
    held = Subscription.objects.filter(user=request.user).first()
    form = MailForm(request.POST or None, initial={"every": held.every if held else ""})
    context = {"form": form, "person": request.user}
    if request.method != "POST":
        return respond(request, PAGE, context)
    if not form.is_valid():
        return invalid(request, PAGE, context)
    subscribe(request.user, form.cleaned_data["every"])
    say(request, _("Saved."))
    return SeeOther(reverse("loss-mail"))
