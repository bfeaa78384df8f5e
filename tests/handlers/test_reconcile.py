"""What was lost on the way is found and sent on."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from moto import mock_aws

from handlers import pace
from handlers.inventory import GRACE
from handlers.ledger import table
from handlers.ledger.rendition import State
from handlers.pace import LONGEST_DELAY, MOST, Pace, QueueFullError
from handlers.reconcile import RequestError
from handlers.searches import LOOKBACK
from handlers.settings import SubmitJobSettings
from handlers.sweep import JOB_PATIENCE, MESSAGE_PATIENCE, OWED_PATIENCE, Help, help_for
from handlers.upload import Upload
from tests.handlers.fakes import THROTTLED, KilledError, client_error
from tests.handlers.world import BranchWorld, World

HOUR = 3600


@pytest.fixture
def branch(world: World) -> BranchWorld:
    """The 720p branch."""
    return world["720p"]


@pytest.fixture
def submitted(world: World, branch: BranchWorld, upload: Upload) -> dict[str, Any]:
    """A job that runs."""
    branch.notify(upload)
    branch.invoke()
    return world.mediaconvert.jobs[0]


@pytest.fixture
def two_presets(settings: SubmitJobSettings, document: dict[str, Any]) -> Iterator[World]:
    """A fan-out with two branches."""
    with mock_aws():
        yield World(settings, document, "720p", "1080p")


def lose_messages(world: World, branch: BranchWorld) -> None:
    """Empty a branch's queue, as time does after 14 days."""
    world.sqs.purge_queue(QueueUrl=branch.branch.queue_url)


@pytest.mark.parametrize(
    ("error", "state"),
    [(THROTTLED, State.WAITING), (KilledError(), State.CLAIMED)],
    ids=["waiting", "claimed"],
)
def test_an_upload_whose_message_was_lost_is_asked_for_again(
    error: BaseException, state: State, world: World, branch: BranchWorld, upload: Upload
) -> None:
    """A rendition that stands still without a job gets a new message for the same attempt."""
    world.mediaconvert.refuse("a.mp4", error)
    branch.notify(upload)
    with suppress(KilledError):
        branch.invoke()
    world.mediaconvert.recover()
    lose_messages(world, branch)
    world.clock.pass_(MESSAGE_PATIENCE - 1)

    assert state == world.rendition(upload).state
    assert {"finished": True} == world.reconcile()

    world.clock.pass_(1)

    assert {"finished": True, "asked_again": 1} == world.reconcile()
    assert [] == branch.invoke()
    assert ["1"] == [job["UserMetadata"]["attempt"] for job in world.mediaconvert.jobs]


def test_a_retry_whose_message_was_lost_is_asked_for_again(
    world: World, branch: BranchWorld, submitted: dict[str, Any]
) -> None:
    """A rendition that waits for its next attempt gets a new message for that attempt."""
    world.tell(submitted, "ERROR", errorCode=1999)
    world.outcomes.invoke()
    lose_messages(world, branch)
    world.clock.pass_(MESSAGE_PATIENCE)

    assert {"finished": True, "asked_again": 1} == world.reconcile()
    assert [] == branch.invoke()
    assert ["1", "2"] == [job["UserMetadata"]["attempt"] for job in world.mediaconvert.jobs]


def test_an_outage_does_not_fill_the_queue(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """Each look in vain doubles the time to the next one: seven in two weeks, not 168."""
    world.mediaconvert.refuse("a.mp4", THROTTLED)
    branch.notify(upload)
    branch.invoke()
    rendition = world.rendition(upload)
    looks = []
    for hour in range(14 * 24):
        now = world.clock() + hour * HOUR
        if help_for(rendition, now, patience=None) is Help.ASK_AGAIN:
            looks.append(hour)
            rendition = replace(rendition, since=now, looks=rendition.looks + 1)

    assert [2, 6, 14, 30, 62, 126, 254] == looks


def test_a_look_in_vain_is_counted_until_something_happens(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """Looks are counted in the ledger, and anew when the rendition has gone on."""
    world.mediaconvert.refuse("a.mp4", THROTTLED)
    branch.notify(upload)
    branch.invoke()
    world.reconcile(patience=0)

    assert 1 == world.rendition(upload).looks

    branch.invoke()

    assert 0 == world.rendition(upload).looks


@pytest.mark.parametrize(
    ("end", "state"),
    [
        ({"Status": "COMPLETE"}, State.COMPLETE),
        ({"Status": "ERROR", "ErrorCode": 1010, "ErrorMessage": "No."}, State.DEAD),
        ({"Status": "ERROR", "ErrorCode": 1999, "ErrorMessage": "Perhaps."}, State.RETRYING),
        ({"Status": "CANCELED"}, State.CANCELED),
    ],
)
def test_a_job_whose_event_was_lost_is_looked_up(
    end: dict[str, Any],
    state: State,
    world: World,
    submitted: dict[str, Any],
    upload: Upload,
) -> None:
    """What GetJob says about a job that has ended counts like its event."""
    submitted.update(end)
    world.clock.pass_(JOB_PATIENCE)

    assert {"finished": True, "looked_at_jobs": 1} == world.reconcile()
    assert state == world.rendition(upload).state


def test_a_looked_up_rendition_has_its_outputs(
    world: World, submitted: dict[str, Any], upload: Upload
) -> None:
    """GetJob tells size and duration; the place is the job's own destination."""
    report = {"DurationInMs": 1234, "VideoDetails": {"WidthInPx": 1280, "HeightInPx": 720}}
    submitted["Status"] = "COMPLETE"
    submitted["OutputGroupDetails"] = [{"OutputDetails": [report]}]
    world.reconcile(patience=0)

    [output] = world.rendition(upload).outputs
    assert ("output-720p", "trips/a-720p.mp4", 1234, 1280, 720) == (
        output.bucket,
        output.key,
        output.duration_ms,
        output.width,
        output.height,
    )


def test_a_job_that_goes_on_is_left_alone(
    world: World, submitted: dict[str, Any], upload: Upload
) -> None:
    """A job in a paused pipeline is looked at, and nothing follows."""
    world.clock.pass_(JOB_PATIENCE)
    world.reconcile()

    assert State.SUBMITTED == world.rendition(upload).state
    assert "SUBMITTED" == submitted["Status"]
    assert {"finished": True} == world.reconcile()


def test_a_job_that_mediaconvert_has_forgotten_is_a_dead_letter(
    world: World, branch: BranchWorld, submitted: dict[str, Any]
) -> None:
    """A job that nobody can say anything about any more ends where a person sees it."""
    world.mediaconvert.jobs.clear()
    world.reconcile(patience=0)

    [(_, reasons)] = branch.dead_letters()
    assert ("job_missing", submitted["Id"]) == (reasons["code"], reasons["job_id"])


def test_what_is_owed_is_made_up_for(
    world: World, submitted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Announcements that a crash left owing are sent, when the event has had its chance."""

    def die(**_: object) -> None:
        raise KilledError

    world.tell(submitted, "COMPLETE")
    with monkeypatch.context() as patch:
        patch.setattr(world.sns, "publish", die)
        with pytest.raises(KilledError):
            world.outcomes.invoke()
    world.clock.pass_(OWED_PATIENCE - 1)

    assert {"finished": True} == world.reconcile()

    world.clock.pass_(1)

    assert {"finished": True, "did_what_was_owed": 1} == world.reconcile()
    assert ["rendition", "asset"] == [told["type"] for told in world.announcements()]


def test_a_preset_that_never_got_its_message_gets_one(two_presets: World, upload: Upload) -> None:
    """An asset that waits for a rendition which nobody has begun asks for it."""
    two_presets["720p"].notify(upload)
    two_presets["720p"].invoke()
    two_presets.clock.pass_(MESSAGE_PATIENCE)

    assert 1 == two_presets.reconcile()["asked_for_missing"]
    assert [] == two_presets["1080p"].invoke()
    assert ["720p", "1080p"] == [
        job["UserMetadata"]["preset"] for job in two_presets.mediaconvert.jobs
    ]


def test_an_asset_does_not_wait_for_a_preset_that_was_removed(
    two_presets: World, upload: Upload
) -> None:
    """Without its branch a rendition that has not begun is canceled, and the asset is told."""
    two_presets["720p"].notify(upload)
    two_presets["720p"].invoke()
    two_presets.tell(two_presets.mediaconvert.jobs[0], "COMPLETE")
    two_presets.outcomes.invoke()
    two_presets["1080p"].remove()
    two_presets.clock.pass_(MESSAGE_PATIENCE)

    assert {"finished": True, "canceled_without_branch": 1} == two_presets.reconcile()
    [_, asset] = two_presets.announcements()
    assert ["canceled", "complete"] == [end["state"] for end in asset["renditions"]]
    assert {"finished": True} == two_presets.reconcile(patience=0)


@pytest.mark.parametrize("has_ended", [True, False])
def test_a_job_of_a_removed_branch_is_waited_for(
    has_ended: bool,  # noqa: FBT001 a parameter of the table above
    two_presets: World,
    upload: Upload,
) -> None:
    """A job that runs when its branch is removed still ends its rendition."""
    for branch in two_presets.branches.values():
        branch.notify(upload)
        branch.invoke()
    two_presets["1080p"].remove()
    if has_ended:
        two_presets.mediaconvert.jobs[1]["Status"] = "COMPLETE"
    two_presets.clock.pass_(MESSAGE_PATIENCE)
    two_presets.reconcile()

    expected = State.COMPLETE if has_ended else State.SUBMITTED
    assert expected == two_presets.rendition(upload, "1080p").state


def test_a_retry_of_a_removed_branch_is_canceled(two_presets: World, upload: Upload) -> None:
    """There is nowhere to try again: the rendition is canceled, and that is told."""
    two_presets["1080p"].notify(upload)
    two_presets["1080p"].invoke()
    two_presets["1080p"].remove()
    two_presets.tell(two_presets.mediaconvert.jobs[0], "ERROR", errorCode=1999)

    assert [] == two_presets.outcomes.invoke()
    assert State.CANCELED == two_presets.rendition(upload, "1080p").state
    assert ["canceled"] == [told["state"] for told in two_presets.announcements()]


def test_one_that_fails_does_not_keep_the_others_waiting(
    world: World, branch: BranchWorld, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal is counted and the sweep goes on; the next sweep tries again."""
    for number in range(3):
        branch.notify(replace(upload, key=f"{number}.mp4"))
    branch.invoke()
    get_job = world.mediaconvert.get_job

    def refuse_one(**request: Any) -> dict[str, Any]:
        if request["Id"] == "job-1":
            raise client_error("InternalServerErrorException", 500)
        return get_job(**request)

    monkeypatch.setattr(world.mediaconvert, "get_job", refuse_one)

    assert {"finished": True, "failed": 1, "looked_at_jobs": 2} == world.reconcile(patience=0)


def test_a_sweep_ends_when_its_time_does(world: World, branch: BranchWorld, upload: Upload) -> None:
    """Out of time, a sweep says that it is not finished, and the next one goes on."""
    for number in range(3):
        branch.notify(replace(upload, key=f"{number}.mp4"))
    branch.invoke()
    world.clock.pass_(JOB_PATIENCE)

    assert {"finished": False, "looked_at_jobs": 2} == world.reconcile(steps=2)
    assert {"finished": True, "looked_at_jobs": 1} == world.reconcile()


def test_every_preset_gets_its_turn(
    two_presets: World, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A preset with a long backlog does not use up the run: pages are taken in turn."""
    monkeypatch.setattr(table, "KEYS_PER_READ", 1)
    for number in range(3):
        two_presets["1080p"].notify(replace(upload, key=f"{number}.mp4"))
        two_presets["1080p"].invoke()
    two_presets["720p"].notify(upload)
    two_presets["720p"].invoke()
    two_presets.clock.pass_(JOB_PATIENCE)

    assert {"finished": False, "looked_at_jobs": 2} == two_presets.reconcile(steps=2)
    assert 1 == two_presets.rendition(upload, "720p").looks


def test_every_kind_of_help_gets_its_turn(
    world: World, branch: BranchWorld, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is owed is not stuck behind older jobs that have to be looked at one by one."""
    monkeypatch.setattr(table, "KEYS_PER_READ", 3)
    jobs = 10
    for number in range(jobs):
        branch.notify(replace(upload, key=f"{number}.mp4"))
        branch.invoke()
        world.clock.pass_(1)
    with monkeypatch.context() as patch:
        patch.setattr(world.sns, "publish", _refuse)
        world.tell(world.mediaconvert.jobs[-1], "COMPLETE")
        world.outcomes.invoke()
    world.clock.pass_(JOB_PATIENCE)
    looks: list[str] = []
    get_job = world.mediaconvert.get_job

    def look(**request: Any) -> dict[str, Any]:
        looks.append(request["Id"])
        return get_job(**request)

    monkeypatch.setattr(world.mediaconvert, "get_job", look)
    # Only a look at a job takes time.
    world.reconcile_runtime = replace(world.reconcile_runtime, stopwatch=lambda: len(looks))

    assert {"finished": False, "looked_at_jobs": 3, "did_what_was_owed": 1} == (
        world.reconcile(steps=jobs - 3)
    )


def _refuse(**_: object) -> None:
    raise client_error("InternalError", 500)


def test_a_rendition_is_helped_on_once_in_a_run(
    world: World,
    submitted: dict[str, Any],
    branch: BranchWorld,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A retry that was owed gets its message, and not a second one for standing still."""
    world.tell(submitted, "ERROR", errorCode=1999)
    with monkeypatch.context() as patch:
        patch.setattr(world.sqs, "send_message", _refuse)
        world.outcomes.invoke()

    assert {"finished": True, "did_what_was_owed": 1} == world.reconcile(patience=0)
    assert 1 == branch.waiting()


def test_an_asset_that_found_no_room_keeps_its_place(
    two_presets: World, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a full queue did not take is not written down as looked at."""
    monkeypatch.setattr(pace, "MOST", 1)
    two_presets["720p"].notify(upload)
    two_presets["720p"].invoke()
    two_presets["720p"].notify(replace(upload, key="b.mp4"))
    two_presets["720p"].invoke()
    two_presets.clock.pass_(MESSAGE_PATIENCE)
    two_presets.reconcile()
    digests = [upload.digest, replace(upload, key="b.mp4").digest]
    assets = [two_presets.ledger.assets.get(digest) for digest in digests]

    assert [0, 1] == sorted(asset.looks for asset in assets if asset)


def test_a_full_queue_keeps_only_its_own_messages_waiting(
    two_presets: World, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not fit into one branch's queue now is left to the next run, and nothing else."""
    monkeypatch.setattr(pace, "MOST", 2)
    two_presets.mediaconvert.refuse(".mp4", THROTTLED)
    for number in range(2):
        two_presets["1080p"].notify(replace(upload, key=f"{number}.mp4"))
    two_presets["1080p"].invoke()
    two_presets.mediaconvert.recover()
    two_presets["720p"].notify(upload)
    two_presets["720p"].invoke()
    two_presets.clock.pass_(MESSAGE_PATIENCE)
    answer = two_presets.reconcile()

    assert {
        "finished": False,
        "asked_again": 1,
        "looked_at_jobs": 1,
        "asked_for_missing": 2,
    } == answer


def test_a_dry_run_counts_and_touches_nothing(
    world: World, branch: BranchWorld, submitted: dict[str, Any], upload: Upload
) -> None:
    """With `dry_run` the answer is what would be done, and it still is to be done."""
    submitted["Status"] = "COMPLETE"
    before = world.rendition(upload)

    assert {"finished": True, "looked_at_jobs": 1} == world.reconcile(patience=0, dry_run=True)
    assert before == world.rendition(upload)
    assert 0 == branch.waiting()


@pytest.fixture
def bucket(two_presets: World) -> World:
    """A fan-out whose input bucket exists and whose clock shows the real time, which S3's does."""
    two_presets.create_input_bucket()
    two_presets.clock.seconds = int(datetime.now(UTC).timestamp())
    return two_presets


def test_an_upload_whose_event_was_lost_is_asked_for(bucket: World) -> None:
    """An upload that no branch has heard of is asked for in every branch, once."""
    upload = bucket.put("trips/a b.mp4")
    bucket.put("notes.txt")
    bucket.clock.pass_(GRACE + 1)

    whole = {"finished": True, "place": "", "looked_at": 1, "other_suffix": 1}

    assert {**whole, "asked_for": 2} == bucket.reconcile("uploads")
    assert {**whole, "known": 1} == bucket.reconcile("uploads")

    for branch in bucket.branches.values():
        assert [] == branch.invoke()

    assert 2 == len(bucket.mediaconvert.jobs)
    assert State.SUBMITTED == bucket.rendition(upload, "1080p").state


@pytest.mark.parametrize("age", [GRACE - 60, LOOKBACK + 60], ids=["too new", "too old"])
def test_only_uploads_of_the_right_age_are_lost(age: int, bucket: World) -> None:
    """What is new may still arrive, and what is older than any message is for people to decide."""
    bucket.put("a.mp4")
    bucket.clock.pass_(age)

    assert "asked_for" not in bucket.reconcile("uploads")


def test_an_operator_need_not_wait_for_a_notice(bucket: World) -> None:
    """With no patience an upload of this moment is asked for; its notice makes no second job."""
    upload = bucket.put("a.mp4")

    assert 2 == bucket.reconcile("uploads", patience=0)["asked_for"]
    assert [] == bucket["720p"].invoke()

    bucket["720p"].notify(replace(upload, sequencer="0055AED6DCD90281E5"))

    assert [] == bucket["720p"].invoke()
    assert 1 == len(bucket.mediaconvert.jobs)


def test_an_overwritten_version_is_not_asked_for(bucket: World) -> None:
    """MediaConvert reads the newest version only, so only that one can be lost."""
    bucket.put("a.mp4")
    newest = bucket.put("a.mp4")
    bucket.clock.pass_(GRACE + 1)
    bucket.reconcile("uploads")
    bucket["720p"].invoke()

    assert newest.digest == bucket.mediaconvert.jobs[0]["UserMetadata"]["upload"]
    assert 1 == len(bucket.mediaconvert.jobs)


def test_a_backfill_asks_one_branch_for_everything_it_lacks(bucket: World) -> None:
    """However old, what a new preset has not rendered is asked for, and no other preset's work."""
    uploads = [bucket.put(f"{number}.mp4") for number in range(3)]
    bucket["1080p"].notify(uploads[0])
    bucket["1080p"].invoke()
    bucket.s3.create_bucket(
        Bucket="output-1080p", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    bucket.s3.put_object(Bucket="output-1080p", Key="1-720p.mp4", Body=b"a rendition")
    bucket.clock.pass_(LOOKBACK + GRACE)
    answer = bucket.reconcile("backfill", preset="1080p")

    assert {
        "finished": True,
        "place": "",
        "looked_at": 3,
        "under_way": 1,
        "asked_for": 2,
        "unmeasured": 2,
        "unmeasured_bytes": 14,
    } == answer
    assert [] == bucket["1080p"].invoke()
    assert [] == bucket["720p"].invoke()
    assert ["s3://input/0.mp4", "s3://input/2.mp4"] == bucket.mediaconvert.inputs

    bucket.clock.pass_(MESSAGE_PATIENCE)

    assert 1 == bucket.reconcile()["asked_for_missing"]
    assert None is bucket.ledger.renditions.get(uploads[2].digest, "720p")


def complete(world: World, upload: Upload, preset: str, *, is_there: bool = True) -> None:
    """Render an upload; its output is in the bucket, or was deleted since."""
    world[preset].notify(upload)
    assert [] == world[preset].invoke()
    key = f"{upload.key.removesuffix('.mp4')}-{preset}.mp4"
    details = {"outputFilePaths": [f"s3://output-{preset}/{key}"], "durationInMs": 61_500}
    job = world.mediaconvert.jobs[-1]
    world.tell(job, "COMPLETE", outputGroupDetails=[{"outputDetails": [details]}])
    assert [] == world.outcomes.invoke()
    if is_there:
        world.s3.put_object(Bucket=f"output-{preset}", Key=key, Body=b"a rendition")


def attempts(world: World) -> list[tuple[str, str]]:
    """What was paid for: key and attempt of every job."""
    return [
        (job["Settings"]["Inputs"][0]["FileInput"], job["UserMetadata"]["attempt"])
        for job in world.mediaconvert.jobs
    ]


@pytest.fixture
def outputs(bucket: World) -> World:
    """A fan-out whose input bucket and output bucket of 1080p exist."""
    bucket.s3.create_bucket(
        Bucket="output-1080p", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    return bucket


def test_a_backfill_renders_what_was_deleted_from_the_output_bucket(outputs: World) -> None:
    """Whatever the ledger believes: a complete rendition without its output is made again, once."""
    there, deleted = outputs.put("a.mp4"), outputs.put("b.mp4")
    complete(outputs, there, "1080p")
    complete(outputs, deleted, "1080p", is_there=False)
    answer = outputs.reconcile("backfill", preset="1080p")
    again = outputs.reconcile("backfill", preset="1080p")

    assert (1, 1, 62) == (answer["rendered"], answer["asked_for"], answer["measured_seconds"])
    assert (1, 1) == (again["rendered"], again["under_way"])
    assert "asked_for" not in again
    assert [] == outputs["1080p"].invoke()
    assert [("s3://input/a.mp4", "1"), ("s3://input/b.mp4", "1"), ("s3://input/b.mp4", "2")] == (
        attempts(outputs)
    )
    assert frozenset() == outputs.rendition(deleted, "1080p").owed


def test_a_backfill_tries_again_what_was_given_up(outputs: World) -> None:
    """The bucket lacks it; a job is made for the next attempt, unless an output is there."""
    upload = outputs.put("a.mp4")
    outputs["1080p"].notify(upload)
    outputs["1080p"].invoke()
    outputs.tell(outputs.mediaconvert.jobs[0], "ERROR", errorCode=1010)
    outputs.outcomes.invoke()

    assert 1 == outputs.reconcile("backfill", preset="1080p")["asked_for"]
    assert [] == outputs["1080p"].invoke()
    assert ["1", "2"] == [attempt for _, attempt in attempts(outputs)]


def test_a_backfill_says_what_it_leaves_alone(outputs: World) -> None:
    """Each version in the listing is counted by the reason why nothing was asked for."""
    outputs.put("notes.txt")
    outputs.put("a.mp4")
    under_way = outputs.put("a.mp4")
    outputs["1080p"].notify(under_way)
    outputs["1080p"].invoke()
    outputs.put("new.mp4")

    assert {
        "finished": True,
        "place": "",
        "looked_at": 1,
        "other_suffix": 1,
        "not_latest": 1,
        "under_way": 1,
        "too_young": 1,
    } == outputs.reconcile("backfill", preset="1080p")


def test_rendering_again_is_one_new_attempt_each(outputs: World) -> None:
    """What is under the prefix is rendered anew though it is there; asking twice is harmless."""
    for key in ("a.mp4", "trips/a.mp4", "trips/b.mp4"):
        complete(outputs, outputs.put(key), "1080p")
    request: dict[str, Any] = {"preset": "1080p", "prefix": "trips/", "place": ""}
    counted = outputs.reconcile("render-again", dry_run=True, **request)

    assert 0 == outputs["1080p"].waiting()

    first = outputs.reconcile("render-again", **request)
    second = outputs.reconcile("render-again", **request)

    assert first == counted
    assert (2, 124) == (first["asked_for"], first["measured_seconds"])
    assert {"finished": True, "place": "", "looked_at": 2, "under_way": 2} == second
    outputs["1080p"].invoke()
    assert [("s3://input/trips/a.mp4", "2"), ("s3://input/trips/b.mp4", "2")] == sorted(
        attempts(outputs)[3:]
    )


def test_rendering_one_key_again_leaves_longer_keys_alone(outputs: World) -> None:
    """A key is a whole key, not the beginning of one."""
    for key in ("a.mp4", "a.mp4.mp4"):
        complete(outputs, outputs.put(key), "1080p")
    answer = outputs.reconcile("render-again", preset="1080p", key="a.mp4", place="")

    assert (1, 1) == (answer["asked_for"], answer["other_key"])


def test_a_rendition_opened_again_gets_its_message_though_the_function_died(
    outputs: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger owes the message from the moment at which the rendition is open again."""
    upload = outputs.put("a.mp4")
    complete(outputs, upload, "1080p")

    def die(**_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(outputs.sqs, "send_message_batch", die)
        with pytest.raises(KilledError):
            outputs.reconcile("render-again", preset="1080p", place="")
    outputs.clock.pass_(OWED_PATIENCE)

    assert 1 == outputs.reconcile()["did_what_was_owed"]
    assert [] == outputs["1080p"].invoke()
    assert ["1", "2"] == [attempt for _, attempt in attempts(outputs)]


def test_nothing_renders_again_by_accident(outputs: World) -> None:
    """A notice that comes again, a backfill and a sweep leave a complete rendition as it is."""
    upload = outputs.put("a.mp4")
    complete(outputs, upload, "1080p")
    outputs["1080p"].notify(upload)
    outputs["1080p"].invoke()
    outputs.reconcile("backfill", preset="1080p", patience=0)
    outputs.reconcile(patience=0)
    outputs["1080p"].invoke()

    assert 1 == len(outputs.mediaconvert.jobs)


def test_a_listing_goes_on_where_it_stopped(bucket: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is out of time remembers its place; a given place is obeyed and forgotten."""
    uploads = [bucket.put(f"{number}.mp4") for number in range(3)]
    bucket.clock.pass_(GRACE + 1)
    list_object_versions = bucket.s3.list_object_versions
    monkeypatch.setattr(
        bucket.s3,
        "list_object_versions",
        lambda **request: list_object_versions(**request, MaxKeys=1),
    )
    first = bucket.reconcile("uploads", steps=1)

    assert (False, 1) == (first["finished"], first["looked_at"])
    assert first["place"] == bucket.ledger.progress.bookmark("uploads").place

    again = bucket.reconcile("uploads", place=first["place"], dry_run=True)
    second = bucket.reconcile("uploads")

    assert (True, 2) == (again["finished"], again["looked_at"])
    assert (True, 2) == (second["finished"], second["looked_at"])
    assert "" == bucket.ledger.progress.bookmark("uploads").place
    assert 3 == len([upload for upload in uploads if bucket.ledger.assets.get(upload.digest)])


def test_a_bucket_without_versions_is_not_gone_through(bucket: World) -> None:
    """Without versions a listed upload cannot be told from its notice: it is counted, not asked."""
    bucket.s3.create_bucket(
        Bucket="plain", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    bucket.s3.put_object(Bucket="plain", Key="a.mp4", Body=b"a video")
    bucket.reconcile_runtime = replace(
        bucket.reconcile_runtime,
        settings=replace(bucket.reconcile_runtime.settings, input_bucket="plain"),
    )
    bucket.clock.pass_(GRACE + 1)

    assert {
        "finished": True,
        "place": "",
        "looked_at": 1,
        "unversioned": 1,
    } == bucket.reconcile("uploads")


def test_new_uploads_are_not_stuck_behind_old_ones() -> None:
    """Two messages per second and queue come out of hiding, up to the longest delay of SQS."""
    run = Pace()
    delays = [run.next_delay("queue") for _ in range(MOST)]

    assert [0, 0, 1, 1, 2, 2] == delays[:6]
    assert max(delays) < LONGEST_DELAY
    assert (0, MOST) == (run.room("queue"), run.room("another queue"))
    with pytest.raises(QueueFullError):
        run.next_delay("queue")


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (
            {"task": "render-again", "preset": "720p"},
            "The event of render-again lacks a place; expected one, at first ''.",
        ),
        (
            {"task": "all"},
            "The event's task is 'all'; expected one of ledger, uploads, backfill, render-again.",
        ),
        (
            {"task": "backfill", "preset": "4k"},
            "The event's preset is '4k'; the fan-out has 1080p, 720p.",
        ),
        ({"task": "backfill"}, "The event's preset is None; the fan-out has 1080p, 720p."),
    ],
)
def test_a_wrong_request_is_refused_with_what_there_is(
    event: dict[str, Any], message: str, two_presets: World
) -> None:
    """A task or preset that does not exist is refused with those that do."""
    with pytest.raises(RequestError) as raised:
        two_presets.reconcile(**event)

    assert message == str(raised.value)
