"""Files that appear whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alcance.errors import OutputError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a name to write under, and rename it to `path` when the block ends well: no half file is ever seen.

    The folder is made where there is none. Two who write the same file never meet: the last one's stays.

    Raises
    ------
    OutputError
        Where the file cannot be written there.
    """
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # A folder of its own, so that the name and its suffix stay: some libraries choose the format by it.
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as folder:
            temporary = Path(folder) / target.name
            yield temporary
            temporary.replace(target)
    except OSError as error:
        raise OutputError(f"{target}: cannot be written ({error.strerror or error})") from error
