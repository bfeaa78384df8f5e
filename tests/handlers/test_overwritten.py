"""A key that is uploaded again: at rest, what lies in the output bucket is of the newest upload."""

import json
from dataclasses import replace
from typing import Any

import pytest

from handlers.duties import OLDER_ONE_STAYS
from handlers.events import write_notice
from handlers.ledger.rendition import State
from handlers.names import JobMetadata, LedgerKey
from handlers.upload import Upload
from tests.handlers.fakes import BAD_REQUEST, NO_ANSWER, THROTTLED
from tests.handlers.world import World


@pytest.fixture
def newer(upload: Upload) -> Upload:
    """A later upload of the same key."""
    return replace(upload, version_id="newer", sequencer="0055AED6DCD90281E6")


@pytest.fixture
def newest(upload: Upload) -> Upload:
    """One later still."""
    return replace(upload, version_id="newest", sequencer="0055AED6DCD90281E7")


def submit(world: World, upload: Upload, **attributes: str) -> None:
    """Let submit_job see an upload's notice."""
    world["720p"].notify(upload, **attributes)
    world["720p"].invoke()


def end(world: World, number: int, status: str, **detail: Any) -> None:
    """End a job, which writes what it read, and let job_outcome see the event."""
    world.mediaconvert.end(world.mediaconvert.jobs[number], status)
    tell(world, number, status, **detail)


def tell(world: World, number: int, status: str, **detail: Any) -> None:
    """Let job_outcome see the event of a job's end, perhaps once more."""
    world.tell(world.mediaconvert.jobs[number], status, **detail)
    world.outcomes.invoke()


def states(world: World, *uploads: Upload) -> list[tuple[State, int]]:
    """The state and the attempt of each upload's rendition."""
    renditions = map(world.rendition, uploads)
    return [(rendition.state, rendition.attempt) for rendition in renditions]


def told(world: World) -> list[tuple[str, str, Any]]:
    """Type, version and attempt or revision of what is announced."""
    return [
        (each["type"], each["source"]["version_id"], each.get("attempt", each.get("revision")))
        for each in world.announcements()
    ]


@pytest.mark.parametrize("attributes", [{}, {"attempt": "2"}], ids=["notice", "redrive"])
def test_an_upload_that_is_known_to_be_overwritten_gets_no_job(
    attributes: dict[str, str], world: World, upload: Upload, newer: Upload
) -> None:
    """Whoever asks for it: it ends superseded, without a job, a letter or an announcement."""
    submit(world, newer)
    end(world, 0, "COMPLETE")
    world.announcements()

    submit(world, upload, **attributes)

    assert 1 == len(world.mediaconvert.jobs)
    assert State.SUPERSEDED == world.rendition(upload).state
    assert [] == world["720p"].dead_letters()
    assert [] == world.announcements()


def test_a_letter_of_an_overwritten_upload_that_is_redriven_makes_no_job(
    world: World, upload: Upload, newer: Upload
) -> None:
    """A finished film is not paid again: its broken predecessor's letter asks for nothing more."""
    submit(world, upload)
    end(world, 0, "ERROR", errorCode=1010)
    [(letter, reasons)] = world["720p"].dead_letters()
    submit(world, newer)
    end(world, 1, "COMPLETE")

    world["720p"].send(letter, attempt=str(int(reasons["attempt"]) + 1))
    world["720p"].invoke()

    assert 2 == len(world.mediaconvert.jobs)
    assert [(State.SUPERSEDED, 2), (State.COMPLETE, 1)] == states(world, upload, newer)


def test_an_overtaken_job_that_has_not_begun_is_canceled_and_costs_no_further_attempt(
    world: World, upload: Upload, newer: Upload
) -> None:
    """It ends before the newer upload's job is made, so nothing can be written over."""
    submit(world, upload)
    submit(world, newer)

    assert ["job-1"] == world.mediaconvert.canceled
    assert [(State.SUPERSEDED, 1), (State.SUBMITTED, 1)] == states(world, upload, newer)

    world.tell(world.mediaconvert.jobs[0], "CANCELED")
    end(world, 1, "COMPLETE")

    assert [(State.SUPERSEDED, 1), (State.COMPLETE, 1)] == states(world, upload, newer)
    assert [("asset", "newer", 1), ("rendition", "newer", 1)] == sorted(told(world))
    assert 2 == len(world.mediaconvert.jobs)


@pytest.mark.parametrize("status", ["COMPLETE", "ERROR", "CANCELED"])
def test_a_late_end_of_an_overtaken_job_is_followed_by_one_new_attempt_of_the_newest(
    status: str, world: World, upload: Upload, newer: Upload
) -> None:
    """However it ends and however often that is told, the bytes at rest are of the newest one."""
    key = f"s3://{upload.bucket}/{upload.key}"
    world.mediaconvert.objects[key] = upload.version_id
    submit(world, upload)
    world.mediaconvert.begin(world.mediaconvert.jobs[0])
    world.mediaconvert.objects[key] = newer.version_id
    submit(world, newer)
    world.mediaconvert.begin(world.mediaconvert.jobs[1])
    end(world, 1, "COMPLETE")
    end(world, 0, status, errorCode=1999)
    tell(world, 0, status, errorCode=1999)

    assert upload.version_id == world.mediaconvert.written["720p", key]
    assert [(State.SUPERSEDED, 1), (State.RETRYING, 1)] == states(world, upload, newer)
    assert 0 == world.rendition(newer).retries

    world["720p"].invoke()
    world.mediaconvert.begin(world.mediaconvert.jobs[2])
    end(world, 2, "COMPLETE")
    tell(world, 0, status, errorCode=1999)
    world["720p"].invoke()

    assert newer.version_id == world.mediaconvert.written["720p", key]
    assert [(State.SUPERSEDED, 1), (State.COMPLETE, 2)] == states(world, upload, newer)
    assert 3 == len(world.mediaconvert.jobs)
    assert {("rendition", "newer", 1), ("rendition", "newer", 2), ("asset", "newer", 2)} <= set(
        told(world)
    )


def test_a_rendition_that_may_have_been_written_over_is_not_announced(
    world: World, upload: Upload, newer: Upload
) -> None:
    """When the overtaken job ends first, the newer one is made again before anybody is told."""
    submit(world, upload)
    world.mediaconvert.begin(world.mediaconvert.jobs[0])
    submit(world, newer)
    end(world, 0, "COMPLETE")

    end(world, 1, "COMPLETE")

    assert [(State.SUPERSEDED, 1), (State.RETRYING, 1)] == states(world, upload, newer)
    assert [] == world.announcements()

    world["720p"].invoke()
    end(world, 2, "COMPLETE")

    assert [("asset", "newer", 1), ("rendition", "newer", 2)] == sorted(told(world))


def test_a_job_that_ends_before_the_newest_is_claimed_needs_no_further_attempt(
    world: World, upload: Upload, newer: Upload
) -> None:
    """What waits for a pipeline that is down has no job that could be written over."""
    submit(world, upload)
    world.mediaconvert.begin(world.mediaconvert.jobs[0])
    world.mediaconvert.refuse(".mp4", THROTTLED)
    submit(world, newer)
    end(world, 0, "COMPLETE")
    world.mediaconvert.recover()
    world["720p"].end_back_off()
    world["720p"].invoke()
    end(world, 1, "COMPLETE")

    assert [(State.SUPERSEDED, 1), (State.COMPLETE, 1)] == states(world, upload, newer)


def test_of_three_uploads_only_the_newest_is_made_again(
    world: World, upload: Upload, newer: Upload, newest: Upload
) -> None:
    """Jobs of a key are as many as its uploads and their late jobs, and no more."""
    for each in (upload, newer):
        submit(world, each)
        world.mediaconvert.begin(world.mediaconvert.jobs[-1])
    submit(world, newest)
    end(world, 2, "COMPLETE")
    for late in (1, 0):
        end(world, late, "COMPLETE")
        world["720p"].invoke()
        if len(world.mediaconvert.jobs) == late:
            continue
        end(world, len(world.mediaconvert.jobs) - 1, "COMPLETE")

    assert [State.SUPERSEDED, State.SUPERSEDED, State.COMPLETE] == [
        state for state, _ in states(world, upload, newer, newest)
    ]
    assert len(world.mediaconvert.jobs) <= 3 + 2


def test_a_broken_upload_leaves_the_older_rendition_and_its_letter_says_so(
    world: World, upload: Upload, newer: Upload
) -> None:
    """The reason of the letter is followed by what lies under the rendition's name."""
    submit(world, upload)
    end(world, 0, "COMPLETE")
    submit(world, newer)
    end(world, 1, "ERROR", errorCode=1010, errorMessage="No media.")

    [(_, reasons)] = world["720p"].dead_letters()

    assert f"No media. {OLDER_ONE_STAYS}" == reasons["reason"]
    assert State.COMPLETE == world.rendition(upload).state


def test_an_end_that_is_told_again_after_the_key_was_overwritten_costs_nothing(
    world: World, upload: Upload, newer: Upload
) -> None:
    """A broken upload whose end was written down in time does not make the newer one again."""
    submit(world, upload)
    end(world, 0, "ERROR", errorCode=1010)
    submit(world, newer)
    end(world, 1, "COMPLETE")

    tell(world, 0, "ERROR", errorCode=1010)
    world["720p"].invoke()

    assert [(State.DEAD, 1), (State.COMPLETE, 1)] == states(world, upload, newer)
    assert 2 == len(world.mediaconvert.jobs)


def test_an_earlier_attempt_that_is_told_of_again_costs_nothing(
    world: World, upload: Upload, newer: Upload
) -> None:
    """It ended before the newer upload was there, though its next attempt was overtaken."""
    submit(world, upload)
    end(world, 0, "ERROR", errorCode=1999)
    submit(world, newer)
    end(world, 1, "COMPLETE")
    submit(world, upload, attempt="2")

    tell(world, 0, "ERROR", errorCode=1999)
    world["720p"].invoke()

    assert [(State.SUPERSEDED, 2), (State.COMPLETE, 1)] == states(world, upload, newer)
    assert 2 == len(world.mediaconvert.jobs)


def test_a_late_end_does_not_bring_a_broken_upload_back(
    world: World, upload: Upload, newer: Upload
) -> None:
    """What was given up is not tried again because an older job ended."""
    submit(world, upload)
    world.mediaconvert.begin(world.mediaconvert.jobs[0])
    submit(world, newer)
    end(world, 1, "ERROR", errorCode=1010)
    end(world, 0, "COMPLETE")
    world["720p"].invoke()

    assert [(State.SUPERSEDED, 1), (State.DEAD, 1)] == states(world, upload, newer)
    assert 2 == len(world.mediaconvert.jobs)


@pytest.mark.parametrize("late", [True, False], ids=["noticed-later", "never-noticed"])
def test_an_upload_from_a_listing_is_in_order_with_those_that_were_noticed(
    late: bool,  # noqa: FBT001 a parameter of the test
    world: World,
) -> None:
    """It has no sequencer, so S3 says which version is under the key; only that one is told of."""
    world.create_input_bucket()
    first = world.put("a.mp4")
    world.ledger.assets.note(first, ["720p"], lambda _: None)
    submit(world, first)
    second = replace(world.put("a.mp4"), sequencer="0055AED6DCD90281E6")
    submit(world, second)
    if late:
        submit(world, replace(first, sequencer="0055AED6DCD90281E5"))
    end(world, 0, "COMPLETE")
    end(world, 1, "COMPLETE")

    assert State.SUPERSEDED == world.rendition(first).state
    assert {second.version_id} == {version for _, version, _ in told(world)}


def test_an_upload_that_is_deleted_while_it_waits_is_a_dead_letter(
    world: World, upload: Upload
) -> None:
    """MediaConvert finds nothing under the key: the letter has its code, and no job is repeated."""
    submit(world, upload)
    end(world, 0, "ERROR", errorCode=1404, errorMessage="HeadObject failed.")

    [(_, reasons)] = world["720p"].dead_letters()

    assert ("1404", State.DEAD) == (reasons["code"], world.rendition(upload).state)


def test_a_job_that_could_not_be_canceled_does_not_hold_the_newer_upload_up(
    world: World, upload: Upload, newer: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older job runs to its end, which costs money and one more attempt, and no time."""

    def refuse(**_: object) -> None:
        raise THROTTLED

    submit(world, upload)
    monkeypatch.setattr(world.mediaconvert, "cancel_job", refuse)
    submit(world, newer)

    assert [(State.SUBMITTED, 1), (State.SUBMITTED, 1)] == states(world, upload, newer)


@pytest.mark.parametrize("name", [JobMetadata.FANOUT, JobMetadata.PRESET, JobMetadata.UPLOAD])
def test_a_job_of_somebody_else_is_not_canceled(
    name: JobMetadata, world: World, upload: Upload, newer: Upload
) -> None:
    """The permission holds for all jobs of the account, so the job's own metadata are read."""
    submit(world, upload)
    world.mediaconvert.jobs[0]["UserMetadata"][name] = "another"

    submit(world, newer)

    assert [] == world.mediaconvert.canceled


def test_an_upload_that_is_overtaken_while_its_job_is_made_cancels_it_itself(
    world: World, upload: Upload, newer: Upload
) -> None:
    """The newer upload finds no job yet to cancel; whoever notes the job sees that it came."""

    def overtake(_: dict[str, Any]) -> None:
        world.mediaconvert.recover()
        submit(world, newer)

    world.mediaconvert.after = overtake
    submit(world, upload)

    assert ["job-1"] == world.mediaconvert.canceled
    assert State.SUPERSEDED == world.rendition(upload).state


def test_reconcile_cancels_what_could_not_be_canceled_before(
    world: World, upload: Upload, newer: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that goes on for an overwritten upload is canceled when reconcile looks at it."""

    def refuse(**_: object) -> None:
        raise THROTTLED

    submit(world, upload)
    with monkeypatch.context() as patch:
        patch.setattr(world.mediaconvert, "cancel_job", refuse)
        submit(world, newer)

    world.reconcile(patience=0)

    assert ["job-1"] == world.mediaconvert.canceled
    assert State.SUPERSEDED == world.rendition(upload).state


def test_a_job_that_nobody_noted_is_found_and_canceled_when_its_upload_was_overwritten(
    world: World, upload: Upload, newer: Upload
) -> None:
    """A claim in doubt is resolved before its upload ends: its job does not go on unseen."""
    world.mediaconvert.fail_to_answer(".mp4", NO_ANSWER)
    submit(world, upload)
    world.mediaconvert.recover()
    submit(world, newer)
    world.clock.pass_(130)
    submit(world, upload)

    assert ["job-1"] == world.mediaconvert.canceled
    assert State.SUPERSEDED == world.rendition(upload).state
    assert 2 == len(world.mediaconvert.jobs)


def test_the_late_end_of_a_job_that_nobody_noted_counts_once(
    world: World, upload: Upload, newer: Upload
) -> None:
    """Even where ListJobs did not show it in time, its upload's successor is made once more."""
    world.mediaconvert.fail_to_answer(".mp4", NO_ANSWER)
    submit(world, upload)
    world.mediaconvert.recover()
    world.mediaconvert.begin(world.mediaconvert.jobs[0])
    submit(world, newer)
    end(world, 1, "COMPLETE")
    world.mediaconvert.listed_after = 10**6
    world.clock.pass_(130)
    submit(world, upload)

    assert State.SUPERSEDED == world.rendition(upload).state

    end(world, 0, "COMPLETE")
    world["720p"].invoke()
    end(world, 2, "COMPLETE")
    tell(world, 0, "COMPLETE")
    world["720p"].invoke()

    assert [(State.COMPLETE, 2)] == states(world, newer)
    assert 3 == len(world.mediaconvert.jobs)


def test_a_late_end_while_createjob_is_refused_costs_no_further_attempt(
    world: World, upload: Upload, newer: Upload
) -> None:
    """A refusal for now says that there was no job which could have been written over."""

    def end_and_refuse(_: dict[str, Any]) -> None:
        end(world, 0, "COMPLETE")
        raise THROTTLED

    submit(world, upload)
    world.mediaconvert.begin(world.mediaconvert.jobs[0])
    world.mediaconvert.before = end_and_refuse
    submit(world, newer)
    world.mediaconvert.recover()
    world["720p"].end_back_off()
    world["720p"].invoke()
    end(world, 1, "COMPLETE")

    assert [(State.COMPLETE, 1)] == states(world, newer)


def test_an_older_notice_that_comes_after_a_listing_is_overwritten(world: World) -> None:
    """S3 says that its version does not lie under the key any more."""
    world.create_input_bucket()
    older = replace(world.put("a.mp4"), sequencer="0055AED6DCD90281E5")
    listed = world.put("a.mp4")
    submit(world, listed)

    submit(world, older)

    assert [(State.SUPERSEDED, 1), (State.SUBMITTED, 1)] == states(world, older, listed)


def test_an_overwritten_upload_whose_search_is_refused_for_good_leaves_no_letter(
    world: World, upload: Upload, newer: Upload
) -> None:
    """It ends superseded: should it have a job, that job's end is recorded when it comes."""
    world.mediaconvert.fail_to_answer(".mp4", NO_ANSWER)
    submit(world, upload)
    world.mediaconvert.recover()
    submit(world, newer)
    world.clock.pass_(130)

    def refuse() -> None:
        raise BAD_REQUEST

    world.mediaconvert.before_list = refuse
    submit(world, upload)

    assert State.SUPERSEDED == world.rendition(upload).state
    assert [] == world["720p"].dead_letters()


def test_a_redrive_of_an_attempt_that_waits_is_the_next_attempt(
    world: World, upload: Upload
) -> None:
    """A letter that was written past the ledger is redriven although its attempt still waits."""
    world.mediaconvert.refuse(".mp4", THROTTLED)
    submit(world, upload)
    world.mediaconvert.recover()

    submit(world, upload, attempt="2")

    assert [(State.SUBMITTED, 2)] == states(world, upload)
    assert 1 == len(world.mediaconvert.jobs)


def test_the_ledger_of_an_older_release_still_orders_uploads(
    world: World, upload: Upload, newer: Upload
) -> None:
    """It kept the sequencer of a key's newest upload, and not which one that was."""
    submit(world, newer)
    [item] = [
        item
        for item in world.dynamodb.scan(TableName=world.settings.ledger_table)["Items"]
        if item[LedgerKey.SORT]["S"] == "latest"
    ]
    world.dynamodb.put_item(
        TableName=world.settings.ledger_table,
        Item={
            name: value
            for name, value in item.items()
            if name in {LedgerKey.PARTITION, LedgerKey.SORT, "sequencer", "expires_at"}
        },
    )

    submit(world, upload)

    assert State.SUPERSEDED == world.rendition(upload).state


def test_a_notice_that_tells_of_several_uploads_overwrites_within_itself(
    world: World, upload: Upload, newer: Upload
) -> None:
    """Of two uploads of one key in one message the newer one remains."""
    records = [json.loads(write_notice(each))["Records"][0] for each in (newer, upload)]
    world["720p"].send(json.dumps({"Records": records}))
    world["720p"].invoke()

    assert [(State.SUPERSEDED, 1), (State.SUBMITTED, 1)] == states(world, upload, newer)
    assert 1 == len(world.mediaconvert.jobs)


def test_an_upload_that_the_ledger_has_not_heard_of_may_be_the_newest(
    world: World, upload: Upload, newer: Upload
) -> None:
    """Only S3's order of events says whether it is; one from a listing has none."""
    submit(world, upload)

    unheard = [newer, replace(newer, sequencer=None, version_id="listed")]
    older = replace(upload, version_id="0", sequencer="0055AED6DCD90281E4")

    assert {older.digest} == world.ledger.assets.overwritten([upload, older, *unheard])
