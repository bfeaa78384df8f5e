"""What becomes of the messages of a batch."""

import threading
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from handlers.events import write_notice
from handlers.upload import Upload
from tests.handlers.fakes import BAD_REQUEST, NO_ANSWER, THROTTLED, client_error
from tests.handlers.scenarios import body
from tests.handlers.world import BranchWorld, World


@pytest.fixture
def branch(world: World) -> BranchWorld:
    """The 720p branch."""
    return world["720p"]


def test_an_upload_becomes_a_job_and_its_message_is_done(world: World, branch: BranchWorld) -> None:
    """The message of an accepted job is deleted."""
    branch.send(body("upload"))

    assert [] == branch.invoke()
    assert ["s3://input/trips/a.mp4"] == world.mediaconvert.inputs
    assert 0 == branch.waiting()


def test_a_mixed_batch_loses_and_repeats_nothing(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """One good, one poison, one throttled: done, dead with its reason, and the only one to stay."""
    world.mediaconvert.refuse("busy.mp4", THROTTLED)
    branch.send(body("upload"))
    branch.send("poison")
    throttled = branch.notify(replace(upload, key="busy.mp4"))

    assert [throttled] == branch.invoke()
    assert ["s3://input/trips/a.mp4"] == world.mediaconvert.inputs
    reason = (
        "The message body is not JSON (Expecting value: line 1 column 1 (char 0)); "
        "expected an S3 event, got 'poison'."
    )
    assert [("poison", {"code": "unreadable", "reason": reason})] == branch.dead_letters()
    assert 1 == branch.waiting()


@pytest.mark.parametrize("scenario", ["test_event", "test_event_in_sns_envelope", "removal"])
def test_what_uploads_nothing_is_done_in_silence(
    scenario: str, world: World, branch: BranchWorld
) -> None:
    """S3's test event makes no job and no dead letter."""
    branch.send(body(scenario))

    assert [] == branch.invoke()
    assert [] == world.mediaconvert.inputs
    assert [] == branch.dead_letters()


def test_every_upload_of_a_message_becomes_a_job(world: World, branch: BranchWorld) -> None:
    """A message with two records is two jobs, the keys decoded."""
    branch.send(body("two_uploads"))

    assert [] == branch.invoke()
    assert ["s3://input/trips/a.mp4", "s3://input/trips/b c.mp4"] == world.mediaconvert.inputs


def test_a_message_stays_when_one_of_its_uploads_has_to_wait(
    world: World, branch: BranchWorld
) -> None:
    """One refusal for now keeps the message; the other upload's job is not made a second time."""
    world.mediaconvert.refuse("b c.mp4", THROTTLED)
    message = branch.send(body("two_uploads"))

    assert [message] == branch.invoke()

    world.mediaconvert.recover()
    world.clock.pass_(3600)
    branch.end_back_off()

    assert [] == branch.invoke()
    assert ["s3://input/trips/a.mp4", "s3://input/trips/b c.mp4"] == world.mediaconvert.inputs


def test_each_refused_upload_of_a_message_is_a_dead_letter_of_its_own(
    world: World, branch: BranchWorld
) -> None:
    """Of two uploads in a message the refused one is set aside, and can be sent back alone."""
    world.mediaconvert.refuse("b c.mp4", BAD_REQUEST)
    branch.send(body("two_uploads"))

    assert [] == branch.invoke()

    [(letter, reasons)] = branch.dead_letters()
    assert "trips/b c.mp4" == reasons["key"]

    world.mediaconvert.recover()
    branch.send(letter, attempt="2")
    branch.invoke()

    assert ["s3://input/trips/a.mp4", "s3://input/trips/b c.mp4"] == world.mediaconvert.inputs


def test_what_is_refused_for_good_is_set_aside_with_its_reason(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """A refusal for good is a dead letter with code, reason and key, and the message is done."""
    world.mediaconvert.refuse("a.mp4", BAD_REQUEST)
    branch.send(body("upload"))

    assert [] == branch.invoke()
    reasons = {
        "code": "BadRequestException",
        "reason": "/outputGroups: should not be empty",
        "key": "trips/a.mp4",
        "attempt": "1",
    }
    assert [(write_notice(upload), reasons)] == branch.dead_letters()
    assert 0 == branch.waiting()


def test_a_hostile_key_can_be_set_aside(world: World, branch: BranchWorld, upload: Upload) -> None:
    """A key with characters that SQS refuses in an attribute still gets its dead letter."""
    world.mediaconvert.refuse(".mp4", BAD_REQUEST)
    branch.notify(replace(upload, key="\x07 $t$ 🎬.mp4"))

    assert [] == branch.invoke()

    [(_, reasons)] = branch.dead_letters()
    assert "� $t$ 🎬.mp4" == reasons["key"]


@pytest.mark.parametrize("error", [THROTTLED, NO_ANSWER], ids=["throttled", "silent"])
def test_what_is_refused_for_now_is_hidden_longer_each_time(
    error: Exception, world: World, branch: BranchWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal for now hides the message, by its count of receives, and costs no dead letter."""
    hidden: list[int] = []
    change_visibility = world.sqs.change_message_visibility

    def record(**request: Any) -> None:
        hidden.append(request["VisibilityTimeout"])
        change_visibility(**{**request, "VisibilityTimeout": 0})
        world.clock.pass_(3600)

    monkeypatch.setattr(world.sqs, "change_message_visibility", record)
    world.mediaconvert.refuse("a.mp4", error)
    message = branch.send(body("upload"))

    assert [message] * 8 == [stays for _ in range(8) for stays in branch.invoke()]
    assert [] == branch.dead_letters()
    assert all(later > 1.4 * sooner for sooner, later in pairwise(hidden[:7]))
    assert 8 == len(hidden)


def test_a_hidden_message_really_is_hidden(world: World, branch: BranchWorld) -> None:
    """A message that was refused for now is not delivered again at once."""
    world.mediaconvert.refuse("a.mp4", THROTTLED)
    branch.send(body("upload"))
    branch.invoke()

    assert [] == branch.invoke()
    assert 1 == branch.waiting()


def test_a_message_is_kept_when_its_dead_letter_cannot_be_sent(
    world: World, branch: BranchWorld
) -> None:
    """Without the dead letter the message is not done: it would be gone without a trace."""
    world.sqs.delete_queue(QueueUrl=branch.branch.dead_letter_queue_url)
    message = branch.send("poison")

    assert [message] == branch.invoke()


def test_a_message_is_kept_when_it_cannot_be_hidden(
    world: World, branch: BranchWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the back-off the queue's own visibility timeout brings the message back."""

    def refuse(**_: object) -> None:
        raise client_error("AccessDenied", 403)

    monkeypatch.setattr(world.sqs, "change_message_visibility", refuse)
    world.mediaconvert.refuse("a.mp4", THROTTLED)
    message = branch.send(body("upload"))

    assert [message] == branch.invoke()


def test_a_message_is_kept_when_the_ledger_does_not_answer(
    world: World, branch: BranchWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the ledger no job is made; the message comes back after its back-off."""

    def refuse(**_: object) -> None:
        raise client_error("ProvisionedThroughputExceededException", 400)

    monkeypatch.setattr(world.dynamodb, "update_item", refuse)
    message = branch.send(body("upload"))

    assert [message] == branch.invoke()
    assert [] == branch.invoke()
    assert [] == world.mediaconvert.inputs


def test_a_crash_over_one_message_does_not_touch_the_others(
    world: World, branch: BranchWorld, upload: Upload, caplog: pytest.LogCaptureFixture
) -> None:
    """A bug that one message uncovers keeps that message and no other, and is logged."""
    world.mediaconvert.refuse("bug.mp4", ZeroDivisionError())
    branch.send(body("upload"))
    crashed = branch.notify(replace(upload, key="bug.mp4"))

    assert [crashed] == branch.invoke()
    assert ["s3://input/trips/a.mp4"] == world.mediaconvert.inputs
    assert [] == branch.dead_letters()
    assert "ZeroDivisionError" in caplog.text


def test_a_batch_is_submitted_at_one_time(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """The jobs of a batch are created side by side: none waits for another's answer."""
    all_there = threading.Barrier(10, timeout=5)
    world.mediaconvert.before = lambda _: (all_there.wait(), None)[1]
    for number in range(10):
        branch.notify(replace(upload, key=f"{number}.mp4"))

    assert [] == branch.invoke()


def test_a_backfill_asks_for_nothing_that_is_there(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """With `unless_rendered` an upload gets a job only when the output bucket lacks its output."""
    world.s3.create_bucket(
        Bucket="output-720p", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    world.s3.put_object(Bucket="output-720p", Key="trips/a-720p.mp4", Body=b"a rendition")
    branch.send(body("upload"), unless_rendered="true")
    branch.notify(replace(upload, key="trips/b.mp4"), unless_rendered="true")

    assert [] == branch.invoke()
    assert ["s3://input/trips/b.mp4"] == world.mediaconvert.inputs
