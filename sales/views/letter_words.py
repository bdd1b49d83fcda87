"""Administrators write what the letters to customers say, in each language."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST

from crm.lib.forms import posted_ref
from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid
from sales.handing_over.letter_forms import LetterForm
from sales.handing_over.letter_words import PLACEHOLDERS, Words, filled, restore
from sales.models import LetterTemplate
from team.access import ADMIN, SignedInRequest, access
from team.conflicts import conflict
from team.forms.common import refuse
from team.models import Company
from team.records import VersionConflict
from team.refusals import Refusal, taken_meanwhile

PAGE = "sales/letter_words.html"


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def letter_words(request: SignedInRequest, language: str) -> HttpResponse:
    """The words of a language with what becomes of them; a post stores them, or with `look` only shows that."""
    template = _template(language)
    form = LetterForm(request.POST or None, instance=template, viewer=request.user)
    if request.method != "POST":
        words = Words(form["subject"].value(), form["text"].value())
        return render(request, PAGE, _context(request, form, words))
    if template.client_ref is not None and template.client_ref == posted_ref(request):
        # the same post once more: these words are stored
        return SeeOther(_lists())
    is_valid = form.is_valid()
    if template.pk is not None and "version" not in request.POST:
        # begun while what ships was all there was; the form has what was typed, so what is stored is read anew
        return conflict(request, form, _template(language))
    if not is_valid:
        return invalid(request, PAGE, _context(request, form, None))
    words = Words(form.typed["subject"], form.typed["text"])
    if "look" in request.POST:
        return render(request, PAGE, _context(request, form, words))
    try:
        _store(form, language)
    except VersionConflict as error:
        return conflict(request, form, error.current)
    except Refusal as refusal:
        refuse(form, refusal)
        return invalid(request, PAGE, _context(request, form, words))
    say(request, _("New letters say this; what was approved goes as it was approved."))
    return SeeOther(_lists())


def _store(form: LetterForm, language: str) -> None:
    """Raises `VersionConflict`, and `Refusal` where somebody else was the first to write for this language."""
    if form.instance.pk is not None:
        form.change(form.instance)
        return
    sentence = _("Somebody has just written for this language. Look at it first.")
    with taken_meanwhile(sentence, "text"):
        form.add(LetterTemplate(language=language, **form.typed))


@require_POST
@access(ADMIN)
def letter_restore(request: SignedInRequest, language: str) -> HttpResponse:
    template = _template(language)
    if template.pk is not None:
        restore(template, by=request.user)
    say(request, _("New letters say again what ships with Mainstay."))
    return SeeOther(_lists())


def _template(language: str) -> LetterTemplate:
    if language not in dict(settings.LANGUAGES):
        raise Http404
    found = LetterTemplate.objects.filter(language=language).first()
    return found or LetterTemplate(language=language)


def _context(request: SignedInRequest, form: LetterForm, words: Words | None) -> dict[str, Any]:
    return {
        "form": form,
        "template": form.instance,
        "title": str(form.instance),
        "placeholders": [(f"{{{name}}}", told) for name, told in PLACEHOLDERS.items()],
        "examples": _examples(request, words, form.instance.language) if words else [],
        "back": {"url": _lists(), "title": _("Lists")},
    }


def _examples(request: SignedInRequest, words: Words, language: str) -> list[Words]:
    """A letter where everything is known, and one where what may be empty is."""
    user = request.user
    with override(language):
        contact, leaver = _("Olena Kovalenko"), _("Petro Shevchenko")
    told = {"contact": contact, "heir": user.name, "company": Company.get().name or "Mainstay"}
    full = {"heir_email": user.email or "name@company.com", "leaver": leaver}
    empty = {"heir_email": "", "leaver": ""}
    both = [
        Words(filled(words.subject, one), filled(words.text, one))
        for one in (told | full, told | empty)
    ]
    return both if both[0] != both[1] else both[:1]


def _lists() -> str:
    return f"{reverse('choice-lists')}#letters"
