"""Choosing with whom a customer is merged, who of the two stays, and what the one that stays says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import ClientRefField, VersionField
from customers.models import Customer
from customers.picking import PickField
from team.models import User

FIELDS = (
    "name",
    "segment",
    "region",
    "place",
    "phone",
    "email",
    "website",
    "language",
    "currency",
    "note",
)
THIS, OTHER, BOTH = "this", "other", "both"


def label_of(name: str) -> str:
    column: Any = Customer._meta.get_field(name)
    return str(column.verbose_name)


class OtherForm(forms.Form):
    """With whom: another customer that the viewer sees, neither merged nor in the bin."""

    other = PickField("customer", Customer.everything.none(), label=_("Merge with"))

    def __init__(self, *args: Any, customer: Customer, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        other: Any = self.fields["other"]
        other.viewer = viewer
        other.queryset = Customer.visible_to(viewer).listed().exclude(pk=customer.pk)


@dataclass(frozen=True)
class Option:
    """What one side says of a field; `key` chooses it, and is empty where there is nothing to choose."""

    key: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class Row:
    """A field of both: `options` are this one's and the other's, `both` the two together (notes alone)."""

    name: str
    label: str
    options: tuple[Option, Option]
    both: Option | None = None


class MergeForm(forms.Form):
    """Two customers side by side: `keep` names the one that stays, each field whose value it has."""

    client_ref = ClientRefField()
    keep = forms.ChoiceField(
        choices=[(THIS, THIS), (OTHER, OTHER)],
        error_messages={"required": _("Choose which customer stays.")},
    )
    version = VersionField()
    other_version = VersionField()

    def __init__(self, *args: Any, customer: Customer, other: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sides = {THIS: customer, OTHER: other}
        self.fields["keep"].initial = OTHER if _weight(other) > _weight(customer) else THIS
        self.fields["version"].initial = customer.version
        self.fields["other_version"].initial = other.version
        for name in self.differing:
            keys = [THIS, OTHER, BOTH] if name == "note" else [THIS, OTHER]
            self.fields[name] = forms.ChoiceField(
                choices=[(key, key) for key in keys], initial=self._best(name)
            )

    @property
    def differing(self) -> list[str]:
        return [name for name in FIELDS if self._said(name, THIS) != self._said(name, OTHER)]

    def _said(self, name: str, side: str) -> str:
        if side == BOTH:
            return f"{self._said(name, THIS)}\n{self._said(name, OTHER)}".strip()
        return str(getattr(self.sides[side], name))

    def _best(self, name: str) -> str:
        """Nothing that was written is lost unless somebody chooses so."""
        keep = str(self.fields["keep"].initial)
        drop = OTHER if keep == THIS else THIS
        if not self._said(name, keep):
            return drop
        return BOTH if name == "note" and self._said(name, drop) else keep

    def rows(self) -> Iterator[Row]:
        """Each field of which at least one side says something."""
        for name in FIELDS:
            texts = self._said(name, THIS), self._said(name, OTHER)
            if any(texts):
                yield self._row(name, texts)

    def _row(self, name: str, texts: tuple[str, str]) -> Row:
        label = label_of(name)
        if name not in self.fields:
            same = Option("", texts[0], False), Option("", texts[1], False)
            return Row(name, label, same)
        chosen = self[name].value()
        this = Option(THIS, texts[0], chosen == THIS)
        other = Option(OTHER, texts[1], chosen == OTHER)
        both = Option(BOTH, "", chosen == BOTH) if name == "note" and all(texts) else None
        return Row(name, label, (this, other), both)

    @property
    def is_stale(self) -> bool:
        """One of them was saved after the form was opened: what there is to choose from may be other."""
        opened = [self[name].value() for name in ("version", "other_version")]
        return opened != [str(row.version) for row in self.sides.values()]

    @property
    def kept(self) -> str:
        return str(self["keep"].value())

    @property
    def survivor(self) -> Customer:
        return self.sides[self.cleaned_data["keep"]]

    @property
    def merged(self) -> Customer:
        return self.sides[OTHER if self.cleaned_data["keep"] == THIS else THIS]

    @property
    def taken(self) -> dict[str, str]:
        """What the survivor is to say in place of its own values."""
        chosen = {name: self.cleaned_data[name] for name in self.differing}
        return {name: self._said(name, side) for name, side in chosen.items()}

    @property
    def versions(self) -> dict[int, int]:
        values = self.cleaned_data
        return {
            self.sides[THIS].pk: values["version"],
            self.sides[OTHER].pk: values["other_version"],
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        note = Customer._meta.get_field("note")
        longest = getattr(note, "max_length", None)
        if values.get("note") == BOTH and longest and len(self._said("note", BOTH)) > longest:
            self.add_error("note", _("Both notes together are too long. Choose one of them."))
        return values


def _weight(customer: Customer) -> tuple[int, int, int]:
    """Who is proposed to stay: who buys more, bought more often, was there first."""
    return (customer.annual_cents, customer.purchases, -customer.pk)
