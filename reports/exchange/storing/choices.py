"""Lists that people edit (sources, stages, outcomes), grown by the words that the tables use."""

from decimal import Decimal
from typing import Any

from django.db.models import F

from sales.models import LeadSource, Outcome, Pipeline, Stage
from team.models import Choice

CLOSING = {"won": Stage.Kind.WON, "lost": Stage.Kind.LOST}
# Behind what ships with the product.
FIRST_NEW = 100


class Words:
    """Key -> primary key of one list; a word that is not there yet becomes an entry of its own."""

    def __init__(self, model: type[Choice], **fields: Any) -> None:
        self.model, self.fields = model, fields
        self.ids: dict[str, int] = dict(model._default_manager.values_list("key", "pk"))
        self.made: list[str] = []

    def pk(self, word: str) -> int:
        if word not in self.ids:
            entry = self.model(key=word, name=word[:100], order=FIRST_NEW, **self.of(word))
            entry.save()
            self.ids[word] = entry.pk
            self.made.append(word)
        return self.ids[word]

    def of(self, word: str) -> dict[str, Any]:
        return self.fields

    def settle(self) -> None:
        """Order the new entries by their words, so that the order of the rows plays no part."""
        for place, word in enumerate(sorted(self.made)):
            order = min(FIRST_NEW + place, 30_000)
            self.model._default_manager.filter(pk=self.ids[word]).update(order=order)


class StageWords(Words):
    def of(self, word: str) -> dict[str, Any]:
        return {**self.fields, "kind": CLOSING.get(word, Stage.Kind.OPEN)}

    def name(self, shares: dict[str, Decimal]) -> None:
        """The company's own stages with their usual share of wins, in their order, before all others."""
        if not shares:
            return
        Stage.objects.exclude(key__in=shares).update(order=F("order") + len(shares))
        for place, (word, share) in enumerate(shares.items(), start=1):
            Stage.objects.filter(pk=self.pk(word)).update(order=place, win_share=share)
        self.made = [word for word in self.made if word not in shares]


def sources() -> Words:
    return Words(LeadSource)


def outcomes() -> Words:
    return Words(Outcome)


def stages() -> StageWords:
    pipeline, _made = Pipeline.objects.get_or_create(
        key="default", defaults={"name": "Sales", "order": 1}
    )
    return StageWords(Stage, pipeline=pipeline)
