"""An HTTP server on the loopback interface that answers each request with a function."""

import logging
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.mediaconvert.errors import ApiError
from local.mediaconvert.wire import Answer, write_error
from local.ports import FREE_PORT, HOST

_SILENCE = 5.0
"""Seconds after which a silent connection is closed, so that none delays `close`."""

_POLL = 0.05
"""Seconds between two looks at whether the server is to stop."""

_log = logging.getLogger(__name__)

Respond = Callable[[str, str, bytes], Answer | None]
"""Method, target and body of a request in, answer out; None closes the connection without one.
Raises ApiError to refuse the request."""


class HttpServer:
    """Listens until it is closed."""

    def __init__(self, respond: Respond, port: int = FREE_PORT) -> None:
        """Start to listen, with a thread for each connection.

        Raises:
            OSError: The port is taken, or not for this user.
        """
        self._server = _Server((HOST, port), _handler(respond))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL,), name="mediaconvert-http"
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self._server.server_port}"

    def close(self) -> None:
        """Stop listening and wait for the answers that are on their way."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # `server_close` waits for those that answer
    request_queue_size = 128  # the standard library's 5 would refuse a burst of functions

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - overridden
        """Leave no traceback when a client has gone: a function that is killed does that."""
        _log.debug("%s ended early", client_address, exc_info=True)


def _handler(respond: Respond) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        # HTTP/1.0, the default: a connection ends with its answer, so no thread waits for more.
        timeout = _SILENCE

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = _answer(respond, self.command, self.path, body)
            if answer is None:
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer.body)))
            if answer.error:
                self.send_header("x-amzn-ErrorType", answer.error)
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - http.server's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - overridden
            _log.debug(format, *args)

    return Handler


def _answer(respond: Respond, method: str, target: str, body: bytes) -> Answer | None:
    try:
        return respond(method, target, body)
    except ApiError as error:
        return write_error(error)
    except Exception as error:  # noqa: BLE001 - a defect is the client's 500, as from the service
        _log.exception("%s %s failed unexpectedly", method, target)
        return write_error(ApiError("InternalServerErrorException", repr(error)))
