"""What becomes of the messages of a batch."""

import threading
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from handlers.events import write_notice
from handlers.settings import Settings
from handlers.submit_job import Runtime, handler
from handlers.upload import Upload
from tests.handlers.fakes import EventSourceMapping, FakeMediaConvert
from tests.handlers.scenarios import body

if TYPE_CHECKING:
    from types_boto3_mediaconvert import MediaConvertClient
    from types_boto3_sqs import SQSClient

VISIBILITY_TIMEOUT = 60
"""Seconds, as the branch's queue has it."""


def client_error(code: str, status: int, message: str = "No.") -> ClientError:
    """An answer of MediaConvert that boto3 raises."""
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {
                "HTTPStatusCode": status,
                "RequestId": "r",
                "HTTPHeaders": {},
                "RetryAttempts": 1,
                "HostId": "",
            },
        },
        "CreateJob",
    )


THROTTLED = client_error("TooManyRequestsException", 429)
BAD_REQUEST = client_error("BadRequestException", 400, "/outputGroups: should not be empty")


@pytest.fixture
def mediaconvert() -> FakeMediaConvert:
    """A MediaConvert that takes every job."""
    return FakeMediaConvert()


@pytest.fixture
def runtime(
    sqs: "SQSClient",
    settings: Settings,
    document: dict[str, Any],
    mediaconvert: FakeMediaConvert,
) -> Runtime:
    """A branch with real queues (moto's) and a MediaConvert that takes every job."""
    queue = sqs.create_queue(
        QueueName="720p", Attributes={"VisibilityTimeout": str(VISIBILITY_TIMEOUT)}
    )
    dead_letters = sqs.create_queue(QueueName="720p-dlq")
    return Runtime(
        settings=replace(
            settings,
            queue_url=queue["QueueUrl"],
            dead_letter_queue_url=dead_letters["QueueUrl"],
        ),
        document=document,
        mediaconvert=cast("MediaConvertClient", mediaconvert),
        sqs=sqs,
    )


@pytest.fixture
def branch(runtime: Runtime) -> "Branch":
    """The branch as its messages see it."""
    return Branch(runtime)


class Branch:
    """A queue with its mapping and its dead letters."""

    def __init__(self, runtime: Runtime) -> None:
        """Stand around a runtime."""
        self.runtime = runtime
        self.mapping = EventSourceMapping(runtime.sqs, runtime.settings.queue_url)
        self.send = self.mapping.send

    def invoke(self) -> list[str]:
        """Submit what is visible; return the ids of the messages that stay."""
        return self.mapping.invoke(partial(handler, runtime=self.runtime))

    def waiting(self) -> int:
        """How many messages the queue still holds."""
        attributes = self.runtime.sqs.get_queue_attributes(
            QueueUrl=self.runtime.settings.queue_url, AttributeNames=["All"]
        )["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"]) + int(
            attributes["ApproximateNumberOfMessagesNotVisible"]
        )

    def dead_letters(self) -> list[tuple[str, dict[str, str]]]:
        """All dead letters: body and attributes, in the order of their bodies."""
        messages = self.runtime.sqs.receive_message(
            QueueUrl=self.runtime.settings.dead_letter_queue_url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        return sorted(
            (
                message["Body"],
                {k: v["StringValue"] for k, v in message["MessageAttributes"].items()},
            )
            for message in messages
        )


def test_an_upload_becomes_a_job_and_its_message_is_done(
    branch: Branch, mediaconvert: FakeMediaConvert
) -> None:
    """The message of an accepted job is deleted."""
    branch.send(body("upload"))

    assert [] == branch.invoke()
    assert ["s3://input/trips/a.mp4"] == mediaconvert.inputs
    assert 0 == branch.waiting()


def test_a_mixed_batch_loses_and_repeats_nothing(
    branch: Branch, mediaconvert: FakeMediaConvert, upload: Upload
) -> None:
    """One good, one poison, one throttled: done, dead with its reason, and the only one to stay."""
    mediaconvert.refuse("busy.mp4", THROTTLED)
    branch.send(body("upload"))
    branch.send("poison")
    throttled = branch.send(write_notice(replace(upload, key="busy.mp4")))

    assert [throttled] == branch.invoke()
    assert ["s3://input/trips/a.mp4"] == mediaconvert.inputs
    assert [
        (
            "poison",
            {
                "code": "unreadable",
                "reason": "The message body is not JSON (Expecting value: line 1 column 1 "
                "(char 0)); expected an S3 event, got 'poison'.",
            },
        )
    ] == branch.dead_letters()
    assert 1 == branch.waiting()


@pytest.mark.parametrize("scenario", ["test_event", "test_event_in_sns_envelope", "removal"])
def test_what_uploads_nothing_is_done_in_silence(
    scenario: str, branch: Branch, mediaconvert: FakeMediaConvert
) -> None:
    """S3's test event makes no job and no dead letter."""
    branch.send(body(scenario))

    assert [] == branch.invoke()
    assert [] == mediaconvert.inputs
    assert [] == branch.dead_letters()


def test_every_upload_of_a_message_becomes_a_job(
    branch: Branch, mediaconvert: FakeMediaConvert
) -> None:
    """A message with two records is two jobs, the keys decoded."""
    branch.send(body("two_uploads"))

    assert [] == branch.invoke()
    assert ["s3://input/trips/a.mp4", "s3://input/trips/b c.mp4"] == mediaconvert.inputs


def test_a_message_stays_when_one_of_its_uploads_has_to_wait(
    branch: Branch, mediaconvert: FakeMediaConvert
) -> None:
    """One refusal for now keeps the message; the other upload's job is not made a second time."""
    mediaconvert.refuse("b c.mp4", THROTTLED)
    message = branch.send(body("two_uploads"))

    assert [message] == branch.invoke()

    mediaconvert.refusals.clear()
    branch.mapping.end_back_off()

    assert [] == branch.invoke()
    assert ["s3://input/trips/a.mp4", "s3://input/trips/b c.mp4"] == mediaconvert.inputs


def test_a_message_that_waits_has_no_dead_letter_yet(
    branch: Branch, mediaconvert: FakeMediaConvert
) -> None:
    """While one upload waits, the refusal of another is not written down again and again."""
    mediaconvert.refuse("a.mp4", BAD_REQUEST)
    mediaconvert.refuse("b c.mp4", THROTTLED)
    branch.send(body("two_uploads"))
    branch.invoke()

    assert [] == branch.dead_letters()


def test_each_refused_upload_of_a_message_is_a_dead_letter_of_its_own(
    branch: Branch, mediaconvert: FakeMediaConvert
) -> None:
    """Of two uploads in a message the refused one is set aside, and sent back alone."""
    mediaconvert.refuse("b c.mp4", BAD_REQUEST)
    branch.send(body("two_uploads"))

    assert [] == branch.invoke()

    [(letter, reasons)] = branch.dead_letters()
    assert "trips/b c.mp4" == reasons["key"]

    mediaconvert.refusals.clear()
    mediaconvert.jobs.clear()
    branch.send(letter)
    branch.invoke()

    assert ["s3://input/trips/b c.mp4"] == mediaconvert.inputs


def test_a_duplicate_delivery_is_one_job(branch: Branch, mediaconvert: FakeMediaConvert) -> None:
    """The same upload in two messages asks for one job with one token."""
    branch.send(body("upload"))
    branch.send(body("upload_in_sns_envelope"))

    assert [] == branch.invoke()
    assert 1 == len(mediaconvert.jobs)


def test_what_is_refused_for_good_is_set_aside_as_it_came(
    branch: Branch, mediaconvert: FakeMediaConvert
) -> None:
    """A refusal for good is a dead letter with code, reason and key, and the message is done."""
    mediaconvert.refuse("a.mp4", BAD_REQUEST)
    branch.send(body("upload_in_sns_envelope"))

    assert [] == branch.invoke()
    assert [
        (
            body("upload_in_sns_envelope"),
            {
                "code": "BadRequestException",
                "reason": "/outputGroups: should not be empty",
                "key": "trips/a.mp4",
            },
        )
    ] == branch.dead_letters()
    assert 0 == branch.waiting()


def test_a_hostile_key_can_be_set_aside(
    branch: Branch, mediaconvert: FakeMediaConvert, upload: Upload
) -> None:
    """A key with characters that SQS refuses in an attribute still gets its dead letter."""
    mediaconvert.refuse(".mp4", BAD_REQUEST)
    branch.send(write_notice(replace(upload, key="\x07 $t$ 🎬.mp4")))

    assert [] == branch.invoke()

    [(_, reasons)] = branch.dead_letters()
    assert "� $t$ 🎬.mp4" == reasons["key"]


@pytest.mark.parametrize(
    "error",
    [THROTTLED, ReadTimeoutError(endpoint_url="https://mediaconvert.example")],
    ids=["throttled", "silent"],
)
def test_what_is_refused_for_now_is_hidden_longer_each_time(
    error: Exception,
    branch: Branch,
    mediaconvert: FakeMediaConvert,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A refusal for now hides the message, by its count of receives, and costs no dead letter."""
    hidden: list[int] = []
    change_visibility = branch.runtime.sqs.change_message_visibility

    def record(**request: Any) -> None:
        hidden.append(request["VisibilityTimeout"])
        change_visibility(**{**request, "VisibilityTimeout": 0})

    monkeypatch.setattr(branch.runtime.sqs, "change_message_visibility", record)
    mediaconvert.refuse("a.mp4", error)
    message = branch.send(body("upload"))

    assert [message] * 5 == [stays for _ in range(5) for stays in branch.invoke()]
    assert [] == branch.dead_letters()
    assert all(later > 1.4 * sooner for sooner, later in pairwise(hidden))
    assert 5 == len(hidden)


def test_a_hidden_message_really_is_hidden(branch: Branch, mediaconvert: FakeMediaConvert) -> None:
    """A message that was refused for now is not delivered again at once."""
    mediaconvert.refuse("a.mp4", THROTTLED)
    branch.send(body("upload"))
    branch.invoke()

    assert [] == branch.invoke()
    assert 1 == branch.waiting()


def test_a_message_is_kept_when_its_dead_letter_cannot_be_sent(
    branch: Branch, mediaconvert: FakeMediaConvert
) -> None:
    """Without the dead letter the message is not done: it would be gone without a trace."""
    mediaconvert.refuse("a.mp4", BAD_REQUEST)
    branch.runtime.sqs.delete_queue(QueueUrl=branch.runtime.settings.dead_letter_queue_url)
    message = branch.send(body("upload"))

    assert [message] == branch.invoke()


def test_a_message_is_kept_when_it_cannot_be_hidden(
    branch: Branch, mediaconvert: FakeMediaConvert, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the back-off the queue's own visibility timeout brings the message back."""

    def refuse(**_: object) -> None:
        raise client_error("AccessDenied", 403)

    monkeypatch.setattr(branch.runtime.sqs, "change_message_visibility", refuse)
    mediaconvert.refuse("a.mp4", THROTTLED)
    message = branch.send(body("upload"))

    assert [message] == branch.invoke()


def test_a_crash_over_one_message_does_not_touch_the_others(
    branch: Branch,
    mediaconvert: FakeMediaConvert,
    upload: Upload,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A bug that one message uncovers keeps that message and no other, and is logged."""
    mediaconvert.refuse("bug.mp4", ZeroDivisionError())
    branch.send(body("upload"))
    crashed = branch.send(write_notice(replace(upload, key="bug.mp4")))

    assert [crashed] == branch.invoke()
    assert ["s3://input/trips/a.mp4"] == mediaconvert.inputs
    assert [] == branch.dead_letters()
    assert "ZeroDivisionError" in caplog.text


def test_a_batch_is_submitted_at_one_time(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    """The jobs of a batch are created side by side: none waits for another's answer."""
    all_there = threading.Barrier(10, timeout=5)

    def create_job(**_: object) -> dict[str, Any]:
        all_there.wait()
        return {"Job": {"Id": "job"}}

    monkeypatch.setattr(branch.runtime.mediaconvert, "create_job", create_job)
    for number in range(10):
        branch.send(body("upload").replace("a.mp4", f"{number}.mp4"))

    assert [] == branch.invoke()


def test_a_later_attempt_is_another_job(branch: Branch, mediaconvert: FakeMediaConvert) -> None:
    """A message that asks for the second attempt gets a job of its own, numbered."""
    branch.send(body("upload"))
    branch.send(body("upload"), attempt="2")
    branch.invoke()

    assert ["1", "2"] == sorted(
        job["UserMetadata"]["attempt"] for job in mediaconvert.jobs.values()
    )
