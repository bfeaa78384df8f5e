"""The HTTP server, and the service as a whole: open it, use it with boto3, close it."""

import json
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from local.mediaconvert.access import AwsAccess
from local.mediaconvert.api import Api
from local.mediaconvert.errors import ApiError
from local.mediaconvert.events import Event, EventSender
from local.mediaconvert.faults import Faults
from local.mediaconvert.jobs import Jobs
from local.mediaconvert.queues import Queues
from local.mediaconvert.scheduler import Scheduler
from local.mediaconvert.transcode import Transcoder
from local.mediaconvert.wire import read_call, write_error, write_result

FAULTS_PATH = "/_local/faults"

_LOOPBACK = "127.0.0.1"
_FREE_PORT = 0

_SILENCE = 5.0
"""Seconds after which a silent connection is closed, so that none delays `close`."""

_BACKLOG = 128
"""Connections that may wait to be accepted; the standard library's 5 would refuse a burst."""

_log = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class MediaConvertService:
    """AWS Elemental MediaConvert in this process, encoding with ffmpeg.

    Use it as a context manager; inside, a boto3 client of `mediaconvert` with
    `endpoint_url=service.endpoint` creates real jobs. On the way out every job is
    stopped and every scratch file removed.
    """

    def __init__(
        self,
        *,
        account: str,
        region: str,
        aws: AwsAccess | None = None,
        emit: Callable[[Event], None] = lambda _: None,
        folder: Path | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        """Start to listen on a free port of the loopback interface.

        Args:
            account: AWS account id of queues and jobs.
            region: AWS region of queues and jobs.
            aws: How S3 and roles are reached; boto3's defaults when absent.
            emit: Called with each state change event, in their order, from one thread.
            folder: Where scratch files go; the system's temporary folder when absent.
            now: The clock, as a time zone aware datetime.
        """
        prefix = f"arn:aws:mediaconvert:{region}:{account}"
        self._scratch = TemporaryDirectory(prefix="mediaconvert-", dir=folder)
        self._events = EventSender(emit)
        self._faults = Faults()
        queues = Queues(f"{prefix}:queues/", now)
        self._aws = aws or AwsAccess()
        transcoder = Transcoder(
            account, self._aws, self._faults, self._events.send, Path(self._scratch.name), now
        )
        self._scheduler = Scheduler(queues, transcoder.run, self._events.send, account, now)
        self._api = Api(Jobs(f"{prefix}:jobs/", now), queues, self._scheduler)
        self._server = _Server((_LOOPBACK, _FREE_PORT), self._handler())
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="mediaconvert-http"
        )
        self._thread.start()

    @property
    def endpoint(self) -> str:
        """URL for boto3's `endpoint_url`, or AWS_ENDPOINT_URL_MEDIACONVERT."""
        return f"http://{_LOOPBACK}:{self._server.server_port}"

    def close(self) -> None:
        """Stop listening, end every job with its process, and remove the scratch files.

        Calling this twice does no harm.
        """
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._scheduler.close()
        self._events.close()
        self._aws.close()
        self._scratch.cleanup()

    def __enter__(self) -> Self:
        """Return the service, which is listening already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the service."""
        self.close()

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, bytes, str | None] | None:
        """Answer one request: status, body and error name; None when it must go unanswered."""
        try:
            if target == FAULTS_PATH:
                return self._order_fault(method, body)
            if self._faults.is_offline:
                return None
            call = read_call(method, target, body)
            self._faults.refuse(call)
            return (*write_result(call.operation, self._api.answer(call)), None)
        except ApiError as error:
            return (*write_error(error), error.name)

    def _order_fault(self, method: str, body: bytes) -> tuple[int, bytes, None]:
        if method == "POST":
            self._faults.add(json.loads(body))
        elif method == "DELETE":
            self._faults.clear()
        else:
            raise ApiError("NotFoundException", f"{FAULTS_PATH} takes POST and DELETE only.")
        return HTTPStatus.OK, b"{}", None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            # HTTP/1.0, the default: a connection ends with its answer, so no thread waits for more.
            timeout = _SILENCE

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer = service.answer(self.command, self.path, body)
                if answer is None:
                    return
                status, content, error = answer
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                if error:
                    self.send_header("x-amzn-ErrorType", error)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - http.server's names

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - overridden
                _log.debug(format, *args)

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # `server_close` waits for the answers that are on their way
    request_queue_size = _BACKLOG
