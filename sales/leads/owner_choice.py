"""Choosing who answers for a lead: a person, or whom the rules say."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from sales.leads.assigning import has_rules
from team.models import User

BY_RULES = "rules"


class _RulesFirst(ModelChoiceIterator):
    """The empty choice, the rules, then the people."""

    def __iter__(self) -> Iterator[Any]:
        choices = super().__iter__()
        yield next(choices)
        if has_rules():
            yield BY_RULES, _("By the rules")
        yield from choices


class LeadOwnerField(forms.ModelChoiceField):
    """Somebody, nobody, or `BY_RULES` where there are any."""

    iterator = _RulesFirst

    def __init__(self, empty_label: Any) -> None:
        super().__init__(
            label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=empty_label
        )

    def to_python(self, value: Any) -> Any:
        return BY_RULES if value == BY_RULES and has_rules() else super().to_python(value)
