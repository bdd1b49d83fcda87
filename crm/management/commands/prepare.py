"""Readies the database for `start`: migrations, static files, a demonstration company if empty.

Prints one line of JSON: how many users there are, and who may sign in to the demonstration.
"""

import json
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from reports.demo.people import SIGN_INS
from reports.demo.staff import PASSWORD
from team.jobs.schedule import ask_due
from team.models import Company, User


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            call_command("migrate", interactive=False, verbosity=0, stdout=self.stderr)
        except DatabaseError as error:
            raise CommandError(_why(error)) from error
        call_command("collectstatic", interactive=False, verbosity=0, stdout=self.stderr)
        if not settings.PRODUCTION and not User.objects.exists():
            call_command("seed", size="demo", stdout=self.stderr)
        ask_due(
            timezone.now()
        )  # what fell due while nothing ran; the beat's first look is a minute off
        self.stdout.write(json.dumps(_what_there_is()))


def _what_there_is() -> dict[str, Any]:
    demo = Company.objects.filter(is_demo=True).exists()
    signed_up = User.objects.filter(email__in=SIGN_INS, is_active=True) if demo else []
    known = {user.email: user for user in signed_up if user.check_password(PASSWORD)}
    return {
        "users": User.objects.count(),
        "password": PASSWORD,
        "people": [
            {"email": email, "roles": ", ".join(sorted(known[email].roles))}
            for email in SIGN_INS
            if email in known
        ],
    }


def _why(error: DatabaseError) -> str:
    said = " ".join(str(error).split())
    if connection.vendor == "sqlite":
        where = connection.settings_dict["NAME"]
        return (
            f"the database {where} cannot be written ({said}); make it and its folder writable, "
            "or name another in DATABASE_URL"
        )
    return f"the database in DATABASE_URL does not let us in or cannot be changed ({said})"
