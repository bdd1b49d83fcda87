"""Importing people: who works here, in which team, since when. They are invited later, on screen."""

import re
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.lib.parsing import Unreadable
from crm.lib.text import normalise_email, sort_key
from crm.lib.typed_fields import AddressField
from customers.importing.columns import Column, Day, Refers, Style, Text
from customers.importing.fields import LANGUAGE, reference_column
from customers.importing.importer import REFERENCE, Importer, Key, importer
from customers.importing.lookups import Lookup
from customers.importing.rows import NEW, SAME, Row, Run
from customers.importing.taking_back import Back
from team.access import ADMIN, DIRECTOR, MANAGER, REP
from team.departures import end_employment
from team.hiring import hire
from team.models import Employment, Membership, Team, User
from team.refusals import Refusal
from team.teams import add_team

_ROLES = {
    "rep": REP,
    "sales rep": REP,
    "менеджер": REP,
    "менеджер з продажу": REP,
    "manager": MANAGER,
    "керівник": MANAGER,
    "admin": ADMIN,
    "administrator": ADMIN,
    "адміністратор": ADMIN,
    "director": DIRECTOR,
    "директор": DIRECTOR,
}


class Roles(Column):
    """One or more roles, parted by commas, semicolons or plus signs."""

    def read(self, text: str, style: Style) -> frozenset[str]:
        names = [name.strip().casefold() for name in re.split(r"[,;+/]", text) if name.strip()]
        for name in names:
            if name not in _ROLES:
                raise Unreadable(
                    _("“%(typed)s” is no role. Roles are: rep, manager, admin, director."),
                    typed=name,
                )
        return frozenset(_ROLES[name] for name in names)


def open_teams(by: User | None) -> "QuerySet[Team]":
    return Team.objects.filter(is_active=True)


@importer
class PeopleImporter(Importer):
    target = "people"
    feeds_figures = True
    model = User
    roles = (ADMIN,)
    leading = frozenset()
    makes = frozenset({"team"})
    keys = (
        REFERENCE,
        Key("email", "email", normalise_email),
        Key("name", "sort_name", sort_key),
    )
    parts = ((Employment, "user"), (Membership, "user"))
    columns = (
        reference_column("rep id", "user id", "employee id", "табельний номер"),
        Text(
            "name",
            gettext_lazy("Name"),
            also=(
                "full name",
                "person",
                "rep",
                "sales agent",
                "employee",
                "ім'я",
                "піб",
                "працівник",
            ),
            required=True,
            field=forms.CharField(max_length=150),
        ),
        Text(
            "email",
            gettext_lazy("E-mail"),
            also=("mail", "пошта", "електронна пошта", "імейл"),
            field=AddressField(),
        ),
        Refers(
            "team",
            gettext_lazy("Team"),
            also=("office", "regional office", "department", "команда", "відділ", "офіс"),
            lookup=Lookup(open_teams, (("reference", str), ("name", str))),
        ),
        Roles("roles", gettext_lazy("Roles"), also=("role", "роль", "ролі")),
        LANGUAGE,
        Day(
            "hired_on", gettext_lazy("Hired on"), also=("hired", "start date", "since", "прийнято")
        ),
        Day("left_on", gettext_lazy("Last day"), also=("left", "end date", "звільнено")),
    )

    def visible(self, by: User | None) -> "QuerySet[Any]":
        return User.objects.all()

    def make(self, name: str, texts: list[str], run: Run) -> dict[str, Model]:
        made: dict[str, Model] = {}
        for text in texts:
            made[text], _new = add_team(Team(name=text[:100]), by=run.by)
            run.note_made(made[text])
        return made

    def check(self, row: Row, run: Run) -> None:
        hired, left = row.clean.get("hired_on") or run.today, row.clean.get("left_on")
        row.clean["hired_on"] = hired
        if hired > run.today:
            row.refuse(_("This day has not come yet."), self.column("hired_on").label)
        if left and left < hired:
            row.refuse(_("The last day lies before the first."), self.column("left_on").label)

    def match(self, rows: list[Row], run: Run) -> None:
        """Besides, no two people share an e-mail."""
        super().match(rows, run)
        new = [row for row in rows if row.verdict == NEW and row.clean.get("email")]
        emails = User.objects.filter(email__in=[row.clean["email"] for row in new])
        taken = set(emails.values_list("email", flat=True))
        for row in new:
            email = row.clean["email"]
            earlier = run.seen.setdefault(("email", email), row.number)
            if earlier != row.number:
                told = _("Row %(row)s has the same.") % {"row": earlier}
                row.refuse(told, self.column("email").label)
            elif email in taken:
                told = _("“%(typed)s” is taken.") % {"typed": email}
                row.refuse(told, self.column("email").label)

    def compare(self, row: Row, record: Any, run: Run) -> None:
        """People are kept on screen, by rules of their own; a file only adds."""
        row.record, row.verdict = record, SAME

    def store(self, rows: list[Row], run: Run) -> None:
        """One after the other: people are few, and hiring keeps rules that a set would pass by."""
        for row in rows:
            if row.verdict != NEW:
                continue
            try:
                with transaction.atomic():
                    self._hire(row, run)
            except Refusal as refusal:
                row.refuse(str(refusal))

    def _hire(self, row: Row, run: Run) -> None:
        clean = row.clean
        roles = clean.get("roles") or frozenset({REP})
        user = User(
            name=clean["name"],
            email=clean.get("email") or None,
            language=clean.get("language") or "en",
            **{f"is_{role}": role in roles for role in (REP, MANAGER, ADMIN, DIRECTOR)},
        )
        user.reference = clean.get("reference") or user.reference
        user, _made = hire(
            user, on=clean["hired_on"], team=clean.get("team"), invite=False, by=run.by
        )
        if clean.get("left_on"):
            end_employment(
                user, last_day=clean["left_on"], reason="", sign_in_ends_now=False, by=run.by
            )
        row.record = user

    def retire(self, records: "QuerySet[Any]", back: Back) -> None:
        """Nothing names them, so nobody has reckoned with them."""
        self.remove(list(records.values_list("pk", flat=True)))
