"""`manage.py add_admin EMAIL NAME`: the first person of a new company."""

from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from crm.lib.text import normalise_email
from team.audit import record
from team.models import User


class Command(BaseCommand):
    help = "Make an administrator who is also director, asking for the password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, *, email: str, name: str, **options: Any) -> None:
        email = normalise_email(email)
        password = getpass("Password: ")
        if getpass("The same again: ") != password:
            raise CommandError("The two passwords differ. Nobody was added.")
        new = User(email=email, name=name, is_admin=True, is_director=True)
        try:
            validate_email(email)
            validate_password(password, new)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if User.objects.filter(email=email).exists():
            raise CommandError(f"{email} has an account already.")
        new.set_password(password)
        with transaction.atomic():
            new.save()
            record("create", new, by=None, after={"email": email, "name": name})
        self.stdout.write(f"{name} can sign in as {email}.")
