"""At most one job for each attempt, however often, late or cut off a message is delivered."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from handlers.ledger.rendition import Duty, State
from handlers.mediaconvert.job_search import JobSearch
from handlers.submission import MAX_SILENT_DELIVERIES
from handlers.upload import Upload
from tests.handlers.fakes import (
    BAD_REQUEST,
    NO_ANSWER,
    THROTTLED,
    KilledError,
    client_error,
)
from tests.handlers.world import BranchWorld, World

Trouble = Callable[[str, BaseException], None]
"""What MediaConvert is told to raise for a key, before or after it has made the job."""


@pytest.fixture
def branch(world: World) -> BranchWorld:
    """The 720p branch."""
    return world["720p"]


def invoke_and_die(branch: BranchWorld) -> None:
    """Invoke a function that does not live to answer; its messages come back."""
    with pytest.raises(KilledError):
        branch.invoke()
    branch.end_back_off()


def notify_and_die(
    world: World, branch: BranchWorld, upload: Upload, trouble: Trouble, **attributes: str
) -> None:
    """Let a function die at CreateJob over an upload's notice; MediaConvert is well afterwards."""
    trouble("a.mp4", KilledError())
    branch.notify(upload, **attributes)
    invoke_and_die(branch)
    world.mediaconvert.recover()


def test_a_duplicate_makes_no_second_job(world: World, branch: BranchWorld, upload: Upload) -> None:
    """A message that is delivered again, at once or days later, is done without another job."""
    for seconds in (0, 30, 90, 10 * 24 * 3600):
        world.clock.pass_(seconds)
        branch.notify(upload)

        assert [] == branch.invoke()

    assert 1 == len(world.mediaconvert.jobs)


def test_a_race_makes_one_job(world: World, branch: BranchWorld, upload: Upload) -> None:
    """Of ten deliveries at one time one makes the job; whoever has to ask again finds it made."""
    for _ in range(10):
        branch.notify(upload)
    branch.invoke()
    world.clock.pass_(branch.settings.claim_seconds)
    branch.end_back_off()

    assert [] == branch.invoke()
    assert 1 == len(world.mediaconvert.jobs)
    assert 0 == branch.waiting()


def test_a_new_upload_of_a_key_is_a_new_job(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """The same key with another version is another upload, and is rendered again."""
    for each in (upload, replace(upload, version_id="2", sequencer="0055AED6DCD90281E6")):
        branch.notify(each)

        assert [] == branch.invoke()

    assert 2 == len(world.mediaconvert.jobs)


def test_what_is_complete_is_not_paid_again(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """A dead letter that is redriven after its rendition came all the same makes no job."""
    branch.notify(upload)
    branch.invoke()
    [job] = world.mediaconvert.jobs
    world.tell(job, "COMPLETE")
    world.outcomes.invoke()
    branch.notify(upload, attempt="2")

    assert [] == branch.invoke()
    assert [job] == world.mediaconvert.jobs
    assert State.COMPLETE == world.rendition(upload).state


def test_death_before_create_job_costs_time_only(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """A claim whose delivery died without a job is taken over when it is old, for one job."""
    notify_and_die(world, branch, upload, world.mediaconvert.refuse)

    assert 1 == len(branch.invoke())
    assert [] == world.mediaconvert.jobs

    world.clock.pass_(branch.settings.claim_seconds)
    branch.end_back_off()

    assert [] == branch.invoke()
    assert 1 == len(world.mediaconvert.jobs)
    assert State.SUBMITTED == world.rendition(upload).state


def test_a_message_comes_back_when_the_claim_that_it_met_is_old(
    world: World, branch: BranchWorld, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another delivery may still be doing is waited for, and not a second longer."""
    hidden: list[int] = []
    world.mediaconvert.refuse("a.mp4", KilledError())
    branch.notify(upload)
    invoke_and_die(branch)
    world.clock.pass_(70)
    monkeypatch.setattr(
        world.sqs,
        "change_message_visibility",
        lambda **request: hidden.append(request["VisibilityTimeout"]),
    )
    branch.invoke()

    assert [branch.settings.claim_seconds - 70] == hidden


@pytest.mark.parametrize("others", [0, 5], ids=["newest job", "behind five newer jobs"])
def test_death_after_create_job_makes_no_second_job(
    others: int, world: World, branch: BranchWorld, upload: Upload
) -> None:
    """A job that nobody noted is found among the pipeline's jobs instead of being made again."""
    notify_and_die(world, branch, upload, world.mediaconvert.fail_to_answer)
    world.sqs.purge_queue(QueueUrl=branch.branch.queue_url)
    world.clock.pass_(branch.settings.claim_seconds)
    for number in range(others):
        branch.notify(replace(upload, key=f"{number}.mp4"))
    branch.invoke()
    branch.notify(upload)

    assert [] == branch.invoke()
    assert 1 + others == len(world.mediaconvert.jobs)
    assert "job-1" == world.rendition(upload).job_id


def test_the_search_goes_back_to_the_first_claim(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """However many deliveries die after the one that made the job, the job is found."""
    world.mediaconvert.fail_to_answer("a.mp4", KilledError())
    branch.notify(upload)
    invoke_and_die(branch)
    world.mediaconvert.before_list = lambda: (_ for _ in ()).throw(KilledError())
    for _ in range(3):
        world.clock.pass_(3600)
        invoke_and_die(branch)
    world.mediaconvert.recover()
    world.clock.pass_(3600)

    assert [] == branch.invoke()
    assert 1 == len(world.mediaconvert.jobs)


def test_the_search_ends_at_the_first_claim(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """Jobs from before the claim are not looked at: there may be a million."""
    for number in range(6):
        branch.notify(replace(upload, key=f"{number}.mp4"))
    branch.invoke()
    world.clock.pass_(3600)
    notify_and_die(world, branch, upload, world.mediaconvert.refuse)
    world.clock.pass_(branch.settings.claim_seconds)
    branch.invoke()

    assert 1 == world.mediaconvert.pages
    assert 7 == len(world.mediaconvert.jobs)


def test_another_attempts_job_is_not_taken_for_this_one(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """The search compares all metadata: the first attempt's job is not the second attempt's."""
    branch.notify(upload)
    branch.invoke()
    world.tell(world.mediaconvert.jobs[0], "ERROR", errorCode=1010, errorMessage="No.")
    world.outcomes.invoke()
    notify_and_die(world, branch, upload, world.mediaconvert.refuse, attempt="2")
    world.clock.pass_(branch.settings.claim_seconds)

    assert [] == branch.invoke()
    assert ["1", "2"] == [job["UserMetadata"]["attempt"] for job in world.mediaconvert.jobs]


@pytest.mark.parametrize(
    "error", [NO_ANSWER, client_error("InternalServerErrorException", 500)], ids=["silent", "500"]
)
def test_an_answer_that_did_not_come_makes_no_second_job(
    error: Exception, world: World, branch: BranchWorld, upload: Upload
) -> None:
    """When CreateJob gave no answer the job may exist; it is looked for first."""
    world.mediaconvert.fail_to_answer("a.mp4", error)
    branch.notify(upload)

    assert 1 == len(branch.invoke())

    world.mediaconvert.recover()
    world.clock.pass_(branch.settings.claim_seconds)
    branch.end_back_off()

    assert [] == branch.invoke()
    assert 1 == len(world.mediaconvert.jobs)


def test_a_clear_refusal_needs_no_search(world: World, branch: BranchWorld, upload: Upload) -> None:
    """After a refusal that says that there is no job, the next delivery creates it at once."""
    world.mediaconvert.refuse("a.mp4", THROTTLED)
    world.mediaconvert.before_list = lambda: (_ for _ in ()).throw(AssertionError("not needed"))
    branch.notify(upload)
    branch.invoke()

    assert State.WAITING == world.rendition(upload).state

    world.mediaconvert.before = lambda _: None
    branch.end_back_off()

    assert [] == branch.invoke()
    assert 1 == len(world.mediaconvert.jobs)


@pytest.mark.parametrize("error", [THROTTLED, NO_ANSWER], ids=["throttled", "silent"])
def test_hours_of_refusals_are_no_crash(
    error: Exception, world: World, branch: BranchWorld, upload: Upload
) -> None:
    """A pipeline that is down for hours sends nothing to the dead-letter queue."""
    world.mediaconvert.refuse("a.mp4", error)
    branch.notify(upload)
    for _ in range(3 * MAX_SILENT_DELIVERIES):
        branch.invoke()
        branch.end_back_off()
        world.clock.pass_(1800)

    assert [] == branch.dead_letters()

    world.mediaconvert.recover()

    assert [] == branch.invoke()
    assert 1 == len(world.mediaconvert.jobs)


def test_a_search_that_is_refused_says_nothing_about_the_job(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """While jobs cannot be listed for now nothing is created and nothing given up."""
    notify_and_die(world, branch, upload, world.mediaconvert.fail_to_answer)
    world.mediaconvert.before_list = partial(_raise, THROTTLED)
    for _ in range(3 * MAX_SILENT_DELIVERIES):
        world.clock.pass_(1800)

        assert 1 == len(branch.invoke())

        branch.end_back_off()

    assert 1 == len(world.mediaconvert.jobs)
    assert [] == branch.dead_letters()


def test_a_search_that_takes_too_long_goes_on_with_the_next_delivery(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """A pipeline with many jobs costs time, and neither a second job nor a dead letter."""
    notify_and_die(world, branch, upload, world.mediaconvert.fail_to_answer)
    search_for_long(world, branch, upload)
    deliveries = 1
    while branch.invoke():
        deliveries += 1
        branch.end_back_off()
        world.clock.pass_(branch.settings.claim_seconds)

    assert MAX_SILENT_DELIVERIES < deliveries
    assert 41 == len(world.mediaconvert.jobs)
    assert "job-1" == world.rendition(upload).job_id
    assert [] == branch.dead_letters()


def start_cold(branch: BranchWorld) -> None:
    """Let a new function, which has read no job yet, have the next delivery."""
    submission = branch.runtime.submission
    search = JobSearch(submission.mediaconvert, branch.settings.pipeline_arn, branch.runtime.now)
    branch.runtime = replace(branch.runtime, submission=replace(submission, search=search))


def search_for_long(world: World, branch: BranchWorld, upload: Upload) -> None:
    """Put many newer jobs before an upload's, and let a page take two seconds."""
    world.sqs.purge_queue(QueueUrl=branch.branch.queue_url)
    world.clock.pass_(branch.settings.claim_seconds)
    for number in range(40):
        branch.notify(replace(upload, key=f"{number}.mp4"))
    for _ in range(5):
        branch.invoke()
    world.mediaconvert.before_list = partial(world.clock.pass_, 2)
    branch.notify(upload)


def test_a_search_goes_on_in_whichever_function(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """Its place is in the ledger: a function that starts cold reads no page again."""
    notify_and_die(world, branch, upload, world.mediaconvert.fail_to_answer)
    search_for_long(world, branch, upload)
    before = world.mediaconvert.pages
    start_cold(branch)
    while branch.invoke():
        start_cold(branch)
        branch.end_back_off()
        world.clock.pass_(branch.settings.claim_seconds)

    assert 41 == len(world.mediaconvert.jobs)
    assert "job-1" == world.rendition(upload).job_id
    assert world.rendition(upload).searched is None
    assert 41 / 2 + 1 >= world.mediaconvert.pages - before


def test_a_place_counts_for_the_next_delivery_only(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """A delivery that died may have made the job since, before the place: all is looked through."""
    notify_and_die(world, branch, upload, world.mediaconvert.refuse)
    search_for_long(world, branch, upload)
    start_cold(branch)
    branch.invoke()
    assert world.rendition(upload).searched is not None

    world.mediaconvert.recover()
    world.mediaconvert.fail_to_answer("a.mp4", KilledError())
    world.clock.pass_(branch.settings.claim_seconds)
    branch.end_back_off()
    invoke_and_die(branch)
    world.mediaconvert.recover()
    world.clock.pass_(branch.settings.claim_seconds)
    start_cold(branch)

    assert [] == branch.invoke()
    assert 41 == len(world.mediaconvert.jobs)
    assert "job-41" == world.rendition(upload).job_id


def test_a_search_in_vain_is_not_repeated(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """When CreateJob stays silent though jobs can be listed, each search begins at the last one."""
    world.mediaconvert.refuse("a.mp4", NO_ANSWER)
    branch.notify(upload)
    for _ in range(3):
        branch.invoke()
        branch.end_back_off()
        rendition = world.rendition(upload)

        assert world.clock() == rendition.unresolved_since == rendition.claimed_at

        world.clock.pass_(1800)


def test_what_kills_the_function_is_given_up_after_five_deliveries(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """Five deliveries that die in a row are the last: a dead letter says `crashed`."""
    world.mediaconvert.refuse("a.mp4", KilledError())
    branch.notify(upload)
    for _ in range(MAX_SILENT_DELIVERIES):
        invoke_and_die(branch)
        world.clock.pass_(branch.settings.claim_seconds)

    assert [] == branch.dead_letters()
    assert [] == branch.invoke()

    [(_, reasons)] = branch.dead_letters()
    assert "crashed" == reasons["code"]
    assert State.DEAD == world.rendition(upload).state


def test_a_job_that_was_given_up_for_lost_can_still_end_well(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """A rendition that arrives after its dead letter is a rendition."""
    world.mediaconvert.fail_to_answer("a.mp4", KilledError())
    world.mediaconvert.before_list = lambda: (_ for _ in ()).throw(KilledError())
    branch.notify(upload)
    for _ in range(MAX_SILENT_DELIVERIES):
        invoke_and_die(branch)
        world.clock.pass_(branch.settings.claim_seconds)
    branch.invoke()
    [job] = world.mediaconvert.jobs
    world.tell(job, "COMPLETE")

    assert [] == world.outcomes.invoke()
    assert State.COMPLETE == world.rendition(upload).state
    assert ["dead", "complete"] == [
        told["state"] for told in world.announcements() if told["type"] == "rendition"
    ]


def test_the_end_of_a_job_may_be_quicker_than_its_note(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """A job that is complete before its delivery could note it stays complete."""

    def complete(_: object) -> None:
        world.tell(world.mediaconvert.jobs[-1], "COMPLETE")
        world.outcomes.invoke()

    world.mediaconvert.after = complete
    branch.notify(upload)

    assert [] == branch.invoke()
    assert State.COMPLETE == world.rendition(upload).state


def test_a_dead_letter_that_a_crash_left_owing_is_sent_by_the_next_delivery(
    world: World, branch: BranchWorld, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the function dies between giving up and the dead letter, the letter is still sent."""
    send_message = world.sqs.send_message

    def die(**_: object) -> None:
        raise KilledError

    world.mediaconvert.refuse("a.mp4", BAD_REQUEST)
    branch.notify(upload)
    monkeypatch.setattr(world.sqs, "send_message", die)
    invoke_and_die(branch)
    monkeypatch.setattr(world.sqs, "send_message", send_message)

    assert Duty.LETTER in world.rendition(upload).owed
    assert [] == branch.invoke()
    assert 1 == len(branch.dead_letters())
    assert frozenset() == world.rendition(upload).owed


def test_a_later_attempt_waits_for_the_dead_letter_of_the_one_before(
    world: World, branch: BranchWorld, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an attempt still owes is not forgotten over the next attempt."""
    world.mediaconvert.refuse("a.mp4", BAD_REQUEST)
    branch.notify(upload)
    with monkeypatch.context() as patch:
        patch.setattr(world.sns, "publish", _refuse)
        branch.invoke()
    world.mediaconvert.recover()
    second = branch.notify(upload, attempt="2")

    assert [second] == [stays for stays in branch.invoke() if stays == second]
    assert [] == world.mediaconvert.jobs

    world.duties.do(world.rendition(upload))
    branch.end_back_off()

    assert [] == branch.invoke()
    assert ["2"] == [job["UserMetadata"]["attempt"] for job in world.mediaconvert.jobs]


def test_an_attempt_that_is_under_way_is_not_overtaken(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """Asking for a second attempt while the first one runs makes no second job."""
    branch.notify(upload)
    branch.invoke()
    branch.notify(upload, attempt="2")

    assert [] == branch.invoke()
    assert 1 == len(world.mediaconvert.jobs)


def _raise(error: Exception) -> None:
    raise error


def _refuse(**_: object) -> None:
    raise client_error("Throttled", 429)
