"""A stack that is shown on a page: a cloud in moto, a MediaConvert that is made up, a browser."""

import http.client
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, BinaryIO

from botocore.exceptions import ClientError

from handlers.names import JobMetadata
from handlers.upload import Upload
from operate.clients import Clients
from operate.page.board import Board
from operate.page.controls import Fault, RefusedError
from operate.stack_outputs import Stack
from tests.operate.cloud import PRESETS, REGION, Cloud, upload_of

BUCKETS = {preset: f"output-{preset}" for preset in PRESETS}
PIPELINE = f"arn:aws:mediaconvert:{REGION}:111122223333:queues/"


@dataclass
class FakeMediaConvert:
    """Pipelines and jobs, as far as the page asks for them."""

    jobs: list[dict[str, Any]] = field(default_factory=list)
    """The oldest first."""
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Jobs that wait and run, by pipeline."""
    paused: set[str] = field(default_factory=set)
    is_busy: bool = False
    """Whether every call is refused."""

    def begin(self, upload: Upload, preset: str, status: str, percent: int = 0) -> str:
        """Make a job; return its id."""
        job_id = f"job-{len(self.jobs)}"
        metadata = {
            JobMetadata.FANOUT: "topic",
            JobMetadata.PRESET: preset,
            JobMetadata.UPLOAD: upload.digest,
        }
        self.jobs.append(
            {
                "Id": job_id,
                "Queue": PIPELINE + preset,
                "Status": status,
                "JobPercentComplete": percent,
                "UserMetadata": metadata,
                "Settings": {"Inputs": [{"FileInput": f"s3://input/{upload.key}"}]},
            }
        )
        return job_id

    def get_queue(self, *, Name: str) -> Mapping[str, Any]:  # noqa: N803 -- boto3's
        """Tell of a pipeline."""
        self._check()
        waiting, running = self.counts.get(Name, (0, 0))
        status = "PAUSED" if Name in self.paused else "ACTIVE"
        return {
            "Queue": {
                "Status": status,
                "SubmittedJobsCount": waiting,
                "ProgressingJobsCount": running,
            }
        }

    def list_jobs(self, *, Queue: str, Order: str) -> Mapping[str, Any]:  # noqa: N803 -- boto3's
        """List the jobs of a pipeline."""
        self._check()
        assert "DESCENDING" == Order
        return {"Jobs": [job for job in reversed(self.jobs) if job["Queue"] == Queue]}

    def get_job(self, *, Id: str) -> Mapping[str, Any]:  # noqa: N803 -- boto3's
        """Tell of a job."""
        self._check()
        return {"Job": next(job for job in self.jobs if job["Id"] == Id)}

    def _check(self) -> None:
        if self.is_busy:
            raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "ListJobs")


@dataclass
class FakeControls:
    """Hands that remember what they did."""

    uploads: dict[str, bytes] = field(default_factory=dict)
    on: set[str] = field(default_factory=set)
    redriven: set[str] = field(default_factory=set)
    suffixes: Sequence[str] = (".mp4",)

    def upload(self, key: str, body: BinaryIO) -> Upload:
        """Take a file that has the right ending."""
        if not key.endswith(".mp4"):
            raise RefusedError(f"{key}: not a video")
        self.uploads[key] = body.read()
        return upload_of(key, "made-here")

    def faults(self) -> Sequence[Fault]:
        """The one switch."""
        return [Fault(name="pause", label="Pause", preset=None, is_on="pause" in self.on)]

    def switch(self, name: str, *, on: bool) -> None:
        """Turn it."""
        self.on = {name} if on else set()

    def redrive(self, message_ids: Collection[str]) -> Sequence[str]:
        """Take any letters."""
        self.redriven |= set(message_ids)
        return []


@cache
def _clients(region: str) -> Clients:
    """Make the clients once: they serve every test, and to make them takes half a second."""
    stack = Stack(
        region=region, input_bucket="", ledger_table="", reconcile_function="", branches={}
    )
    return Clients(stack, attempts=1)


def board_of(
    cloud: Cloud, mediaconvert: FakeMediaConvert, controls: FakeControls | None = None
) -> Board:
    """What is shown of a cloud."""
    cloud.outputs["pipeline_arns"] = {preset: PIPELINE + preset for preset in PRESETS}
    cloud.outputs["output_buckets"] = BUCKETS
    clients = _clients(cloud.stack.region)
    vars(clients)["mediaconvert"] = mediaconvert
    for bucket in BUCKETS.values():
        where: Any = {"LocationConstraint": REGION}
        clients.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    return Board(cloud.stack, clients, controls)


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def error(self) -> str:
        """Why it refused."""
        error: str = json.loads(self.body)["error"]
        return error


@dataclass(frozen=True)
class Browser:
    """Asks a server, with the headers that a browser sends."""

    address: str
    """Host and port."""

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str | None
    ) -> Answer:
        """Send a request; a header that is None is left out."""
        given = {"Host": self.address, "Origin": f"http://{self.address}", **headers}
        named = {name.replace("_", "-"): text for name, text in given.items() if text is not None}
        connection = http.client.HTTPConnection(self.address, timeout=10)
        try:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()
