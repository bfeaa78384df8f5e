"""The page's HTTP server: on the loopback interface, for this machine's browser only.

A browser lets any web site send requests to 127.0.0.1. So each request has to name this server as
its host, which a site that has pointed its own name here cannot; nothing is handed to another
site's page; and whatever changes something has to come from the page itself.
"""

import hmac
import io
import json
import logging
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from functools import cached_property
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO, Final, Self, cast
from urllib.parse import parse_qs, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from handlers.names import JobMetadata
from operate.explain import explain
from operate.page import media
from operate.page.board import Board
from operate.page.controls import RefusedError
from operate.page.feed import Feed

HOST: Final = "127.0.0.1"

STATIC: Final = Path(__file__).parent / "static"

STATIC_FILES: Final[Mapping[str, tuple[str, str]]] = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
}
"""All files that are served of this machine, by their paths."""

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

OWN_SITE: Final = (None, "same-origin", "none")
"""Sec-Fetch-Site of what the page asks for, and of an address that was typed."""

MOST_JSON_BYTES: Final = 1_000_000
"""Of a request. A redrive of 10,000 letters has half of that."""

SILENCE_SECONDS: Final = 60.0
"""After which a connection that neither sends nor takes anything is closed."""

_POLL_SECONDS: Final = 0.05
"""Between two looks at whether the server is to stop."""

_log = logging.getLogger(__name__)


class _Refusal(Exception):  # noqa: N818 -- it is an answer
    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


class PageServer:
    """Serves the page of one stack until it is closed."""

    def __init__(
        self, board: Board, *, port: int = 0, seconds: float, token: str | None = None
    ) -> None:
        """Start to listen.

        Args:
            board: what to show; its controls are what the page may do.
            port: where to listen; 0 for any port that is free.
            seconds: between two looks at the stack.
            token: what the address has to hold, so that nobody else on this machine can look; None
                when they may.

        Raises:
            OSError: the port is taken, or not for this user.
        """
        self.board = board
        self.token = token
        self._server = _Server((HOST, port), _handler(self))
        self.feed = Feed(board.read, seconds)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_SECONDS,), name="page", daemon=True
        )
        self._thread.start()

    @property
    def hosts(self) -> tuple[str, ...]:
        """What a browser can call this server."""
        port = self._server.server_port
        return f"{HOST}:{port}", f"localhost:{port}"

    @property
    def cookie(self) -> str:
        """The cookie that holds the token: cookies do not tell ports apart, so its name does."""
        return f"page-{self._server.server_port}"

    @property
    def url(self) -> str:
        """What to open in a browser."""
        query = f"?token={self.token}" if self.token else ""
        return f"http://{self.hosts[0]}/{query}"

    def close(self) -> None:
        """Stop listening. Calling this twice does no harm."""
        self.feed.close()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        """Return the server, which is listening already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True  # a video that is paused keeps its connection
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 -- overridden
        """Leave no traceback when a browser has gone: one that seeks in a video does that."""
        is_gone = isinstance(sys.exception(), OSError)
        _log.log(
            logging.DEBUG if is_gone else logging.ERROR, "%s ended", client_address, exc_info=True
        )


def _handler(page: PageServer) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        pass

    Handler.page = page
    return Handler


class _Handler(BaseHTTPRequestHandler):
    # HTTP/1.0, the default: a connection ends with its answer, so none is kept for nothing.
    page: PageServer
    timeout = SILENCE_SECONDS
    _has_begun = False
    """Whether the answer is on its way: then it cannot be another one."""

    def do_GET(self) -> None:
        self._answered(self._get)

    def do_HEAD(self) -> None:
        self._answered(self._get)

    def do_POST(self) -> None:
        self._answered(self._post)

    @cached_property
    def _body(self) -> "_Body":
        length = max(0, int(self.headers.get("Content-Length", "0")))
        return _Body(cast("BinaryIO", self.rfile), length)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- overridden
        _log.debug(format, *args)

    def _answered(self, answer: Callable[[str, Mapping[str, str]], None]) -> None:
        try:
            target = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(target.query).items()}
            self._check_host()
            if self._is_let_in(target.path, query):
                answer(target.path, query)
        except _Refusal as refusal:
            self._refuse(refusal.status, str(refusal))
        except RefusedError as refused:
            self._refuse(HTTPStatus.CONFLICT, str(refused))
        except ValueError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, f"This request cannot be read: {error}")
        except (BotoCoreError, ClientError) as error:
            self._refuse(HTTPStatus.BAD_GATEWAY, explain(error))

    def _check_host(self) -> None:
        if self.headers.get("Host") not in self.page.hosts:
            raise _Refusal(HTTPStatus.MISDIRECTED_REQUEST, f"Open {self.page.url} instead.")

    def _is_let_in(self, path: str, query: Mapping[str, str]) -> bool:
        """Check the token; an address that holds it becomes a cookie, and an address without."""
        token = self.page.token
        if token is None:
            return True
        if path == "/" and hmac.compare_digest(query.get("token", "").encode(), token.encode()):
            self._start(
                HTTPStatus.SEE_OTHER,
                "text/plain",
                0,
                {
                    "Location": "/",
                    "Set-Cookie": f"{self.page.cookie}={token}; Path=/; HttpOnly; SameSite=Strict",
                },
            )
            return False
        cookies = SimpleCookie()
        with suppress(CookieError):
            cookies.load(self.headers.get("Cookie", ""))
        given = cookies[self.page.cookie].value if self.page.cookie in cookies else ""
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise _Refusal(HTTPStatus.FORBIDDEN, "Open the address that the command printed.")
        return True

    def _get(self, path: str, _: Mapping[str, str]) -> None:
        if path in STATIC_FILES:
            name, kind = STATIC_FILES[path]
            self._send(HTTPStatus.OK, kind, (STATIC / name).read_bytes())
            return
        if self.headers.get("Sec-Fetch-Site") not in OWN_SITE:
            raise _Refusal(HTTPStatus.FORBIDDEN, "Only the page itself may ask for this.")
        if path == "/api/feed":
            self._send_feed()
        elif path.startswith("/api/jobs/"):
            self._send_job(path.removeprefix("/api/jobs/"))
        elif path.startswith(media.PATH):
            self._send_media(path)
        else:
            raise _Refusal(HTTPStatus.NOT_FOUND, "There is no such page.")

    def _post(self, path: str, query: Mapping[str, str]) -> None:
        if self.headers.get("Origin") not in [f"http://{host}" for host in self.page.hosts]:
            raise _Refusal(HTTPStatus.FORBIDDEN, "Only the page itself may change something.")
        controls = self.page.board.controls
        if controls is None:
            raise _Refusal(HTTPStatus.FORBIDDEN, "This page only shows; it changes nothing.")
        answer: dict[str, Any] = {}
        match path:
            case "/api/uploads":
                upload = controls.upload(query.get("key", ""), cast("BinaryIO", self._body))
                self.page.board.expect(upload)
                answer = {"id": upload.digest}
            case "/api/faults":
                order = self._json()
                controls.switch(str(order.get("name")), on=order.get("on") is True)
            case "/api/redrive":
                answer = {"failed": list(controls.redrive(set(map(str, self._json()["letters"]))))}
            case _:
                raise _Refusal(HTTPStatus.NOT_FOUND, "There is nothing to change here.")
        self.page.feed.hurry()
        self._send(HTTPStatus.OK, "application/json", json.dumps(answer).encode())

    def _json(self) -> dict[str, Any]:
        if self._body.left > MOST_JSON_BYTES:
            raise _Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "That is too much for one request.")
        document = json.loads(self._body.read())
        if not isinstance(document, dict):
            raise ValueError(f"{document!r} is no object")  # noqa: TRY004 -- it is what json raises
        return document

    def _send_feed(self) -> None:
        self._start(HTTPStatus.OK, "text/event-stream", None)
        for text in self.page.feed.events():
            self.wfile.write(b": still here\n\n" if text is None else f"data: {text}\n\n".encode())
            self.wfile.flush()

    def _send_job(self, job_id: str) -> None:
        job = self.page.board.clients.mediaconvert.get_job(Id=job_id)["Job"]
        if job.get("UserMetadata", {}).get(JobMetadata.FANOUT) != self.page.board.stack.fanout:
            raise _Refusal(HTTPStatus.NOT_FOUND, f"{job_id} is no job of this stack.")
        text = json.dumps(job["Settings"], indent=2)
        self._send(HTTPStatus.OK, "application/json", text.encode())

    def _send_media(self, path: str) -> None:
        place = media.preset_and_key(path)
        if place is None or place[0] not in self.page.board.buckets:
            raise _Refusal(HTTPStatus.NOT_FOUND, "There is no such rendition.")
        preset, key = place
        wanted = media.wanted_range(self.headers.get("Range"))
        where: Any = {"Bucket": self.page.board.buckets[preset], "Key": key}
        if wanted:
            where["Range"] = wanted
        try:
            found = self.page.board.clients.s3.get_object(**where)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status in (HTTPStatus.NOT_FOUND, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE):
                raise _Refusal(HTTPStatus(status), f"{key}: {explain(error)}") from error
            raise
        headers = {"Accept-Ranges": "bytes", "Content-Security-Policy": "sandbox"}
        if "ContentRange" in found:
            headers["Content-Range"] = found["ContentRange"]
        status = HTTPStatus.PARTIAL_CONTENT if "ContentRange" in found else HTTPStatus.OK
        with closing(found["Body"]) as body:
            self._start(status, media.media_type(key), found["ContentLength"], headers)
            if self.command != "HEAD":
                for chunk in body.iter_chunks(media.CHUNK_BYTES):
                    self.wfile.write(chunk)

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        if self._has_begun:
            raise ConnectionError(why)
        # What was not read of a request has to be: a browser that still sends hears no answer.
        with suppress(OSError, ValueError):
            while self._body.read(media.CHUNK_BYTES):
                pass
        self._send(status, "application/json", json.dumps({"error": why}).encode())

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self._start(status, kind, len(body))
        if self.command != "HEAD":
            self.wfile.write(body)

    def _start(
        self,
        status: HTTPStatus,
        kind: str,
        length: int | None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._has_begun = True
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in {**HEADERS, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()


class _Body(io.RawIOBase):
    """The body of a request: a stream that ends where the request does.

    Attributes:
        left: bytes that were not read.
    """

    def __init__(self, stream: BinaryIO, length: int) -> None:
        """Read so many bytes of a stream."""
        self._stream = stream
        self.left = length

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        size = self.left if size < 0 else min(size, self.left)
        if not size:
            return b""
        data = self._stream.read(size)
        if not data:
            raise ConnectionError("the browser went away in the middle of a file")
        self.left -= len(data)
        return data
