"""What `verify` concludes from what it has seen."""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from handlers.ledger.rendition import State
from operate.status import NOT_ASKED_FOR
from operate.verify.checks import CHECKS, Line, judge
from operate.verify.facts import BranchFacts, Facts, Seen
from operate.verify.looks import LISTED_WITHIN
from operate.verify.trial import newest
from tests.operate.healthy import SOURCE, after, dead_letter, healthy

Spoil = Callable[[Facts, BranchFacts], None]
Changes = Mapping[str, Any]

AFTER_THE_JOB = (
    *("one job", "ListJobs", "SearchJobs", "end of the job", "billing tags", "event"),
    *("outcome", "output", "streams", "announcement", "asset"),
)
"""What cannot be checked where there is no job."""


def by_name(facts: Facts) -> dict[str, Line]:
    """The lines."""
    return {line.check.name: line for line in judge(facts)}


def not_ok(facts: Facts) -> dict[str, str]:
    """The verdicts that are not ok, but for the tier, which nobody tells."""
    return {
        name: line.verdict
        for name, line in by_name(facts).items()
        if line.verdict != "ok" and name != "tier"
    }


def of_branch(**changes: Any) -> Spoil:
    """Spoil what was seen of the branch."""

    def spoil(_: Facts, branch: BranchFacts) -> None:
        for name, value in changes.items():
            setattr(branch, name, value)

    return spoil


def of_job(**changes: Any) -> Spoil:
    """Spoil what GetJob tells."""

    def spoil(_: Facts, branch: BranchFacts) -> None:
        branch.job = {**(branch.job or {}), **changes}

    return spoil


def of_event(**changes: Any) -> Spoil:
    """Spoil the detail of the event."""

    def spoil(_: Facts, branch: BranchFacts) -> None:
        assert branch.event is not None
        document = dict(branch.event.document)
        document["detail"] = {**document["detail"], **changes}
        branch.event = Seen(document, branch.event.at)

    return spoil


def of_ledger(**changes: Any) -> Spoil:
    """Spoil what the ledger says."""

    def spoil(_: Facts, branch: BranchFacts) -> None:
        assert branch.ledger is not None
        branch.ledger = replace(branch.ledger, **changes)

    return spoil


def of_file(**changes: Any) -> Spoil:
    """Spoil the output."""

    def spoil(_: Facts, branch: BranchFacts) -> None:
        branch.files = tuple(replace(file, **changes) for file in branch.files)

    return spoil


def of_streams(**changes: Any) -> Spoil:
    """Spoil what is in the output."""
    return of_file(found=replace(SOURCE, **changes))


def of_facts(**changes: Any) -> Spoil:
    """Spoil what was seen of the upload."""

    def spoil(facts: Facts, _: BranchFacts) -> None:
        for name, value in changes.items():
            setattr(facts, name, value)

    return spoil


def of_notice(**changes: Any) -> Spoil:
    """Spoil S3's notice."""

    def spoil(facts: Facts, _: BranchFacts) -> None:
        assert facts.notice is not None
        document = copy.deepcopy(dict(facts.notice.document))
        document["Records"][0]["s3"]["object"].update(changes)
        facts.notice = Seen(document, facts.notice.at)

    return spoil


def together(*spoils: Spoil) -> Spoil:
    """Spoil several things that come together."""

    def spoil(facts: Facts, branch: BranchFacts) -> None:
        for each in spoils:
            each(facts, branch)

    return spoil


def test_a_healthy_account_differs_in_nothing() -> None:
    """Every line is ok, with its delay; only the tier is not told by anybody."""
    lines = by_name(healthy())

    assert {} == not_ok(healthy())
    assert "not checked" == lines["tier"].verdict
    seconds = {name: line.findings["720p"].seconds for name, line in lines.items()}
    assert {
        "notification": 1,
        "job": 2,
        "ListJobs": 2,
        "SearchJobs": 3,
        "end of the job": 17,
        "event": 2,
        "outcome": 1,
        "announcement": 2,
        "asset": 30,
        "dead letter": 9,
    } == {name: value for name, value in seconds.items() if value is not None}


@pytest.mark.parametrize(
    ("spoil", "differs", "not_checked"),
    [
        (
            of_facts(notice=None),
            {"notification"},
            {check.name for check in CHECKS} - {"notification", "tier"},
        ),
        (of_notice(versionId=None), {"notification"}, set()),
        (of_notice(size=1), {"notification"}, set()),
        (
            of_branch(letter=dead_letter("720p"), job=None, ledger=None),
            {"delivery"},
            {"job", *AFTER_THE_JOB},
        ),
        (of_branch(job=None, ledger=None), {"job"}, set(AFTER_THE_JOB)),
        (of_job(Role="arn:aws:iam::111122223333:role/another"), {"job"}, set()),
        (of_job(Queue="arn:aws:mediaconvert:eu-central-1:1:queues/Default"), {"job"}, set()),
        (of_job(UserMetadata={}), {"job"}, set()),
        (of_branch(listed_at=None, listed_jobs=frozenset()), {"ListJobs"}, {"one job"}),
        (of_branch(listed_at=after(4 + LISTED_WITHIN)), {"ListJobs"}, set()),
        (of_branch(searched_at=None), {"SearchJobs"}, set()),
        (of_branch(listed_jobs=frozenset({"job-720p", "job-2"})), {"one job"}, set()),
        (
            together(
                of_job(Status="SUBMITTED", Timing={}),
                of_branch(event=None, announcement=None),
                of_ledger(state=State.SUBMITTED, ended_at=None),
            ),
            {"end of the job"},
            {"event", "outcome", "output", "streams", "announcement", "asset"},
        ),
        (of_job(BillingTagsSource="JOB"), {"billing tags"}, set()),
        (
            together(
                of_branch(event=None, announcement=None),
                of_ledger(state=State.SUBMITTED, ended_at=None),
                of_facts(asset=None),
            ),
            {"event"},
            {"outcome", "announcement", "asset"},
        ),
        (of_event(outputGroupDetails=[]), {"event"}, set()),
        (of_event(userMetadata={}), {"event"}, set()),
        (of_event(jobId="another"), {"event"}, set()),
        (
            together(of_ledger(state=State.SUBMITTED, ended_at=None), of_branch(announcement=None)),
            {"outcome"},
            {"announcement", "asset"},
        ),
        (of_file(size=0), {"output"}, {"streams"}),
        (of_branch(files=()), {"output"}, {"streams"}),
        (of_streams(audio_codec=None), {"streams"}, set()),
        (of_streams(picture=(1280, 720)), {"streams"}, set()),
        (of_streams(seconds=8.0), {"streams"}, set()),
        (of_streams(video_codec="hevc"), {"streams"}, set()),
        (of_file(found=None), {"streams"}, set()),
        (of_branch(announcement=None), {"announcement"}, set()),
        (of_facts(asset=None), {"asset"}, set()),
        (of_branch(broken_letter=None), {"dead letter"}, set()),
        (of_branch(broken_letter=dead_letter("720p")), {"dead letter"}, set()),
        (of_facts(broken=None, broken_at=None), set(), {"dead letter"}),
    ],
)
def test_a_fault_is_told_at_its_own_line(
    spoil: Spoil, differs: set[str], not_checked: set[str]
) -> None:
    """What is not as it is assumed differs, what cannot be seen then is not checked, no more."""
    facts = healthy()
    spoil(facts, facts.branches["720p"])

    expected = dict.fromkeys(differs, "differs") | dict.fromkeys(not_checked, "not checked")
    assert expected == not_ok(facts)


def test_what_differs_says_what_was_expected_and_seen_and_of_which_preset() -> None:
    """The other preset is not blamed."""
    facts = healthy()
    of_job(Role="another")(facts, facts.branches["720p"])

    expected = f"720p: expected Role {facts.branches['720p'].role_arn}, saw another"
    assert expected == by_name(facts)["job"].text


def test_an_accelerated_job_is_a_tier_that_differs() -> None:
    """It is the one thing by which the API tells of the professional tier."""
    facts = healthy()
    of_job(AccelerationStatus="ACCELERATED")(facts, facts.branches["720p"])

    assert "differs" == by_name(facts)["tier"].verdict


def test_a_preset_that_takes_no_uploads_is_not_checked() -> None:
    """It was added later, or is on its way out; there is nothing to wait for, and no fault."""
    facts = healthy()
    branch = facts.branches["720p"]
    together(
        of_ledger(state=NOT_ASKED_FOR),
        of_branch(job=None, event=None, announcement=None, broken_letter=None),
    )(facts, branch)
    assert facts.asset is not None
    ends = [end for end in facts.asset.document["renditions"] if end["preset"] == "1080p"]
    facts.asset = Seen({"renditions": ends}, facts.asset.at)

    assert facts.is_seen
    assert set() == {line.check.name for line in judge(facts) if line.verdict == "differs"}


def test_a_failed_job_says_why() -> None:
    """MediaConvert's code and message stand in the line."""
    facts = healthy()
    together(
        of_job(Status="ERROR", ErrorCode=1401, ErrorMessage="Access denied."),
        of_event(status="ERROR", errorCode=1401),
        of_ledger(state=State.DEAD),
    )(facts, facts.branches["720p"])

    line = by_name(facts)["end of the job"]
    assert ("differs", "720p: expected COMPLETE, saw ERROR, 1401: Access denied.") == (
        line.verdict,
        line.text,
    )
    assert "ok" == by_name(facts)["outcome"].verdict


@pytest.mark.parametrize(
    "missing",
    [
        of_facts(notice=None),
        of_facts(asset=None),
        of_branch(announcement=None),
        of_branch(event=None),
        of_branch(listed_at=None),
        of_branch(searched_at=None),
        of_ledger(state=State.SUBMITTED),
        of_branch(broken=None),
    ],
)
def test_verify_waits_for_everything_that_it_tells_of(missing: Spoil) -> None:
    """And for nothing more, when all of that was seen."""
    facts = healthy()
    assert facts.is_seen
    missing(facts, facts.branches["720p"])

    assert not facts.is_seen


@pytest.mark.parametrize(
    ("spoil", "is_under_way"),
    [
        (together(), False),
        (of_ledger(state=State.SUBMITTED), True),
        (of_branch(ledger=None), True),
        (of_branch(broken=None), True),
        (together(of_ledger(state=State.SUBMITTED), of_facts(notice=None)), False),
    ],
)
def test_only_what_the_stack_is_through_with_is_removed(
    spoil: Spoil, *, is_under_way: bool
) -> None:
    """A source that is gone would become a dead letter; one that nobody was told of can go."""
    facts = healthy()
    spoil(facts, facts.branches["720p"])

    assert is_under_way == facts.is_under_way


def test_a_busy_pipeline_is_listed_as_far_back_as_the_upload() -> None:
    """A page of newer jobs does not hide the sample's; what is older is not read."""
    read = []

    def pages() -> Iterator[list[dict[str, Any]]]:
        for seconds in ((9, 8), (7, 6), (5, -1), (-2, -3)):
            read.append(seconds)
            yield [{"CreatedAt": after(second)} for second in seconds]

    jobs = list(newest(pages(), after(0)))

    assert [after(second) for second in (9, 8, 7, 6, 5)] == [job["CreatedAt"] for job in jobs]
    assert 3 == len(read)


def test_the_event_is_that_of_the_attempt_that_ended_last() -> None:
    """An attempt that failed and was tried again has an event as well, and it comes first."""
    facts = healthy()
    branch = facts.branches["720p"]
    assert branch.event is not None
    failed = copy.deepcopy(branch.event)
    failed.document["detail"]["jobId"] = "job-before"
    of_others = Seen({"detail": {"jobId": "x", "userMetadata": {}}}, after(1))
    nameless = Seen({"detail": {}}, after(1))

    assert branch.event is facts.event_of(branch, [of_others, failed, branch.event, nameless])
    assert failed is facts.event_of(branch, [of_others, failed, nameless])
    branch.job = None
    assert facts.event_of(branch, [of_others, nameless]) is None
