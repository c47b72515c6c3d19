"""Make the downloads of the whole register, as a timer does every night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from alcance.office.public.downloads.making import prune, write
from alcance.office.public.models import Export, ExportFormat

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Writes every format, or those that are named, and removes files that newer ones have replaced."""

    help = "make the downloads of the whole register"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Formats may be named."""
        parser.add_argument("formats", nargs="*", choices=[*ExportFormat.values, []])

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Write."""
        for form in options["formats"] or ExportFormat.values:
            export = write(Export.objects.create(format=form, asked_at=timezone.now()))
            self.stdout.write(f"{export.file_name}: {export.rows} rows, {export.bytes} bytes, sha256 {export.sha256}")
        removed = prune()
        self.stdout.write(f"{removed} old files removed")
