"""What follows from the end of a job."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from moto import mock_aws

from handlers import retry_policy
from handlers.events import write_notice
from handlers.ledger.rendition import Duty, Failure, State
from handlers.settings import SubmitJobSettings
from handlers.upload import Upload
from tests.handlers.fakes import THROTTLED, KilledError, client_error
from tests.handlers.world import World

OUTPUTS = [
    {
        "outputDetails": [
            {
                "outputFilePaths": ["s3://output-720p/trips/a-720p.mp4"],
                "durationInMs": 30041,
                "videoDetails": {"widthInPx": 1280, "heightInPx": 720},
            }
        ],
        "type": "FILE_GROUP",
    }
]


@pytest.fixture
def job(world: World, upload: Upload) -> dict[str, Any]:
    """The job of an upload's first attempt."""
    world["720p"].notify(upload)
    world["720p"].invoke()
    return world.mediaconvert.jobs[0]


@pytest.fixture
def two_presets(settings: SubmitJobSettings, document: dict[str, Any]) -> Iterator[World]:
    """A fan-out with two branches."""
    with mock_aws():
        yield World(settings, document, "720p", "1080p")


def states(world: World) -> list[tuple[str, str | None]]:
    """What has been announced: type and state, or the states of the asset's renditions."""
    return [
        (told["type"], told["state"])
        if told["type"] == "rendition"
        else ("asset", ", ".join(end["state"] for end in told["renditions"]))
        for told in world.announcements()
    ]


def test_a_complete_job_is_a_rendition_that_is_announced(
    world: World, job: dict[str, Any], upload: Upload
) -> None:
    """COMPLETE is written down with its outputs and announced with what a consumer needs."""
    world.tell(job, "COMPLETE", outputGroupDetails=OUTPUTS)

    assert [] == world.outcomes.invoke()

    rendition = world.rendition(upload)
    assert (State.COMPLETE, frozenset(), None) == (
        rendition.state,
        rendition.owed,
        rendition.since,
    )
    told, asset = world.announcements()
    end = {
        "preset": "720p",
        "state": "complete",
        "attempt": 1,
        "job_id": "job-1",
        "failure": None,
        "outputs": [
            {
                "bucket": "output-720p",
                "key": "trips/a-720p.mp4",
                "duration_ms": 30041,
                "width": 1280,
                "height": 720,
            }
        ],
    }
    source = {
        "bucket": "input",
        "key": "trips/a.mp4",
        "version_id": "3sL4kqtJlcpXroDTDmJ",
        "etag": "d41d8cd98f00b204e9800998ecf8427e",
        "size": 1024,
    }
    common = {"fanout": "videoconverter-dev", "source": source}
    assert {
        "type": "rendition",
        "announcement_id": told["announcement_id"],
        **common,
        **end,
    } == told
    assert {
        "type": "asset",
        "announcement_id": asset["announcement_id"],
        "revision": 1,
        **common,
        "renditions": [end],
        "outputs_left_out": False,
    } == asset


def test_a_duplicate_event_changes_and_tells_nothing(
    world: World, job: dict[str, Any], upload: Upload
) -> None:
    """The second event of an end is done in silence."""
    world.tell(job, "COMPLETE")
    world.outcomes.invoke()
    world.announcements()
    before = world.rendition(upload)
    world.tell(job, "COMPLETE")

    assert [] == world.outcomes.invoke()
    assert before == world.rendition(upload)
    assert [] == world.announcements()


@pytest.mark.parametrize("first", ["COMPLETE", "CANCELED"])
def test_the_first_end_of_a_job_is_its_end(
    first: str, world: World, job: dict[str, Any], upload: Upload
) -> None:
    """What has come to an end is not given up by another that is told of the same job."""
    world.tell(job, first)
    world.outcomes.invoke()
    before = world.rendition(upload)
    world.tell(job, "ERROR", errorCode=1010, errorMessage="No.")

    assert [] == world.outcomes.invoke()
    assert before == world.rendition(upload)
    assert [] == world["720p"].dead_letters()


def test_an_event_of_a_job_that_goes_on_is_nothing_to_do(world: World, job: dict[str, Any]) -> None:
    """Events from before a job's end are done without a trace."""
    world.tell(job, "PROGRESSING")

    assert [] == world.outcomes.invoke()
    assert [] == world.announcements()


@pytest.mark.parametrize("code", [1999, 1517, 1522, 1550, 1432, 1433, 1434])
def test_an_error_that_can_pass_is_tried_again(
    code: int, world: World, job: dict[str, Any], upload: Upload
) -> None:
    """Such a code asks for the next attempt in the branch's queue, with the reason, later."""
    world.tell(job, "ERROR", errorCode=code, errorMessage="Perhaps.")

    assert [] == world.outcomes.invoke()
    assert [] == world["720p"].invoke()
    assert 1 == world["720p"].waiting()
    assert State.RETRYING == world.rendition(upload).state
    assert [] == world["720p"].dead_letters()
    assert [] == world.announcements()


def test_an_error_that_is_told_twice_is_tried_again_once(
    world: World, job: dict[str, Any], upload: Upload
) -> None:
    """The second event uses up none of the attempts, and asks for none."""
    for _ in range(2):
        world.tell(job, "ERROR", errorCode=1517, errorMessage="Perhaps.")

        assert [] == world.outcomes.invoke()

    assert 1 == world["720p"].waiting()
    assert 1 == world.rendition(upload).retries


def test_the_next_attempt_is_a_message_that_waits(
    world: World, job: dict[str, Any], upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A retry is the upload's notice with attempt, code and reason, hidden for half a minute."""
    sent: list[dict[str, Any]] = []
    world.tell(job, "ERROR", errorCode=1999, errorMessage="Perhaps.")
    monkeypatch.setattr(world.sqs, "send_message", lambda **request: sent.append(request))
    world.outcomes.invoke()

    [request] = sent
    assert (world["720p"].branch.queue_url, write_notice(upload), 30) == (
        request["QueueUrl"],
        request["MessageBody"],
        request["DelaySeconds"],
    )
    assert {"attempt": "2", "code": "1999", "reason": "Perhaps."} == {
        name: value["StringValue"] for name, value in request["MessageAttributes"].items()
    }


def test_attempts_end_with_the_cap_of_their_code(world: World, upload: Upload) -> None:
    """1999 is tried again once; the second failure is a dead letter with everything known."""
    branch = world["720p"]
    branch.notify(upload)
    branch.invoke()
    world.tell(world.mediaconvert.jobs[0], "ERROR", errorCode=1999, errorMessage="Perhaps.")
    world.outcomes.invoke()
    branch.notify(upload, attempt="2")
    branch.invoke()
    world.tell(world.mediaconvert.jobs[1], "ERROR", errorCode=1999, errorMessage="No.")

    assert [] == world.outcomes.invoke()
    reasons = {
        "code": "1999",
        "reason": "No.",
        "key": "trips/a.mp4",
        "job_id": "job-2",
        "attempt": "2",
    }
    assert [(write_notice(upload), reasons)] == branch.dead_letters()
    assert [("rendition", "dead"), ("asset", "dead")] == states(world)


def test_an_error_that_cannot_pass_is_a_dead_letter_at_once(
    world: World, job: dict[str, Any]
) -> None:
    """A file that is no video is not tried again."""
    world.tell(job, "ERROR", errorCode=1010, errorMessage="No parser found for container")

    assert [] == world.outcomes.invoke()

    [(_, reasons)] = world["720p"].dead_letters()
    assert ("1010", "job-1") == (reasons["code"], reasons["job_id"])
    assert 0 == world["720p"].waiting()


def test_a_person_who_asks_again_gets_the_retries_anew(world: World, upload: Upload) -> None:
    """Retries are counted since somebody last asked, not for ever."""
    states = []
    for attempt in (1, 2, 3, 4):
        world["720p"].notify(upload, attempt=str(attempt))
        world["720p"].invoke()
        world.tell(world.mediaconvert.jobs[-1], "ERROR", errorCode=1999, errorMessage="Perhaps.")
        world.outcomes.invoke()
        states.append(world.rendition(upload).state)

    assert [State.RETRYING, State.DEAD, State.RETRYING, State.DEAD] == states


def test_a_retry_that_was_sent_is_not_owed_by_the_next_attempt(
    world: World, job: dict[str, Any], upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the function dies right after asking for the next attempt, nobody asks once more."""

    def die(*_: object) -> None:
        raise KilledError

    world.tell(job, "ERROR", errorCode=1999)
    with monkeypatch.context() as patch:
        patch.setattr(world.ledger.renditions, "done", die)
        with pytest.raises(KilledError):
            world.outcomes.invoke()
    world.mediaconvert.refuse("a.mp4", KilledError())
    world["720p"].notify(upload, attempt="2")
    with pytest.raises(KilledError):
        world["720p"].invoke()

    assert (State.CLAIMED, 2, frozenset()) == (
        world.rendition(upload).state,
        world.rendition(upload).attempt,
        world.rendition(upload).owed,
    )


def test_an_earlier_jobs_end_does_not_end_a_claim(
    world: World, job: dict[str, Any], upload: Upload
) -> None:
    """While the next attempt has no job yet, the one before has nothing to say about it."""
    world.tell(job, "ERROR", errorCode=1999)
    world.outcomes.invoke()
    world.mediaconvert.refuse("a.mp4", THROTTLED)
    world["720p"].notify(upload, attempt="2")
    world["720p"].invoke()
    world.tell(job, "ERROR", errorCode=1999)

    assert [] == world.outcomes.invoke()
    assert (State.WAITING, 2) == (world.rendition(upload).state, world.rendition(upload).attempt)


def test_a_canceled_job_is_final_and_told(world: World, job: dict[str, Any]) -> None:
    """CANCELED is announced, not tried again, and no dead letter."""
    world.tell(job, "CANCELED")

    assert [] == world.outcomes.invoke()
    assert [("rendition", "canceled"), ("asset", "canceled")] == states(world)
    assert [] == world["720p"].dead_letters()
    assert 0 == world["720p"].waiting()


@pytest.mark.parametrize("late", ["COMPLETE", "ERROR", "CANCELED"])
def test_the_end_of_an_earlier_attempt_comes_too_late(
    late: str, world: World, job: dict[str, Any], upload: Upload
) -> None:
    """Once a later attempt has begun, nothing that an earlier job says matters."""
    world.tell(job, "ERROR", errorCode=1999, errorMessage="Perhaps.")
    world.outcomes.invoke()
    world["720p"].notify(upload, attempt="2")
    world["720p"].invoke()
    before = world.rendition(upload)
    world.tell(job, late, errorCode=1010)

    assert [] == world.outcomes.invoke()
    assert before == world.rendition(upload)
    assert [] == world.announcements()


def test_another_jobs_end_is_not_this_ones(
    world: World, job: dict[str, Any], upload: Upload
) -> None:
    """A job with the same metadata that the ledger did not note cannot end the rendition."""
    world.tell({**job, "Id": "job-of-somebody-else"}, "ERROR", errorCode=1010)

    assert [] == world.outcomes.invoke()
    assert State.SUBMITTED == world.rendition(upload).state
    assert [] == world["720p"].dead_letters()


@pytest.mark.parametrize("ends", [("720p", "1080p"), ("1080p", "720p")])
def test_an_asset_is_announced_when_its_last_rendition_has_ended(
    ends: tuple[str, str], two_presets: World, upload: Upload
) -> None:
    """One announcement per rendition, and one of the asset with all of them, in any order."""
    for branch in two_presets.branches.values():
        branch.notify(upload)
        branch.invoke()
    jobs = {job["UserMetadata"]["preset"]: job for job in two_presets.mediaconvert.jobs}
    two_presets.tell(jobs[ends[0]], "COMPLETE")
    two_presets.outcomes.invoke()

    assert [("rendition", "complete")] == states(two_presets)

    two_presets.tell(jobs[ends[1]], "ERROR", errorCode=1010)
    two_presets.outcomes.invoke()

    expected = "dead, complete" if ends[0] == "720p" else "complete, dead"
    assert [("rendition", "dead"), ("asset", expected)] == states(two_presets)


def test_an_asset_waits_for_every_preset_of_the_time_of_its_upload(
    two_presets: World, upload: Upload
) -> None:
    """A preset whose queue has not delivered yet is waited for, too."""
    two_presets["720p"].notify(upload)
    two_presets["720p"].invoke()
    two_presets.tell(two_presets.mediaconvert.jobs[0], "COMPLETE")
    two_presets.outcomes.invoke()

    assert [("rendition", "complete")] == states(two_presets)


def test_a_redrive_announces_its_rendition_and_a_new_revision(
    world: World, job: dict[str, Any], upload: Upload
) -> None:
    """A later attempt's end is news: of the rendition, and of the asset with another revision."""
    world.tell(job, "ERROR", errorCode=1010)
    world.outcomes.invoke()
    first = world.announcements()
    world["720p"].notify(upload, attempt="2")
    world["720p"].invoke()
    world.tell(world.mediaconvert.jobs[1], "COMPLETE")
    world.outcomes.invoke()
    second = world.announcements()

    assert [1, 2] == [told[1]["revision"] for told in (first, second)]
    assert ["dead", "complete"] == [told[0]["state"] for told in (first, second)]
    assert 4 == len({told["announcement_id"] for told in first + second})


@pytest.mark.parametrize("ends", [False, True], ids=["running", "ended"])
def test_a_revision_is_not_told_again_in_other_words(
    ends: bool,  # noqa: FBT001 a parameter of the test
    world: World,
    job: dict[str, Any],
    upload: Upload,
) -> None:
    """When a later attempt has begun, its end is a newer revision: the older one waits for it."""
    world.tell(job, "ERROR", errorCode=1010)
    world.outcomes.invoke()
    [(letter, _)] = world["720p"].dead_letters()
    asset, _ = world.ledger.assets.find(upload)
    assert asset is not None
    world["720p"].send(letter, attempt="2")
    world["720p"].invoke()
    if ends:
        second = world.mediaconvert.jobs[1]
        failure = Failure(code="1010", reason="No.")
        world.ledger.renditions.move(
            world.rendition(upload), State.DEAD, job_id=second["Id"], failure=failure
        )
    world.announcements()

    world.duties.settle_asset(replace(asset, settled_revision=0))

    assert [] == world.announcements()


def test_an_overwritten_upload_ends_in_silence(
    world: World, job: dict[str, Any], upload: Upload
) -> None:
    """When the key was uploaded anew meanwhile, the older upload's end is noted and not told."""
    newer = replace(upload, version_id="2", sequencer="0055AED6DCD90281E6")
    world["720p"].notify(newer)
    world["720p"].invoke()
    world.tell(job, "COMPLETE")

    assert [] == world.outcomes.invoke()
    assert State.SUPERSEDED == world.rendition(upload).state
    assert [] == world.announcements()

    world.tell(world.mediaconvert.jobs[1], "COMPLETE")
    world.outcomes.invoke()

    assert [("rendition", "complete"), ("asset", "complete")] == states(world)


def test_an_older_upload_that_arrives_late_does_not_supersede(world: World, upload: Upload) -> None:
    """S3's sequencer orders uploads, whatever the order of messages; a short one is filled up."""
    newest = replace(upload, version_id="2", sequencer="0055AED6DCD90281E6")
    for each in (newest, upload, replace(upload, version_id="0", sequencer="0055AED6DCD90281E")):
        world["720p"].notify(each)
        world["720p"].invoke()

    assert {upload.digest} == world.ledger.assets.overwritten([newest, upload])


@pytest.mark.parametrize("service", ["sns", "sqs"])
def test_what_could_not_be_done_is_done_by_the_next_delivery(
    service: str,
    world: World,
    job: dict[str, Any],
    upload: Upload,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A refused dead letter or announcement keeps the event, and is made up for."""

    def refuse(**_: object) -> None:
        raise client_error("Throttled", 429)

    event = world.tell(job, "ERROR", errorCode=1010)
    with monkeypatch.context() as patch:
        client, method = (world.sns, "publish") if service == "sns" else (world.sqs, "send_message")
        patch.setattr(client, method, refuse)

        assert [event] == world.outcomes.invoke()

    assert State.DEAD == world.rendition(upload).state
    assert Duty.ANNOUNCEMENT in world.rendition(upload).owed

    world.outcomes.end_back_off()

    assert [] == world.outcomes.invoke()
    assert 1 == len(world["720p"].dead_letters())
    assert [("rendition", "dead"), ("asset", "dead")] == states(world)
    assert frozenset() == world.rendition(upload).owed


def test_a_repeated_announcement_has_the_same_id(
    world: World, job: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the function dies after publishing, the same announcement comes again under its id."""
    publish = world.sns.publish

    def publish_and_die(**request: Any) -> None:
        publish(**request)
        raise KilledError

    world.tell(job, "COMPLETE")
    for _ in range(2):
        with monkeypatch.context() as patch:
            patch.setattr(world.sns, "publish", publish_and_die)
            with pytest.raises(KilledError):
                world.outcomes.invoke()
        world.outcomes.end_back_off()
    world.outcomes.invoke()
    ids = [told["announcement_id"] for told in world.announcements()]

    assert 4 == len(ids)
    assert 2 == len(set(ids))


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        (lambda _: "no JSON", "Expecting value"),
        (lambda _: "[]", "list indices"),
        (lambda event: json.dumps({**event, "detail": {}}), "'status'"),
        (
            lambda event: json.dumps({"detail": {**event["detail"], "userMetadata": {}}}),
            "'preset'",
        ),
    ],
)
def test_what_is_no_event_of_ours_stays_for_people(
    body: Callable[[dict[str, Any]], str],
    missing: str,
    world: World,
    job: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A message that cannot be read is kept, and the log says why; the queue sets it aside."""
    event = {"detail": {"jobId": "j", "status": "COMPLETE", "userMetadata": job["UserMetadata"]}}
    message = world.outcomes.send(body(event))

    assert [message] == world.outcomes.invoke()
    assert missing in caplog.text


def test_an_unknown_upload_stays_for_people(
    world: World, job: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """The end of a job that the ledger does not know is kept, and the log says what is unknown."""
    metadata = {**job["UserMetadata"], "upload": "0" * 64}
    message = world.tell({**job, "UserMetadata": metadata}, "COMPLETE")

    assert [message] == world.outcomes.invoke()
    assert "The ledger has no rendition of the upload 0000" in caplog.text


def test_delays_double_up_to_what_sqs_allows() -> None:
    """Retries wait half a minute, then twice as long each time, 15 minutes at most."""
    assert [30, 60, 120, 240, 480, 900, 900] == [retry_policy.delay(n) for n in range(1, 8)]
