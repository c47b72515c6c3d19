"""Receiving a file: its size is limited while it comes, its format judged by its content, never by its name."""

from __future__ import annotations

import codecs
import hashlib
import shutil
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from alcance.files import whole_file
from alcance.office.accounts.permissions import may
from alcance.office.accounts.refusals import NotAllowed
from alcance.office.register.imports.formats import BLOCK, MOST_IN_LINE, BadFile, sniff
from alcance.office.register.imports.reading import in_utf8
from alcance.office.register.models import ImportBatch

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from alcance.office.accounts.models import Person

ENCODING_FALLBACK = "cp1252"


@transaction.atomic
def receive(file: IO[bytes], name: str, person: Person, *, at: dt.datetime) -> ImportBatch:
    """Store a file of sites and find out its format.

    Parameters
    ----------
    file
        Read from its beginning, block by block.
    name
        As its owner calls it; shown, not trusted.

    Raises
    ------
    BadFile
        Where it is empty, too large, or none of CSV, XLSX, GeoPackage and Parquet.
    NotAllowed
        Where the person may not bring files.
    """
    if not may(person, "import", "add"):
        raise NotAllowed(_("You may not bring files of sites."))
    batch = ImportBatch.objects.create(
        file_name=name.replace("\0", "")[-200:] or "file", digest="", suffix="", organisation=person.acting_for,
        uploaded_by=person, uploaded_at=at,
    )  # fmt: skip
    batch.folder.mkdir(parents=True, exist_ok=True)
    try:
        incoming = batch.folder / "incoming"
        batch.digest = _store(file, incoming)
        batch.suffix = sniff(incoming)
        incoming.rename(batch.source)
        if batch.suffix == ".csv":
            _check_text(batch.source)
    except BaseException:
        shutil.rmtree(batch.folder, ignore_errors=True)
        raise
    batch.save()
    return batch


def _store(file: IO[bytes], path: Path) -> str:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as out:
        while block := file.read(BLOCK):
            size += len(block)
            if size > settings.IMPORT_MOST_BYTES:
                limit = settings.IMPORT_MOST_BYTES // 1_000_000
                raise BadFile(_("the file is larger than %(limit)s MB; split it") % {"limit": limit})
            digest.update(block)
            out.write(block)
    if size == 0:
        raise BadFile(_("the file is empty"))
    return digest.hexdigest()


def _check_text(path: Path) -> None:
    """Refuse endless lines, and write the copy in UTF-8 of a file in Windows' western encoding."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, length = True, 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            first, _newline, rest = block.partition(b"\n")
            if length + len(first) > MOST_IN_LINE:
                raise BadFile(_("a line of the file is longer than any of a table"))
            length = len(block) - block.rfind(b"\n") if rest or _newline else length + len(block)
            if is_utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    is_utf8 = False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        is_utf8 = False
    if not is_utf8:
        _write_utf8(path)


def _write_utf8(path: Path) -> None:
    with path.open("rb") as lines, whole_file(in_utf8(path)) as beside, beside.open("wb") as out:
        for number, line in enumerate(lines, start=1):
            try:
                out.write(line.decode(ENCODING_FALLBACK).encode())
            except UnicodeDecodeError as error:
                words = _("line %(line)s is neither in UTF-8 nor in Windows-1252; save the file as 'CSV UTF-8'")
                raise BadFile(words % {"line": number}) from error
