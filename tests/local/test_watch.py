"""What jobs and dead letters add up to."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from components.presets import PresetArgs, resolve
from components.presets.job_settings import job_document
from handlers.mediaconvert.output_groups import group_settings
from local.rendition import Failure, Rendition, Sight, State
from local.watch import Watch

if TYPE_CHECKING:
    from local.clients import Clients

A = Rendition(Path("a b.mp4"), "1/a b.mp4", "720p")
OTHER_PRESET = Rendition(A.source, A.key, "1080p")
OUTPUTS = {
    "input_bucket": "in",
    "pipeline_arns": {"720p": "shared", "1080p": "shared"},
    "dead_letter_queue_urls": {"720p": "720p-dlq", "1080p": "1080p-dlq"},
}


def job(status: str, rendition: Rendition = A, **more: Any) -> dict[str, Any]:
    """Write a job as ListJobs does."""
    group = {
        "OutputGroupSettings": {
            "Type": "FILE_GROUP_SETTINGS",
            "FileGroupSettings": {"Destination": f"s3://out/{rendition.key.removesuffix('.mp4')}"},
        },
        "Outputs": [
            {
                "NameModifier": f"-{rendition.preset}",
                "Extension": "mp4",
                "ContainerSettings": {"Container": "MP4"},
            }
        ],
    }
    return {
        "Id": "1-a",
        "Status": status,
        "UserMetadata": {"preset": rendition.preset},
        "Settings": {
            "Inputs": [{"FileInput": f"s3://in/{rendition.key}"}],
            "OutputGroups": [group],
        },
        **more,
    }


def letter(key: str = A.key, **attributes: str) -> dict[str, Any]:
    """Write a dead letter as SQS hands it over."""
    s3 = {
        "bucket": {"name": "in"},
        "object": {"key": key.replace(" ", "+"), "size": 1, "eTag": "e", "versionId": "v"},
    }
    record = {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": s3}
    return {
        "Body": json.dumps({"Records": [record]}),
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    }


class Aws:
    """MediaConvert and SQS, as far as somebody looks at them."""

    def __init__(self, jobs: list[dict[str, Any]], letters: list[dict[str, Any]]) -> None:
        """Hold jobs, the latest first, and the dead letters of 720p."""
        self._jobs = jobs
        self._letters = letters
        self.pipelines_listed: list[str] = []

    def client(self, _: str) -> "Aws":
        """Be every service."""
        return self

    def get_paginator(self, operation: str) -> "Aws":
        """Page through jobs."""
        assert "list_jobs" == operation
        return self

    def paginate(self, **arguments: str) -> Iterator[dict[str, Any]]:
        """Give each job a page of its own."""
        assert "DESCENDING" == arguments["Order"]
        self.pipelines_listed.append(arguments["Queue"])
        yield from ({"Jobs": [each]} for each in self._jobs)

    def receive_message(self, **arguments: Any) -> Mapping[str, Any]:
        """Hand over every letter once."""
        if arguments["QueueUrl"] != "720p-dlq":
            return {}
        letters, self._letters = self._letters, []
        return {"Messages": letters}


def look(*jobs: dict[str, Any], letters: tuple[dict[str, Any], ...] = ()) -> Sight | None:
    """Look at rendition A."""
    aws = Aws(list(jobs), list(letters))
    return Watch(cast("Clients", aws), OUTPUTS).look([A]).get(A)


def test_nothing_to_see() -> None:
    """A rendition without a job or a dead letter is not seen."""
    assert look() is None
    assert look(job("COMPLETE", OTHER_PRESET)) is None
    assert look(letters=(letter("1/other.mp4"),)) is None


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("SUBMITTED", State.WAITING),
        ("PROGRESSING", State.ENCODING),
        ("COMPLETE", State.COMPLETE),
        ("CANCELED", State.ERROR),
        ("ERROR", State.WAITING),
    ],
)
def test_states(status: str, state: State) -> None:
    """After a failed job comes another, or a dead letter; after a canceled one comes nothing."""
    sight = look(job(status))

    assert sight
    assert state is sight.state
    assert (state is State.ERROR) == bool(sight.failure)


def test_where_it_goes() -> None:
    """The job document tells where the rendition goes, and the job how far it is."""
    assert Sight(
        State.ENCODING,
        percent=40,
        job_id="1-a",
        attempts=1,
        bucket="out",
        output_key="1/a b-720p.mp4",
    ) == look(job("PROGRESSING", JobPercentComplete=40))


@pytest.mark.parametrize(
    ("preset", "main"),
    [
        ({"name": "720p", "kind": "hls"}, "1/a b-720p/index.m3u8"),
        ({"name": "720p", "kind": "thumbnails"}, "1/a b-720p.mp4"),
        ({"name": "720p", "kind": "audio"}, "1/a b-720p.m4a"),
    ],
)
def test_the_main_file_of_several(preset: PresetArgs, main: str) -> None:
    """A playlist stands for its segments, and the video for the stills beside it."""
    document = job_document(*resolve([preset]))["Settings"]
    document["Inputs"][0]["FileInput"] = f"s3://in/{A.key}"
    for group in document["OutputGroups"]:
        settings = group_settings(group)
        settings["Destination"] = f"s3://out/1/a b{settings.get('Destination', '')}"

    sight = look(job("COMPLETE", Settings=document))

    assert sight
    assert ("out", main) == (sight.bucket, sight.output_key)


def test_the_latest_attempt_counts() -> None:
    """Of several jobs the latest counts; the others are attempts."""
    sight = look(job("PROGRESSING", Id="2-b"), job("ERROR", Id="1-a"))

    assert sight
    assert (State.ENCODING, "2-b", 2) == (sight.state, sight.job_id, sight.attempts)


def test_a_dead_letter_is_the_end() -> None:
    """The dead letter's code is MediaConvert's, as a number."""
    sight = look(
        job("ERROR", ErrorCode=1010),
        letters=(letter(code="1010", reason="No video."),),
    )

    assert sight
    assert (State.ERROR, 1) == (sight.state, sight.attempts)
    assert Failure(1010, "No video.") == sight.failure


def test_a_rendition_that_exists_counts() -> None:
    """A rendition that came after all is complete, whatever a dead letter says."""
    sight = look(job("COMPLETE"), letters=(letter(code="crashed"),))

    assert sight
    assert (State.COMPLETE, None) == (sight.state, sight.failure)


def test_dead_letters_are_remembered() -> None:
    """A dead letter that was seen once is known for good: SQS hides it for a while."""
    aws = Aws([], [letter(code="ConflictException", reason="Because.")])
    watch = Watch(cast("Clients", aws), OUTPUTS)

    assert watch.look([A]) == watch.look([A])


def test_a_shared_pipeline_is_listed_once() -> None:
    """Presets can share a pipeline; each still sees its own jobs."""
    aws = Aws([job("COMPLETE"), job("PROGRESSING", OTHER_PRESET)], [])

    seen = Watch(cast("Clients", aws), OUTPUTS).look([A, OTHER_PRESET])

    assert ["shared"] == aws.pipelines_listed
    assert (State.COMPLETE, State.ENCODING) == (seen[A].state, seen[OTHER_PRESET].state)
