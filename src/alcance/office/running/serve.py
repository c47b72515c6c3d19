"""Serving the office: one process of granian with some threads, and the worker beside it where that is wanted."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from django.conf import settings

from alcance.errors import INTERRUPTED, AlcanceError
from alcance.office.running.health import unapplied_migrations
from alcance.office.running.port import free_address
from alcance.office.running.presence import PARENT, be_present, end_with_parent, present
from alcance.office.running.start import collect_static

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# One interpreter runs Python one thread at a time; more threads only let some wait for the database.
THREADS = 4
# As long as a request may take that a proxy still waits for.
STOP_WITHIN_S = 30
#: A command of the office, in a process of its own.
COMMAND = (sys.executable, "-c", "from alcance.command import main; main()", "office")


def serve(host: str, port: int, *, worker: bool = False, tell: Callable[[str], None] = lambda _: None) -> None:
    """Serve until stopped. One process, for what slows guessing is counted in its memory.

    Parameters
    ----------
    worker
        Whether a worker is started beside it.
    tell
        Told the address once nothing stands in the way.

    Raises
    ------
    AlcanceError
        Where the database has another layout than this version needs, the office is served already, or the port is
        taken.
    """
    from granian.errors import FatalError

    waiting = unapplied_migrations()
    if waiting:
        raise AlcanceError(f"the database lacks {len(waiting)} migrations; first: alcance office migrate")
    address = free_address(host, port)
    _be_the_only_one()
    collect_static()
    os.environ[PARENT] = str(os.getpid())
    server = _server(address, port)
    tell(f"http://{host}:{port}")
    try:
        with worker_beside() if worker else nullcontext():
            server.serve()
    except FatalError as error:
        raise AlcanceError(f"cannot serve on {host}:{port}: {error}") from error


def _server(address: str, port: int) -> Any:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    server: Any = Granian(
        "alcance.office.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        # A thread that ends takes its connection to the database with it.
        blocking_threads_idle_timeout=600,
        workers_kill_timeout=STOP_WITHIN_S,
        log_dictconfig=_granians_log(),
        log_level=LogLevels.warning,
        log_access=False,
    )
    stop = server.signal_handler_interrupt

    def asked_to_stop(*told: object) -> None:
        if server.interrupt_signal:
            # Whoever asks twice does not wait for what is still being answered.
            for process in server.wrks:
                process.kill()
            sys.exit(INTERRUPTED)
        stop(*told)

    server.signal_handler_interrupt = asked_to_stop
    return server


def _be_the_only_one() -> None:
    """Be present as the server; of two that begin at once none is let in, rather than both."""
    name = be_present("server")
    others = [other for other in present("server") if other != name]
    if others:
        numbers = ", ".join(other.split("-")[1] for other in others)
        raise AlcanceError(f"{settings.OFFICE_DIR}: is served already, by process {numbers}; one server has an office")


def _granians_log() -> dict[str, object]:
    """What granian itself says, in the same lines as ours."""
    log: dict[str, object] = {**settings.LOGGING}
    quiet = {"handlers": ["stderr"], "level": "WARNING", "propagate": False}
    return log | {"loggers": {"_granian": quiet, "granian.access": quiet}}


@contextmanager
def worker_beside() -> Iterator[None]:
    """A worker in a process of its own for as long as this lasts."""
    env = {**os.environ, "ALCANCE_OFFICE_DIR": str(settings.OFFICE_DIR), PARENT: str(os.getpid())}
    # A group of its own: Ctrl-C in a terminal is for us, who then tell it to stop.
    process = subprocess.Popen([*COMMAND, "worker"], env=env, process_group=0)
    try:
        yield
    except SystemExit:
        process.kill()
        raise
    finally:
        process.terminate()
        try:
            process.wait(STOP_WITHIN_S)
        except BaseException as error:
            process.kill()
            process.wait()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise


def work() -> None:
    """Do background work until stopped: first see to what was cut short, then wait for what is asked."""
    from django.core.management import call_command
    from django.utils import timezone

    from alcance.office.running.jobs import find_interrupted

    name = be_present("worker")
    end_with_parent()
    find_interrupted(timezone.now())
    # Sessions that have ended and results that nobody asks for any more.
    call_command("clearsessions")
    call_command("prune_db_task_results", verbosity=0)
    call_command("db_worker", "--queue-name", "*", "--worker-id", name, "--no-startup-delay", "--no-reload")
