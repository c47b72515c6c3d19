"""Programs that judge what we publish. They have an environment of their own and are run, never imported."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "tests" / "data" / "office"


def judge_program(name: str) -> Path:
    """The program of a judge, from `ALCANCE_JUDGES` or `.venv-judges/bin`; the test is skipped without it."""
    folder = Path(os.environ.get("ALCANCE_JUDGES", ROOT / ".venv-judges" / "bin"))
    program = folder / name
    if not program.exists():
        pytest.skip(f"{name} is not installed; see docs/office/public.md")
    return program


def judged(name: str, file: Path, served: dict[str, Path] | None = None) -> dict[str, Any]:
    """What a judge says of a file.

    Parameters
    ----------
    name, file
        The program, and what it reads.
    served
        Files that it would fetch from elsewhere, by the end of their address; nothing else is let through.
    """
    program = judge_program(name)
    with _stand_in(served or {}) as port:
        proxy = f"http://127.0.0.1:{port}"
        done = subprocess.run(
            [program, str(file)],
            env={"PATH": os.environ["PATH"], "http_proxy": proxy, "https_proxy": proxy},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@contextmanager
def _stand_in(served: dict[str, Path]) -> Any:
    """A proxy that knows a few files and refuses all else, so that a judge works without the network."""

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
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
