"""The command `alcance`, from its first moment."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from alcance.errors import INTERRUPTED

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_AGAIN_S = 0.05


def main() -> None:
    """Run a command. Who interrupts it while the libraries are being read is answered by silence, not by Python."""
    before = signal.getsignal(signal.SIGINT)
    if before == signal.default_int_handler:
        # At once: an exception in the middle of an import may be swallowed, or leave half a library behind.
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    from alcance.cli import app

    signal.signal(signal.SIGINT, before)
    sys.unraisablehook = _not_lost
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _not_lost(unraisable: UnraisableHookArgs) -> None:
    """An interrupt that falls into the removal of some object, where Python ignores it, comes again."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        # A little later, for now it would only be ignored once more.
        threading.Timer(_AGAIN_S, signal.raise_signal, [signal.SIGINT]).start()
    else:
        sys.__unraisablehook__(unraisable)
