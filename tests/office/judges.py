"""Programs that judge what we publish: run, never imported, in an environment of their own (`make judges`)."""

from __future__ import annotations

import os
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PLACE = Path(os.environ.get("ALCANCE_JUDGES", ROOT / ".venv-judges")) / "bin"
SCHEMAS = ROOT / "tests" / "data" / "office"


def judge(program: str, *arguments: str, served: dict[str, Path] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a judge; skip the test where there is none.

    Parameters
    ----------
    program, arguments
        The program, and what it is told.
    served
        Files that it would fetch from elsewhere, by the end of their address. Where they are given nothing else is let
        through, so that it judges without the network.
    """
    path = PLACE / program
    if not path.exists():
        pytest.skip(f"{program} is not installed; run: make judges")
    if served is None:
        return subprocess.run([path, *arguments], capture_output=True, text=True, timeout=120, check=False)
    with _stand_in(served) as proxy:
        environment = {"PATH": os.environ["PATH"], "http_proxy": proxy, "https_proxy": proxy}
        return subprocess.run(
            [path, *arguments], capture_output=True, text=True, timeout=120, check=False, env=environment
        )


@contextmanager
def _stand_in(served: dict[str, Path]) -> Iterator[str]:
    """A proxy that knows a few files and refuses all else."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            file = next((file for end, file in served.items() if path.endswith(end)), None)
            body = b"" if file is None else file.read_bytes()
            self.send_response(404 if file is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_CONNECT(self) -> None:
            self.send_error(502)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
