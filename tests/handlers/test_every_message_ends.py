"""Whatever is refused, and by whom: a message ends as a rendition or as a letter, in time."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn

import pytest

from components.defaults import MESSAGE_RETENTION_SECONDS
from handlers.ledger.rendition import State
from handlers.mediaconvert.refusal import GIVE_UP_AFTER, JOB_MAY_EXIST, LAST_RESORT_AFTER
from handlers.names import MessageAttribute
from handlers.retry_policy import ROLE_WINDOW
from handlers.upload import Upload
from tests.handlers.fakes import (
    BAD_REQUEST,
    NO_ANSWER,
    THROTTLED,
    KilledError,
    client_error,
)
from tests.handlers.world import BranchWorld, World

FORBIDDEN = client_error("AccessDeniedException", 403)
HALF_A_DAY = 43_200
"""Seconds between two deliveries, longer than any back-off: a test need not see every one."""


@pytest.fixture
def branch(world: World) -> BranchWorld:
    """The 720p branch."""
    return world["720p"]


def refuse(error: Exception, **_: Any) -> NoReturn:
    """Stand in for a call that is refused."""
    raise error


def in_doubt(world: World, branch: BranchWorld) -> None:
    """Let the delivery of an upload die after CreateJob: its job is there, and nobody noted it."""
    world.mediaconvert.fail_to_answer("a.mp4", KilledError())
    with pytest.raises(KilledError):
        branch.invoke()
    world.mediaconvert.recover()
    world.clock.pass_(branch.settings.claim_seconds)
    branch.end_back_off()


def seconds_until_done(world: World, branch: BranchWorld, step: int) -> int:
    """Deliver the one message again and again until it is done, and tell how long that took."""
    begun = world.clock()
    while branch.invoke():
        branch.end_back_off()
        world.clock.pass_(step)
        assert MESSAGE_RETENTION_SECONDS > world.clock() - begun
    return world.clock() - begun


def refuse_create_job(error: Exception, world: World, branch: BranchWorld) -> None:  # noqa: ARG001 one of three of this form
    """CreateJob refuses."""
    world.mediaconvert.refuse("a.mp4", error)


def refuse_probe(error: Exception, world: World, branch: BranchWorld) -> None:
    """Probe refuses; nobody comes as far as CreateJob."""
    submission = branch.runtime.submission
    mediaconvert: Any = world.mediaconvert
    mediaconvert.probe = partial(refuse, error)
    cap = replace(submission.cap, max_seconds=60, mediaconvert=mediaconvert)
    branch.runtime = replace(branch.runtime, submission=replace(submission, cap=cap))


def refuse_list_jobs(error: Exception, world: World, branch: BranchWorld) -> None:
    """ListJobs refuses, after a delivery that died."""
    in_doubt(world, branch)
    world.mediaconvert.before_list = partial(refuse, error)


Refusing = Callable[[Exception, World, BranchWorld], None]

mediaconvert_refuses = pytest.mark.parametrize(
    ("refusing", "has_job"),
    [(refuse_create_job, False), (refuse_probe, False), (refuse_list_jobs, True)],
    ids=["CreateJob", "Probe", "ListJobs"],
)


@mediaconvert_refuses
@pytest.mark.parametrize(
    ("error", "code", "tried_for", "step"),
    [
        (BAD_REQUEST, "BadRequestException", 0, 60),
        (FORBIDDEN, "AccessDeniedException", ROLE_WINDOW, 60),
        (THROTTLED, "TooManyRequestsException", GIVE_UP_AFTER, HALF_A_DAY),
        (NO_ANSWER, "ReadTimeoutError", GIVE_UP_AFTER, HALF_A_DAY),
    ],
    ids=["for good", "forbidden", "for now", "silent"],
)
def test_whatever_mediaconvert_refuses_ends_as_a_dead_letter(
    *,
    refusing: Refusing,
    has_job: bool,
    error: Exception,
    code: str,
    tried_for: int,
    step: int,
    world: World,
    branch: BranchWorld,
    upload: Upload,
) -> None:
    """After the time of its class, with the last code and reason; where a job may be, it says so.

    A job that really is there still ends well.
    """
    branch.notify(upload)
    refusing(error, world, branch)
    took = seconds_until_done(world, branch, step)

    assert tried_for - branch.settings.claim_seconds <= took <= tried_for + step
    [(_, letter)] = branch.dead_letters()
    assert (code, "1") == (letter["code"], letter["attempt"])
    assert State.DEAD == world.rendition(upload).state
    may_exist = has_job or (error is NO_ANSWER and refusing is refuse_create_job)
    assert may_exist == (JOB_MAY_EXIST in letter["reason"])
    for job in world.mediaconvert.jobs:
        world.tell(job, "COMPLETE")
        world.outcomes.invoke()
        assert State.COMPLETE == world.rendition(upload).state


def test_a_probe_that_never_answers_leaves_no_doubt(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """It made no job: the next delivery needs no search, and takes the claim at once."""
    refuse_probe(NO_ANSWER, world, branch)
    branch.notify(upload)
    branch.invoke()

    assert State.WAITING == world.rendition(upload).state


def test_a_redriven_upload_has_its_fifteen_minutes_again(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """A permission that comes after the letter is waited for once more; each letter is a window."""
    world.mediaconvert.refuse("a.mp4", FORBIDDEN)
    branch.notify(upload)
    seconds_until_done(world, branch, 60)
    [(body, _)] = branch.dead_letters()
    branch.send(body, attempt="2")

    assert 1 == len(branch.invoke())

    world.mediaconvert.recover()
    branch.end_back_off()

    assert [] == branch.invoke()
    assert ["2"] == [job["UserMetadata"]["attempt"] for job in world.mediaconvert.jobs]


def test_what_waited_unread_has_its_fifteen_minutes(
    world: World, branch: BranchWorld, upload: Upload
) -> None:
    """The window opens with the first receive: a backlog is not given up by a new deployment."""
    world.mediaconvert.refuse("a.mp4", FORBIDDEN)
    branch.notify(upload)
    world.clock.pass_(2 * ROLE_WINDOW)

    assert 1 == len(branch.invoke())


@pytest.mark.parametrize("operation", ["batch_get_item", "update_item"])
def test_a_ledger_that_refuses_for_good_is_told_of_without_it(
    operation: str,
    world: World,
    branch: BranchWorld,
    upload: Upload,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The upload waits as long as it can, and its letter has the ledger's own code and reason."""
    error = client_error("AccessDeniedException", 400, "Not authorized.")
    monkeypatch.setattr(world.dynamodb, operation, partial(refuse, error))
    branch.notify(upload)
    took = seconds_until_done(world, branch, HALF_A_DAY)

    assert LAST_RESORT_AFTER <= took
    [(_, letter)] = branch.dead_letters()
    assert ("AccessDeniedException", upload.key) == (letter["code"], letter["key"])
    assert letter["reason"].startswith("Not authorized.")
    assert JOB_MAY_EXIST in letter["reason"]


def test_what_nobody_refuses_and_nobody_ends_is_told_of(
    world: World, branch: BranchWorld, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later attempt that waits for an announcement which nobody can make has its end too."""
    monkeypatch.setattr(world.sns, "publish", partial(refuse, client_error("AccessDenied", 403)))
    world.mediaconvert.refuse("a.mp4", BAD_REQUEST)
    branch.notify(upload)
    branch.invoke()
    branch.dead_letters()
    branch.notify(upload, attempt="2")
    seconds_until_done(world, branch, HALF_A_DAY)

    codes = sorted(letter["code"] for _, letter in branch.dead_letters())
    assert ["AccessDenied", "still_waiting"] == codes


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("attempt", "abc", "'abc'; expected a whole number from 1 to 9999"),
        ("attempt", "0", "'0'"),
        ("attempt", "-1", "'-1'"),
        ("attempt", "1000000000", "'1000000000'"),
        ("attempt", "9" * 5000, "'999"),
        ("attempt", "\N{ARABIC-INDIC DIGIT TWO}", "expected a whole number"),
        ("unless_rendered", "yes", "'yes'; expected 'true', or no attribute"),
    ],
)
def test_an_attribute_that_cannot_be_read_is_a_dead_letter(
    *, name: str, text: str, reason: str, world: World, branch: BranchWorld, upload: Upload
) -> None:
    """At once, with what was expected; the body can be sent again as it is."""
    branch.notify(upload, **{name: text})

    assert [] == branch.invoke()
    [(_, letter)] = branch.dead_letters()
    assert {MessageAttribute.CODE, MessageAttribute.REASON} == letter.keys()
    assert "unreadable" == letter["code"]
    assert f"The message attribute {name} is " in letter["reason"]
    assert reason in letter["reason"]
    assert [] == world.mediaconvert.jobs
