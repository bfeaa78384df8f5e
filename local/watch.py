"""Looks where renditions are: at MediaConvert for jobs, at the dead-letter queues for the rest."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from handlers.events import EventError, read_uploads
from handlers.mediaconvert.output_groups import bucket_and_key, expected_outputs, group_settings
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
    "ERROR": State.WAITING,
}
"""Of MediaConvert's jobs. One that failed is not the end: another job follows, or a dead letter."""

CANCELED: Final = Failure("CANCELED", "Somebody canceled the job.")

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
        # Dead letters last: by then the jobs that they tell of have been seen.
        jobs = self._jobs(presets)
        for preset in presets:
            self._collect_dead_letters(preset)
        return {
            rendition: self._sight(jobs.get(place, []), self._given_up.get(place))
            for place, rendition in wanted.items()
            if place in jobs or place in self._given_up
        }

    def _sight(self, jobs: Sequence["JobTypeDef"], given_up: Failure | None) -> Sight:
        """What the jobs of a rendition, the latest first, and its dead letter add up to."""
        if not jobs:
            return Sight(State.ERROR, failure=given_up)
        job = jobs[0]
        bucket, output_key = _output(job)
        seen = Sight(
            _STATES[job["Status"]],
            percent=job.get("JobPercentComplete", 0),
            job_id=job["Id"],
            attempts=len(jobs),
            bucket=bucket,
            output_key=output_key,
        )
        if seen.state is State.COMPLETE:
            return seen
        if given_up:
            return replace(seen, state=State.ERROR, failure=given_up)
        return replace(seen, failure=CANCELED) if seen.state is State.ERROR else seen

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
            failure = _dead_letter_failure(message)
            for key in _keys(message):
                self._given_up[preset, key] = failure


def _output(job: "JobTypeDef") -> tuple[str, str]:
    """Where a job writes its main file: MediaConvert does not tell, but its document does.

    Of several files it is the first that there is in any case: the playlist, the video beside the
    stills.
    """
    settings = job["Settings"]
    uri = next(filter(None, expected_outputs(settings)), None)
    if uri is None:
        group = settings["OutputGroups"][0]
        destination = group_settings(group)["Destination"]
        uri = output_uri(destination, settings["Inputs"][0]["FileInput"], group["Outputs"][0])
    return bucket_and_key(uri)


def _dead_letter_failure(message: "MessageTypeDef") -> Failure:
    attributes = {
        name: attribute["StringValue"]
        for name, attribute in message.get("MessageAttributes", {}).items()
    }
    code = attributes.get(MessageAttribute.CODE, REDRIVEN_BY_SQS)
    return Failure(
        int(code) if code.isdecimal() else code,
        attributes.get(MessageAttribute.REASON, "SQS delivered the message too often."),
    )


def _keys(message: "MessageTypeDef") -> list[str]:
    """The uploads that a dead letter tells of; none when it is no notice of S3."""
    try:
        return [upload.key for upload in read_uploads(message["Body"])]
    except EventError:
        return []
