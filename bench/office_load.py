"""How many pages a second the office answers, and how long they take: raw sockets that are kept open.

DJANGO_SETTINGS_MODULE=alcance.office.settings ALCANCE_OFFICE_DIR=DIR python -m bench.office_load [--seconds S]

The office is that of `DIR`, filled by `bench.office_fill`; one worker of granian serves it, the load comes from this
process on the same machine. Rows of others are added in `cases`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CONNECTIONS = 16
# As `alcance office serve` has it.
THREADS = 4
SECONDS = 6.0
WARM_S = 1.5
SEED = 7
Paths = Callable[[random.Random], str]


@dataclass
class Load:
    """What came back: seconds of each answer, the answers by status, bytes."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    bytes: int = 0


class Reader(asyncio.Protocol):
    """One connection: asks, waits for the whole answer, asks again."""

    def __init__(self, next_path: Callable[[], str], load: Load, until: Callable[[], float], head: str) -> None:
        self._next, self._load, self._until, self._head = next_path, load, until, head
        self._buffer = bytearray()
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._buffer.clear()
        self._asked = time.perf_counter()
        self._transport.write(f"GET {self._next()} HTTP/1.1\r\nHost: localhost\r\n{self._head}\r\n".encode())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._buffer[:end]).lower()
        body = len(self._buffer) - end - 4
        if b"\r\ncontent-length:" in head:
            length = int(head.split(b"\r\ncontent-length:", 1)[1].split(b"\r\n", 1)[0])
            whole = body >= length
        elif b"\r\ntransfer-encoding: chunked" in head:
            whole = self._buffer.endswith(b"0\r\n\r\n")
        else:
            whole = head.startswith(b"http/1.1 304")
        if not whole:
            return
        now = time.perf_counter()
        status = int(head[9:12])
        self._load.statuses[status] = self._load.statuses.get(status, 0) + 1
        self._load.seconds.append(now - self._asked)
        self._load.bytes += body
        if now < self._until():
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if self.over.done():
            return
        if error:
            self.over.set_exception(error)
        else:
            self.over.set_result(None)


async def _run(port: int, paths: Paths, seconds: float, connections: int, head: str) -> tuple[Load, float]:
    load, source = Load(), random.Random(SEED)
    begun = time.perf_counter()
    until = begun + seconds
    loop = asyncio.get_running_loop()
    readers = [
        (
            await loop.create_connection(
                lambda: Reader(lambda: paths(source), load, lambda: until, head), "127.0.0.1", port
            )
        )[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(reader.over for reader in readers))
    return load, time.perf_counter() - begun


def measure(
    port: int, paths: Paths, seconds: float = SECONDS, connections: int = CONNECTIONS, head: str = ""
) -> dict[str, Any]:
    """Ask for a while; requests a second, half and nineteen twentieths of the answers within so many ms, statuses."""
    asyncio.run(_run(port, paths, WARM_S, connections, head))
    load, wall_s = asyncio.run(_run(port, paths, seconds, connections, head))
    ordered = sorted(load.seconds)
    return {
        "rps": round(len(ordered) / wall_s),
        "p50_ms": round(1000 * ordered[len(ordered) // 2], 1),
        "p95_ms": round(1000 * ordered[int(0.95 * len(ordered))], 1),
        "kB": round(load.bytes / len(ordered) / 1000, 1),
        "statuses": dict(sorted(load.statuses.items())),
    }


@contextmanager
def served(threads: int = THREADS) -> Iterator[tuple[int, int]]:
    """The office on one worker of granian; gives its port and the id of its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", str(threads),
        "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "alcance.office.wsgi:application",
    ]  # fmt: skip
    # A line is logged for each request, as by default; nobody reads them here.
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/sites/1/", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def cpu_s(pid: int) -> float:
    """CPU seconds that a process and its children have used so far."""
    ticks, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            with Path(f"/proc/{one}/stat").open() as handle:
                ticks += sum(map(int, handle.read().rsplit(") ", 1)[1].split()[11:13]))
            with Path(f"/proc/{one}/task/{one}/children").open() as handle:
                waiting += map(int, handle.read().split())
        except FileNotFoundError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def cases() -> dict[str, tuple[Paths, str]]:
    """What is asked for, by name: a path from a source of chance, and further header lines."""
    from alcance.office.register.models import Area, Site

    last = Site.objects.order_by("-pk").values_list("pk", flat=True)[0]
    towns = list(Area.objects.filter(level="municipality").order_by("code").values_list("code", flat=True))
    states = list(Area.objects.filter(level="state").order_by("code").values_list("code", flat=True))

    def site(source: random.Random) -> str:
        return f"/sites/{source.randint(1, last)}/"

    def listed(source: random.Random) -> str:
        filters = [
            f"state={source.choice(states)}", f"municipality={source.choice(towns)}", "kind=clinic",
            "phase=operation", "site_state=installed", f"quintile={source.randint(1, 5)}", "connection=late",
            "provider=provider-07", "q=zapata", f"state={source.choice(states)}&kind=school&phase=deployment",
        ]  # fmt: skip
        return f"/sites/?{source.choice(filters)}"

    return {
        "site page": (site, ""),
        "site page, English": (site, "Accept-Language: en\r\n"),
        "list with a filter": (listed, ""),
        "home": (lambda _source: "/", ""),
        "state": (lambda source: f"/areas/{source.choice(states)}/", ""),
        "municipality": (lambda source: f"/areas/{source.choice(towns)}/", ""),
    }


def main(seconds: float = SECONDS, only: list[str] | None = None, threads: int = THREADS) -> list[dict[str, Any]]:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alcance.office.settings")
    django.setup()
    rows = []
    print(f"{'':24}{'req/s':>8}{'p50 ms':>8}{'p95 ms':>8}{'CPU s':>8}{'kB':>8}  statuses")
    with served(threads) as (port, pid):
        for name, (paths, head) in cases().items():
            if only and name not in only:
                continue
            before = cpu_s(pid)
            row = {"case": name, **measure(port, paths, seconds, head=head), "cpu_s": round(cpu_s(pid) - before, 1)}
            rows.append(row)
            print(
                f"{name:24}{row['rps']:8,}{row['p50_ms']:8}{row['p95_ms']:8}{row['cpu_s']:8}{row['kB']:8}"
                f"  {row['statuses']}"
            )
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--threads", type=int, default=THREADS)
    parser.add_argument("--only", action="append")
    chosen = parser.parse_args()
    main(chosen.seconds, chosen.only, chosen.threads)
