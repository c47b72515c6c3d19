"""An import from beginning to end, for the command line: received, mapped as guessed, checked, applied if wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alcance.office.register.imports.apply import apply
from alcance.office.register.imports.check import check
from alcance.office.register.imports.formats import BadFile
from alcance.office.register.imports.mapping import guess, layouts
from alcance.office.register.imports.reading import read
from alcance.office.register.imports.upload import receive
from alcance.office.register.models import BatchState

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path

    from alcance.office.accounts.models import Person
    from alcance.office.register.models import ImportBatch


def import_file(
    path: Path,
    person: Person,
    *,
    at: dt.datetime,
    layout: str | None = None,
    approve: bool = False,
    tell: Callable[[int, int, str], None] = lambda _done, _total, _words: None,
) -> ImportBatch:
    """Bring a file in as a person would by the pages.

    Parameters
    ----------
    layout
        One that is ready made, or None to guess it.
    approve
        Whether to apply it at once where it would change anything; else it waits for approval.

    Raises
    ------
    BadFile
        Where the file or the layout is none that we know.
    InputError
        Where the file cannot be read.
    """
    if layout is not None and layout not in layouts():
        raise BadFile(f"no layout is called {layout}; there are {', '.join(layouts())}")
    try:
        file = path.open("rb")
    except OSError as error:
        raise BadFile(f"{path}: cannot be read ({error.strerror})") from None
    with file:
        try:
            batch = receive(file, path.name, person, at=at)
        except BadFile as error:
            raise BadFile(f"{path}: {error}") from error
    table = read(batch.source, batch.file_name, 1)
    found, mapping = guess([str(name) for name in table.frame.columns], layout)
    batch.layout, batch.mapping = found, {name: source.as_json() for name, source in mapping.items()}
    batch.save()
    check(batch, tell)
    if approve and batch.state == BatchState.CHECKED:
        apply(batch, person, at=at, tell=tell)
    return batch
