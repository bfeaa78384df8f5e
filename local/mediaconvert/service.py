"""The service as a whole: open it, use it with boto3, close it."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from local.mediaconvert.access import AwsAccess
from local.mediaconvert.announcer import Announcer, Event
from local.mediaconvert.api import Api
from local.mediaconvert.errors import ApiError
from local.mediaconvert.faults import Faults
from local.mediaconvert.http_server import HttpServer
from local.mediaconvert.jobs import Jobs
from local.mediaconvert.prober import Prober
from local.mediaconvert.queues import Queues
from local.mediaconvert.scheduler import Scheduler
from local.mediaconvert.transcode import Transcoder
from local.mediaconvert.wire import Answer, read_call, read_json, write_result
from local.ports import FREE_PORT

FAULTS_PATH = "/_local/faults"


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
        port: int = FREE_PORT,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        """Start to listen on the loopback interface.

        Args:
            account: AWS account id of queues and jobs.
            region: AWS region of queues and jobs.
            aws: How S3 and roles are reached; boto3's defaults when absent.
            emit: Called with each state change event, in their order, from one thread.
            folder: Where scratch files go; the system's temporary folder when absent.
            port: Where to listen.
            now: The clock, as a time zone aware datetime.

        Raises:
            OSError: The port is taken, or not for this user.
        """
        prefix = f"arn:aws:mediaconvert:{region}:{account}"
        self._scratch = TemporaryDirectory(prefix="mediaconvert-", dir=folder)
        self._aws = aws or AwsAccess()
        self._announcer = Announcer(account, now, emit)
        self._faults = Faults()
        scratch = Path(self._scratch.name)
        transcoder = Transcoder(self._aws, self._faults, self._announcer, scratch, now)
        queues = Queues(f"{prefix}:queues/", now)
        self._scheduler = Scheduler(queues, transcoder.run, self._announcer, now)
        prober = Prober(self._aws, scratch)
        self._api = Api(Jobs(f"{prefix}:jobs/", now), queues, self._scheduler, prober)
        self._server = HttpServer(self._answer, port)

    @property
    def endpoint(self) -> str:
        """URL for boto3's `endpoint_url`, or AWS_ENDPOINT_URL_MEDIACONVERT."""
        return self._server.url

    def close(self) -> None:
        """Stop listening, end every job with its process, and remove the scratch files.

        Calling this twice does no harm.
        """
        self._server.close()
        self._scheduler.close()
        self._announcer.close()
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

    def _answer(self, method: str, target: str, body: bytes) -> Answer | None:
        if target == FAULTS_PATH:
            return self._order_fault(method, body)
        if self._faults.is_offline:
            return None
        call = read_call(method, target, body)
        self._faults.refuse(call)
        return write_result(call.operation, self._api.answer(call))

    def _order_fault(self, method: str, body: bytes) -> Answer:
        if method == "POST":
            self._faults.add(read_json(body))
        elif method == "DELETE":
            self._faults.clear()
        else:
            raise ApiError("NotFoundException", f"{FAULTS_PATH} takes POST and DELETE only.")
        return Answer(HTTPStatus.OK, b"{}")
