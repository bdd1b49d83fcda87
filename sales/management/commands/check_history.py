"""`manage.py check_history`: whose customers and leads were when, proved on the database there is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sales.handing_over.checking_history import TOLD, check_history
from team.models import Company


class Command(BaseCommand):
    help = (
        "Check that every customer and lead has one owner at a time, that the owner shown is the one of the open "
        "period, and that the log says the same. Changes nothing; exit code 1 where something is wrong."
    )

    def handle(self, **options: Any) -> None:
        wrong = 0
        for checked in check_history(Company.get().today.isoformat()):
            self.stdout.write(
                f"{checked.book}: {checked.subjects} records, {checked.periods} periods, "
                f"{checked.gaps} times without an owner, {len(checked.faults)} faults"
            )
            for fault in checked.faults[:TOLD]:
                self.stdout.write(f"  {fault.sort}: {fault.book} {fault.subject} ({fault.said})")
            wrong += len(checked.faults)
        if wrong:
            raise CommandError(f"{wrong} faults.")
        self.stdout.write("The history holds together.")
