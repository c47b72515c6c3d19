"""The plan's interactive map, served on loopback only; nothing it shows is asked of another host."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import sys
import webbrowser
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from alcance.errors import InputError, OutputError, Problem
from alcance.publish.map_data import MapData
from alcance.publish.map_site import edge_detail, site_detail

DEFAULT_PORT = 8642
LOOPBACK = "127.0.0.1"
HTTP_PORT = 80
SEARCH_LIMIT = 12
PAGE_ROWS = 50
GZIP_FROM_BYTES = 1024  # below this the header costs more than it saves
STATIC_FOLDER = Path(__file__).parent / "static"
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
JSON_TYPE = "application/json; charset=utf-8"
GEOJSON_TYPE = "application/geo+json; charset=utf-8"
SECURITY_HEADERS = {
    # No inline script or style and no other origin; data: images are the icons inside the map library's style sheet.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


@dataclass(frozen=True)
class Answer:
    """One body ready to be sent: plain and compressed bytes, its media type and its entity tag."""

    body: bytes
    zipped: bytes | None
    media_type: str
    tag: str

    @classmethod
    def of(cls, body: bytes, media_type: str) -> Answer:
        """Compress a body where that pays, and tag it by its content."""
        worth = len(body) >= GZIP_FROM_BYTES and not media_type.startswith("font/")
        return cls(
            body=body,
            zipped=gzip.compress(body, compresslevel=6, mtime=0) if worth else None,
            media_type=media_type,
            tag=hashlib.sha256(body).hexdigest()[:20],
        )

    @classmethod
    def of_json(cls, value: Any, media_type: str = JSON_TYPE) -> Answer:
        """Write a value as compact JSON; NaN is refused, for browsers refuse it too."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return cls.of(text.encode("utf-8"), media_type)


class PlanServer(ThreadingHTTPServer):
    """An HTTP server for one plan folder, bound to loopback.

    Parameters
    ----------
    data
        The plan.
    port
        Port to listen on; 0 takes any free one (see `url`).

    Raises
    ------
    OutputError
        When the port is taken or may not be used.
    InputError
        When the built page is missing from the installation.
    """

    daemon_threads = True

    def __init__(self, data: MapData, port: int) -> None:
        self.data = data
        self.fixed = _static_answers() | {
            "/api/summary": Answer.of_json(data.summary),
            "/api/sites.geojson": Answer.of_json(data.site_layer(), GEOJSON_TYPE),
            "/api/lines.geojson": Answer.of_json(data.line_layer(), GEOJSON_TYPE),
            "/api/places.geojson": Answer.of_json(data.place_layer(), GEOJSON_TYPE),
        }
        if data.context is not None:
            self.fixed["/api/context.geojson"] = Answer.of_json(data.context, GEOJSON_TYPE)
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except OverflowError as error:
            raise OutputError(f"port {port} does not exist; ports go from 1 to 65535") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise OutputError(f"port {port} is in use by another program; choose another with --port") from error
            if error.errno == errno.EACCES:
                raise OutputError(f"port {port} needs privileges; choose one above 1023 with --port") from error
            raise OutputError(f"cannot listen on {LOOPBACK} port {port}: {error}") from error
        names = (LOOPBACK, "localhost")
        # A browser leaves the port out of the Host header where it is HTTP's own.
        self.host_names = {f"{name}:{self.server_port}" for name in names} | (
            set(names) if self.server_port == HTTP_PORT else set()
        )

    @property
    def url(self) -> str:
        """The address to open."""
        return f"http://{LOOPBACK}:{self.server_port}/"

    def answer(self, target: str) -> Answer | None:
        """Return what lies at a request target, or None where nothing does.

        Raises
        ------
        ValueError
            When a parameter is not understood.
        """
        parts = urlsplit(target)
        # Only names known beforehand are answered, so no path can lead out of the static folder.
        if parts.path in self.fixed:
            return self.fixed[parts.path]
        query = {name: values[-1] for name, values in parse_qs(parts.query, max_num_fields=20).items()}
        if parts.path == "/api/search":
            return Answer.of_json({"rows": self.data.search(query.get("q", "")[:200], SEARCH_LIMIT)})
        if parts.path == "/api/sites":
            return Answer.of_json(self._page(query))
        for prefix, detail in (("/api/site/", site_detail), ("/api/edge/", edge_detail)):
            if parts.path.startswith(prefix):
                found = detail(self.data, unquote(parts.path[len(prefix) :]))
                return None if found is None else Answer.of_json(found)
        return None

    def _page(self, query: Mapping[str, str]) -> dict[str, Any]:
        return self.data.page(
            text=query.get("q", "")[:200],
            technology=query.get("technology", ""),
            sort=query.get("sort", "people"),
            descending=query.get("order", "desc") == "desc",
            start=int(query.get("start", "0")),
            limit=int(query.get("limit", str(PAGE_ROWS))),
        )


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD; every other method and every foreign Host is refused."""

    server: PlanServer
    protocol_version = "HTTP/1.1"
    server_version = "alcance"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        self._respond(with_body=True)

    def do_HEAD(self) -> None:
        self._respond(with_body=False)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what the base class does not understand, other methods among it, without its page of HTML."""
        self.close_connection = True  # a body that nobody reads would be taken for the next request
        self._plain(HTTPStatus(code), message or explain or HTTPStatus(code).phrase, {"Connection": "close"})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Keep the terminal quiet; the browser's own tools show each request."""

    def _respond(self, *, with_body: bool) -> None:
        # A page of another site can make its own name resolve to this machine; its Host header gives it away.
        if self.headers.get("Host", "").lower() not in self.server.host_names:
            self._plain(HTTPStatus.FORBIDDEN, f"this map answers only at {self.server.url}", {}, with_body=with_body)
            return
        try:
            answer = self.server.answer(self.path)
        except ValueError as error:
            self._plain(HTTPStatus.BAD_REQUEST, str(error), {}, with_body=with_body)
            return
        if answer is None:
            self._plain(HTTPStatus.NOT_FOUND, "nothing lies at this address", {}, with_body=with_body)
            return
        self._send(answer, with_body=with_body)

    def _send(self, answer: Answer, *, with_body: bool) -> None:
        zipped = answer.zipped if _accepts_gzip(self.headers.get("Accept-Encoding", "")) else None
        body = answer.body if zipped is None else zipped
        tag = f'"{answer.tag}"' if zipped is None else f'"{answer.tag}-gzip"'
        known = {text.strip().removeprefix("W/") for text in self.headers.get("If-None-Match", "").split(",")}
        fresh = tag in known
        headers = {"ETag": tag, "Vary": "Accept-Encoding", "Content-Type": answer.media_type}
        if zipped is not None:
            headers["Content-Encoding"] = "gzip"
        self._head(HTTPStatus.NOT_MODIFIED if fresh else HTTPStatus.OK, headers, 0 if fresh else len(body))
        if with_body and not fresh:
            self._write(body)

    def _plain(self, status: HTTPStatus, message: str, headers: Mapping[str, str], *, with_body: bool = True) -> None:
        body = f"{message}\n".encode()
        self._head(status, {"Content-Type": MEDIA_TYPES[".txt"], **headers}, len(body))
        if with_body:
            self._write(body)

    def _head(self, status: HTTPStatus, headers: Mapping[str, str], length: int) -> None:
        self.send_response(status)
        for name, value in {**SECURITY_HEADERS, **headers}.items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _write(self, body: bytes) -> None:
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the browser went on to something else


def serve(
    folder: Path,
    port: int = DEFAULT_PORT,
    *,
    open_browser: bool = True,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve the map of a plan folder on loopback until interrupted (Ctrl+C).

    Parameters
    ----------
    folder
        A finished plan folder.
    port
        Port on 127.0.0.1; 0 takes any free one.
    open_browser
        Open the page in the user's browser.
    announce
        Called once with the address, when the server is ready; None says it on standard error.

    Raises
    ------
    InputError
        When the folder is no plan folder.
    OutputError
        When the port cannot be used.
    """
    with PlanServer(MapData.open(folder), port) as server:
        (announce or _say)(server.url)
        if open_browser:
            webbrowser.open(server.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


def _say(url: str) -> None:
    sys.stderr.write(f"The map is at {url} on this machine only; Ctrl-C ends it.\n")


def _accepts_gzip(header: str) -> bool:
    codings = [text.strip().lower().replace(" ", "") for text in header.split(",")]
    return any(coding == "gzip" or (coding.startswith("gzip;q=") and coding != "gzip;q=0") for coding in codings)


def _static_answers() -> dict[str, Answer]:
    index = STATIC_FOLDER / "index.html"
    if not index.is_file():
        raise InputError([Problem(str(index), None, "", "", "the built page is missing; install the package again")])
    answers = {
        f"/{path.relative_to(STATIC_FOLDER).as_posix()}": Answer.of(path.read_bytes(), MEDIA_TYPES[path.suffix])
        for path in sorted(STATIC_FOLDER.rglob("*"))
        if path.is_file() and path.suffix in MEDIA_TYPES
    }
    return answers | {"/": answers["/index.html"], "/favicon.ico": answers["/favicon.svg"]}
