"""State change events, in the form that MediaConvert documents, and their delivery."""

import itertools
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from local.mediaconvert import MediaConvertService, events
from local.mediaconvert.announcer import Announcer, Event
from local.mediaconvert.jobs import Job, Phase, WrittenGroup, WrittenOutput
from local.mediaconvert.media import AudioTrack, Media, VideoTrack
from tests.local.mediaconvert.studio import ACCOUNT as STUDIO_ACCOUNT
from tests.local.mediaconvert.studio import INPUT, KEY, OUTPUT, REGION, Studio, wait_until

ACCOUNT = "111122223333"
NOW = datetime(2022, 12, 19, 19, 7, 12, 75_000, UTC)
QUEUE = f"arn:aws:mediaconvert:us-west-2:{ACCOUNT}:queues/Default"
JOB = f"arn:aws:mediaconvert:us-west-2:{ACCOUNT}:jobs/1671476818694-phptj0"


def job(**state: Any) -> Job:
    """Return a job with the names of the documentation's examples."""
    request = {
        "UserMetadata": {"preset": "720p"},
        "Settings": {"Inputs": [{"FileInput": "s3://bucket/file/file.mp4"}]},
    }
    return Job(JOB.rpartition("/")[2], JOB, QUEUE, 0, request, NOW, **state)


def test_an_error_has_code_and_message() -> None:
    """ERROR tells both as GetJob does."""
    failed = job(error_code=1040, error_message="Example error message")
    assert {"errorCode": 1040, "errorMessage": "Example error message"} == events.error(failed)


def test_completion_lists_the_files() -> None:
    """COMPLETE has, per group and output, path, length and the picture's size."""
    output = WrittenOutput("s3://bucket/file/file.mp4", 30041, 1920, 1080, 6_000_000)
    sound = WrittenOutput("s3://bucket/file/file.m4a", 30041)
    assert {
        "outputGroupDetails": [
            {
                "outputDetails": [
                    {
                        "outputFilePaths": ["s3://bucket/file/file.mp4"],
                        "durationInMs": 30041,
                        "videoDetails": {
                            "widthInPx": 1920,
                            "heightInPx": 1080,
                            "averageBitrate": 6_000_000,
                        },
                    },
                    {"outputFilePaths": ["s3://bucket/file/file.m4a"], "durationInMs": 30041},
                ],
                "type": "FILE_GROUP",
            }
        ]
    } == events.complete(job(output_groups=[WrittenGroup("FILE_GROUP", [output, sound])]))


def test_progress_is_told_phase_by_phase() -> None:
    """STATUS_UPDATE has the phases as in the documentation's example: 2 % encoded are 6 % done."""
    progressing = job(phase=Phase.TRANSCODING, phase_percent=2)
    assert {
        "framesDecoded": 353,
        "jobProgress": {
            "phaseProgress": {
                "PROBING": {"status": "COMPLETE", "percentComplete": 100},
                "TRANSCODING": {"status": "PROGRESSING", "percentComplete": 2},
                "UPLOADING": {"status": "PENDING", "percentComplete": 0},
            },
            "jobPercentComplete": 6,
            "currentPhase": "TRANSCODING",
            "retryCount": 0,
        },
    } == events.status_update(progressing, 353)


def test_the_input_is_described() -> None:
    """INPUT_INFORMATION has picture and sound as in the documentation's example."""
    video = VideoTrack(
        index=0,
        codec="h264",
        fourcc="avc1",
        width=1920,
        height=1080,
        rotation=0,
        pixel_aspect=Fraction(1),
        frame_rate=Fraction(24),
        frames=721,
        is_variable=False,
        chroma="420",
        bit_depth=8,
        bit_rate=None,
        transfer=1,
        matrix=1,
        is_interlaced=False,
    )
    media = Media(30.0, video, (AudioTrack(1, "aac", 2, 44100, "und"),))
    (details,) = events.input_information(job(), media)["inputDetails"]
    assert {
        "id": 1,
        "uri": "s3://bucket/file/file.mp4",
        "audio": [
            {"channels": 2, "codec": "AAC", "language": "UND", "sampleRate": 44100, "streamId": 2}
        ],
        "video": [
            {
                "bitDepth": 8,
                "codec": "H_264",
                "colorFormat": "YUV_420",
                "fourCC": "avc1",
                "frameRate": 24.0,
                "height": 1080,
                "interlaceMode": "PROGRESSIVE",
                "sar": "1:1",
                "standard": "UNSPECIFIED",
                "streamId": 1,
                "width": 1920,
            }
        ],
    } == details


# The events of a real job


def test_a_job_tells_its_life(studio: Studio, clip: Path) -> None:
    """A job is told as PROGRESSING, INPUT_INFORMATION and COMPLETE, with its file's path."""
    studio.upload(clip)
    job_id = studio.run()["Id"]
    wait_until(lambda: "COMPLETE" in studio.statuses())
    assert ["PROGRESSING", "INPUT_INFORMATION", "COMPLETE"] == studio.statuses()
    assert {job_id} == {event["detail"]["jobId"] for event in studio.events}
    assert f"s3://{INPUT}/{KEY}" == studio.events[1]["detail"]["inputDetails"][0]["uri"]
    (output,) = studio.events[2]["detail"]["outputGroupDetails"][0]["outputDetails"]
    assert [f"s3://{OUTPUT}/trips/a b-720p.mp4"] == output["outputFilePaths"]


def test_a_failed_job_tells_why(studio: Studio) -> None:
    """ERROR has the code that GetJob has."""
    studio.upload(b"no video")
    code = studio.run()["ErrorCode"]
    wait_until(lambda: "ERROR" in studio.statuses())
    assert ["PROGRESSING", "ERROR"] == studio.statuses()
    assert code == studio.events[-1]["detail"]["errorCode"]


@pytest.mark.parametrize(("interval", "expected"), [("SECONDS_60", True), ("SECONDS_600", False)])
def test_progress_is_told_at_its_interval(
    tmp_path: Path, clip: Path, interval: str, *, expected: bool
) -> None:
    """STATUS_UPDATE comes when StatusUpdateInterval has passed since the last one, not before."""
    steps = itertools.count()
    told: list[Event] = []
    with (
        mock_aws(),
        MediaConvertService(
            account=STUDIO_ACCOUNT,
            region=REGION,
            emit=told.append,
            folder=tmp_path,
            now=lambda: NOW + timedelta(seconds=61 * next(steps)),
        ) as service,
    ):
        studio = Studio(service, told)
        studio.upload(clip)
        studio.run(studio.document(StatusUpdateInterval=interval))
    assert expected == ("STATUS_UPDATE" in studio.statuses())


# Delivery


def announcer(emit: Callable[[Event], None]) -> Announcer:
    """Return an announcer whose clock always shows NOW."""
    return Announcer(ACCOUNT, lambda: NOW, emit)


def test_every_event_names_its_job() -> None:
    """An event has the job's ARN as its resource, its time, and the fields that all share."""
    emitted: list[Event] = []
    announcing = announcer(emitted.append)
    announcing.announce(job(), "COMPLETE", more=1)
    announcing.close()
    detail = {
        "timestamp": 1671476832075,
        "accountId": ACCOUNT,
        "queue": QUEUE,
        "jobId": "1671476818694-phptj0",
        "status": "COMPLETE",
        "userMetadata": {"preset": "720p"},
        "more": 1,
    }
    assert [{"detail": detail, "resources": [JOB], "time": NOW}] == emitted


def test_delivery_keeps_the_order_and_survives_failures() -> None:
    """An event that cannot be emitted is tried again, before those that follow it."""
    emitted: list[str] = []
    failures = [RuntimeError("first"), RuntimeError("second")]

    def emit(event: Event) -> None:
        if failures:
            raise failures.pop(0)
        emitted.append(event["detail"]["status"])

    announcing = announcer(emit)
    for status in ("PROGRESSING", "STATUS_UPDATE", "COMPLETE"):
        announcing.announce(job(), status)
    wait_until(lambda: len(emitted) == 3)
    announcing.close()
    assert ["PROGRESSING", "STATUS_UPDATE", "COMPLETE"] == emitted


def test_an_event_that_never_works_is_logged_and_dropped(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """After a few attempts an event is given up in the log, and the next one is emitted."""
    monkeypatch.setattr("local.mediaconvert.announcer._FIRST_WAIT", 0.001)
    emitted: list[str] = []

    def emit(event: Event) -> None:
        if event["detail"]["status"] == "PROGRESSING":
            raise RuntimeError("the bus is gone")
        emitted.append(event["detail"]["status"])

    announcing = announcer(emit)
    announcing.announce(job(), "PROGRESSING")
    announcing.announce(job(), "CANCELED")
    wait_until(lambda: emitted)
    announcing.close()
    assert ["CANCELED"] == emitted
    assert "the bus is gone" in caplog.text


def test_closing_hands_over_what_is_queued() -> None:
    """`close` returns when every queued event was emitted, and its thread has ended."""
    emitted: list[Event] = []
    others = set(threading.enumerate())
    announcing = announcer(emitted.append)
    for _ in range(50):
        announcing.announce(job(), "STATUS_UPDATE")
    announcing.close()
    assert 50 == len(emitted)
    assert set() == set(threading.enumerate()) - others
