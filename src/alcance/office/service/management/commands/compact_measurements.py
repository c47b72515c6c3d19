"""Put the measurements of past days together, a file a day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from alcance.office.service import store

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Compact every day before one."""

    help = "Put the small files of past days of measurements together, a file a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The day from which on files are left as they are."""
        parser.add_argument("--before", help="a day (YYYY-MM-DD); yesterday unless told")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Compact, and say what was done."""
        try:
            told = options["before"]
            before = dt.date.fromisoformat(told) if told else timezone.now().astimezone(dt.UTC).date() - dt.timedelta(1)
        except ValueError as error:
            raise CommandError("--before must be a day, as 2026-03-02") from error
        days = [day for day in store.days_stored() if day < before]
        files = sum(store.compact(day) for day in days)
        self.stdout.write(f"{len(days)} days, {files} files put together")
