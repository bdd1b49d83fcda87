"""A stranger who fills in a form."""

from datetime import timedelta
from typing import Any

import time_machine
from django.test import Client
from django.utils import timezone

from sales.models import WebForm
from sales.public.spam import stamp

ANNA = {"name": "Анна Коваль", "phone": "067 555 33 18"}


def shown(form: WebForm, seconds: int = 20) -> str:
    with time_machine.travel(timezone.now() - timedelta(seconds=seconds), tick=False):
        return stamp(form)


def send(form: WebForm, browser: Client | None = None, **said: str) -> Any:
    typed = {"shown": shown(form)} | ANNA | said
    return (browser or Client()).post(f"/f/{form.token}/", typed)
