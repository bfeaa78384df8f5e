"""Looks where renditions are: at MediaConvert for jobs, at the dead-letter queues for the rest."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from handlers.events import EventError, read_uploads
from handlers.names import JobMetadata, MessageAttribute
from local.clients import Clients
from local.mediaconvert.destination import output_uri
from local.rendition import Failure, Rendition, Sight, State

if TYPE_CHECKING:
    from types_boto3_mediaconvert.type_defs import JobTypeDef
    from types_boto3_sqs.type_defs import MessageTypeDef

REDRIVEN_BY_SQS: Final = "redriven"
"""Code of a dead letter without attributes: SQS gave it up itself, after too many deliveries."""

_STATES: Final = {
    "SUBMITTED": State.WAITING,
    "PROGRESSING": State.ENCODING,
    "COMPLETE": State.COMPLETE,
    "CANCELED": State.ERROR,
    "ERROR": State.ERROR,
}

_Place = tuple[str, str]
"""Preset and key."""

_BATCH: Final = 10
"""Messages that SQS hands over at once, at most."""


class Watch:
    """The renditions of one stack."""

    def __init__(self, clients: Clients, outputs: Mapping[str, Any]) -> None:
        """Look at this stack.

        Args:
            clients: of its account.
            outputs: of its program.
        """
        self._clients = clients
        self._bucket: str = outputs["input_bucket"]
        self._pipelines: Mapping[str, str] = outputs["pipeline_arns"]
        self._dead_letter_queues: Mapping[str, str] = outputs["dead_letter_queue_urls"]
        self._given_up: dict[_Place, Failure] = {}

    def look(self, renditions: Iterable[Rendition]) -> dict[Rendition, Sight]:
        """What can be seen of these renditions now; those of which nothing can be are left out."""
        wanted = {(rendition.preset, rendition.key): rendition for rendition in renditions}
        presets = {preset for preset, _ in wanted}
        seen = {place: _sight(jobs) for place, jobs in self._jobs(presets).items()}
        for preset in presets:
            self._collect_dead_letters(preset)
        for place, failure in self._given_up.items():
            before = seen.get(place)
            seen[place] = Sight(
                State.ERROR,
                job_id=before.job_id if before else None,
                attempts=before.attempts if before else 0,
                failure=failure,
            )
        return {wanted[place]: sight for place, sight in seen.items() if place in wanted}

    def _jobs(self, presets: Iterable[str]) -> Mapping[_Place, list["JobTypeDef"]]:
        """The jobs of presets by preset and key of the input, the latest attempt first."""
        inputs = f"s3://{self._bucket}/"
        pages = self._clients.client("mediaconvert").get_paginator("list_jobs")
        jobs = defaultdict(list)
        # Presets can share a pipeline.
        for pipeline in {self._pipelines[preset] for preset in presets}:
            for page in pages.paginate(Queue=pipeline, Order="DESCENDING"):
                for job in page["Jobs"]:
                    key = job["Settings"]["Inputs"][0]["FileInput"].removeprefix(inputs)
                    jobs[job["UserMetadata"][JobMetadata.PRESET], key].append(job)
        return jobs

    def _collect_dead_letters(self, preset: str) -> None:
        """Remember what has arrived; the messages stay in the queue, for people."""
        answer = self._clients.client("sqs").receive_message(
            QueueUrl=self._dead_letter_queues[preset],
            MaxNumberOfMessages=_BATCH,
            MessageAttributeNames=["All"],
        )
        for message in answer.get("Messages", []):
            failure = _failure(message)
            for key in _keys(message):
                self._given_up[preset, key] = failure


def _sight(jobs: list["JobTypeDef"]) -> Sight:
    job = jobs[0]
    state = _STATES[job["Status"]]
    bucket, output_key = _output(job)
    failure = None
    if state is State.ERROR:
        failure = Failure(
            job.get("ErrorCode", job["Status"]), job.get("ErrorMessage", "The job was canceled.")
        )
    return Sight(
        state,
        percent=job.get("JobPercentComplete", 0),
        job_id=job["Id"],
        attempts=len(jobs),
        bucket=bucket,
        output_key=output_key,
        failure=failure,
    )


def _output(job: "JobTypeDef") -> tuple[str, str]:
    """Bucket and key that a job writes to. MediaConvert does not tell them; its document does."""
    group = job["Settings"]["OutputGroups"][0]
    output = group["Outputs"][0]
    destination = group["OutputGroupSettings"]["FileGroupSettings"]["Destination"]
    uri = output_uri(destination, job["Settings"]["Inputs"][0]["FileInput"], output)
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def _failure(message: "MessageTypeDef") -> Failure:
    attributes = {
        name: attribute["StringValue"]
        for name, attribute in message.get("MessageAttributes", {}).items()
    }
    return Failure(
        attributes.get(MessageAttribute.CODE, REDRIVEN_BY_SQS),
        attributes.get(MessageAttribute.REASON, "SQS delivered the message too often."),
    )


def _keys(message: "MessageTypeDef") -> list[str]:
    """The uploads that a dead letter tells of; none when it is no notice of S3."""
    try:
        return [upload.key for upload in read_uploads(message["Body"])]
    except EventError:
        return []
