"""What counts as a record of the company, and emptying a database of them all."""

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models

from reports.exchange.settings_file import reset_settings
from team.models import Absence, Employment, Membership, Team, User, Wage

# Lists and rules that stay when the records go, beside sign-in accounts and the audit log.
STAYING = {
    "customers.tag",
    "sales.leadreason",
    "sales.leadsource",
    "sales.lossreason",
    "sales.outcome",
    "sales.pipeline",
    "sales.product",
    "sales.stage",
    "reports.parameters",
    "reports.target",
}
OF_PEOPLE: tuple[type[models.Model], ...] = (Absence, Employment, Membership, Wage)


def record_models() -> list[type[models.Model]]:
    """Every table whose rows are records."""
    found = [
        model
        for label in ("customers", "sales", "reports")
        for model in apps.get_app_config(label).get_models()
        if model._meta.label_lower not in STAYING
    ]
    return [*found, *OF_PEOPLE]


def has_records() -> bool:
    return any(model._default_manager.exists() for model in record_models())


def empty_database() -> None:
    """Remove all records and set the company's zone, currency, calendar, rules and stages back.

    People who can sign in stay, with their teams and rights, but without employment.
    """
    found = record_models()
    links = [column.m2m_db_table() for model in found for column in model._meta.many_to_many]
    tables = [*(model._meta.db_table for model in found), *links]
    # what was written in this transaction is checked now: PostgreSQL truncates no table with checks waiting
    connection.check_constraints()
    statements = connection.ops.sql_flush(no_style(), tables)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    User.objects.filter(email__isnull=True).delete()
    _remove_teams_without_people()
    reset_settings()


def _remove_teams_without_people() -> None:
    kept: set[int] = set()
    for path in Team.objects.filter(
        models.Q(people__isnull=False) | models.Q(manager__isnull=False)
    ).values_list("path", flat=True):
        kept |= {int(part) for part in path.split("/") if part}
    Team.objects.exclude(pk__in=kept).update(parent=None)
    Team.objects.exclude(pk__in=kept).delete()


def count_records() -> dict[str, int]:
    """How many rows of each kind `empty_database` would remove, by the kind's name."""
    return {
        str(model._meta.verbose_name_plural): model._default_manager.count()
        for model in record_models()
    }
