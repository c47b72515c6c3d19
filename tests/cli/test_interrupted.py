"""Ctrl-C in the first moments of a command: it ends, and says nothing of Python."""

from __future__ import annotations

import signal
import subprocess
import sys

# As if libraries took long to be read; the signal comes in the midst of it.
COMMAND = """
import builtins, signal, sys, time
from alcance.command import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # a run started in the background ignores it
importing = builtins.__import__
def slow(name, *rest):
    if name == "typer":
        print("reading", flush=True)
        time.sleep(20)
    return importing(name, *rest)
builtins.__import__ = slow
sys.argv = ["alcance", "--version"]
main()
"""


def test_while_libraries_are_read_it_ends_in_silence():
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "reading\n"
        started.send_signal(signal.SIGINT)
        assert started.communicate(timeout=10) == ("", "")
    assert started.returncode == 130


LOSES_IT = """
import os, signal, sys, weakref
signal.signal(signal.SIGINT, signal.default_int_handler)  # a run started in the background ignores it
import alcance.cli, alcance.command

class Thing: pass

def work():
    thing = Thing()
    weakref.finalize(thing, os.kill, os.getpid(), signal.SIGINT)
    del thing
    for _ in range(10_000_000): pass
    print("went on")

alcance.cli.app = work
alcance.command.main()
"""


def test_an_interrupt_that_falls_into_a_finalizer_is_not_lost():
    ended = subprocess.run([sys.executable, "-c", LOSES_IT], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")
