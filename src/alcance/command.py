"""The command `alcance`, from its first moment."""

from __future__ import annotations

import os
import signal
import sys

from alcance.errors import INTERRUPTED


def main() -> None:
    """Run a command. Who interrupts it while the libraries are being read is answered by silence, not by Python."""
    before = signal.getsignal(signal.SIGINT)
    if before == signal.default_int_handler:
        # At once: an exception in the middle of an import may be swallowed, or leave half a library behind.
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    from alcance.cli import app

    signal.signal(signal.SIGINT, before)
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
