"""Form fields of stages: a choice of one by its pipeline, and a share in percent."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from crm.lib.parsing import Unreadable
from crm.lib.typed_fields import AmountField
from sales.models import Stage

HUNDRED = 100


class _ByPipeline(ModelChoiceIterator):
    """The stages under the names of their pipelines; of one pipeline alone, without its name."""

    field: "StageField"

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        stages = list(self.queryset)
        ways = [
            (str(pipeline), [self.choice(stage) for stage in of_it])
            for pipeline, of_it in groupby(stages, key=lambda stage: stage.pipeline)
        ]
        yield from ways if len(ways) > 1 else (choice for _name, way in ways for choice in way)


class StageField(forms.ModelChoiceField):
    """One of some stages, given in the order of `StageQuerySet.by_pipeline`."""

    iterator = _ByPipeline

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("queryset", Stage.objects.none())
        kwargs.setdefault("label", _("Stage"))
        super().__init__(**kwargs)


class PercentField(AmountField):
    """A share, typed and shown in percent: "25", "12,5 %". No share has thousands, so its one sign is the decimal."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(least=0, decimal=".", **kwargs)

    def read(self, text: str) -> Decimal:
        percent = super().read(text.replace("%", "").replace(",", ".").strip())
        if percent > HUNDRED:
            raise Unreadable(_("This is more than 100 percent."))
        return percent / HUNDRED

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(value * HUNDRED if isinstance(value, Decimal) else value)
