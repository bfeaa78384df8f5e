"""How each check judges the facts of one preset.

A look calls no service. If an earlier hop has failed, it returns `not checked` with that reason:
a fault is reported once, at the hop that has it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from handlers.ledger.rendition import State
from handlers.mediaconvert.job_events import JobEventError, JobStatus, read_job_end
from handlers.mediaconvert.job_search import MARGIN
from handlers.mediaconvert.output_groups import bucket_and_key, expected_outputs
from operate.printable import counted
from operate.verify.facts import BranchFacts, Document, Facts, Seen
from operate.verify.streams import describe, differences

LISTED_WITHIN: Final = MARGIN
"""Seconds from CreateJob to the list that returns the job: the margin of the search for lost
answers, which also covers clocks that differ."""

BILLING_TAGS: Final = "QUEUE"
"""The tags to which every job asks to be billed: those of its pipeline."""

DETAIL_TYPE: Final = "MediaConvert Job State Change"
"""The `detail-type` of job events."""

NOT_ACCELERATED: Final = "NOT_APPLICABLE"
"""AccelerationStatus of every job that asks for no acceleration (API Reference)."""


class Verdict(StrEnum):
    """The result of a check, the worst last."""

    OK = "ok"
    NOT_CHECKED = "not checked"
    DIFFERS = "differs"


@dataclass(frozen=True)
class Finding:
    """The result of a check for one preset."""

    verdict: Verdict
    text: str = ""
    """What was observed; if it differs, also what was expected; if it was not checked, why."""
    seconds: float | None = None
    """How long the hop took, if it can be measured."""


Look = Callable[[Facts, BranchFacts], Finding]
LookAtJob = Callable[[Facts, BranchFacts, Document], Finding]


def notification(facts: Facts, _: BranchFacts) -> Finding:
    """Did S3 notify the topic, about the right object?"""
    if facts.notice is None:
        why = "" if facts.is_notified else "; the bucket has no notification"
        return _differs("S3's notification on the topic", _nothing(facts) + why)
    upload = facts.upload
    wanted = {"versionId": upload.version_id, "eTag": upload.etag, "size": upload.size}
    told = facts.notice.document["Records"][0]["s3"]["object"]
    seen = {name: told.get(name) for name in wanted}
    if seen != wanted:
        return _differs(_shown(wanted), _shown(seen))
    return _ok(seconds=_between(facts.uploaded_at, facts.notice.at))


def of_notified(look: Look) -> Look:
    """Look only if the notification went to the preset."""

    def looked(facts: Facts, branch: BranchFacts) -> Finding:
        if facts.notice is None:
            return _not_checked("there was no notification")
        if not branch.is_asked_for:
            return _not_checked("the preset takes no uploads")
        return look(facts, branch)

    return looked


def delivery(_: Facts, branch: BranchFacts) -> Finding:
    """Did the queue receive the notification, and the function accept it?"""
    letter = branch.letter
    if letter is not None and letter.job_id is None:
        return _differs("no dead letter", _said(letter.code, letter.reason))
    return _ok()


def job(facts: Facts, branch: BranchFacts) -> Finding:
    """Is there a job, with the settings that were asked for?"""
    if branch.job is None or facts.notice is None:
        if branch.letter is not None:
            return _not_checked("there is a dead letter instead")
        return _differs("a job", f"{_nothing(facts)}; the ledger says {_state(branch)}")
    wanted = {
        "Role": branch.role_arn,
        "Queue": branch.pipeline_arn,
        "UserMetadata": facts.metadata(branch),
    }
    for name, value in wanted.items():
        if branch.job.get(name) != value:
            return _differs(f"{name} {_shown(value)}", _shown(branch.job.get(name)))
    return _ok(seconds=_between(facts.notice.at, branch.job["CreatedAt"]))


def of_job(look: LookAtJob) -> Look:
    """Look only if there is a job."""

    def looked(facts: Facts, branch: BranchFacts) -> Finding:
        if branch.job is None:
            return _not_checked("there is no job")
        return look(facts, branch, branch.job)

    return of_notified(looked)


def listing(first_seen: Callable[[BranchFacts], datetime | None]) -> Look:
    """How long after CreateJob does a list return the job?"""

    def look(facts: Facts, branch: BranchFacts, job: Document) -> Finding:
        seen_at = first_seen(branch)
        expected = f"the job within {LISTED_WITHIN} s of CreateJob"
        if seen_at is None:
            return _differs(expected, _nothing(facts))
        delay = _between(job["CreatedAt"], seen_at)
        if delay > LISTED_WITHIN:
            return _differs(expected, f"the job after {delay:.0f} s")
        return _ok(seconds=delay)

    return of_job(look)


def one_job(_: Facts, branch: BranchFacts, __: Document) -> Finding:
    """Are there no more jobs than attempts?"""
    if not branch.listed_jobs or branch.ledger is None:
        return _not_checked("ListJobs does not return the job")
    if len(branch.listed_jobs) > branch.ledger.attempt:
        return _differs(
            counted(branch.ledger.attempt, "job"), ", ".join(sorted(branch.listed_jobs))
        )
    return _ok()


def end(facts: Facts, branch: BranchFacts, job: Document) -> Finding:
    """Did MediaConvert render the sample?"""
    if not branch.job_has_ended:
        return _differs(JobStatus.COMPLETE, f"{job['Status']}, and {_nothing(facts)} after it")
    if job["Status"] != JobStatus.COMPLETE:
        why = _said(job.get("ErrorCode"), job.get("ErrorMessage"))
        return _differs(JobStatus.COMPLETE, f"{job['Status']}, {why}")
    return _ok(seconds=_between(job["CreatedAt"], job["Timing"]["FinishTime"]))


def billing_tags(_: Facts, __: BranchFacts, job: Document) -> Finding:
    """Is the job billed to the tags of its pipeline?"""
    seen = job.get("BillingTagsSource")
    return _ok(BILLING_TAGS) if seen == BILLING_TAGS else _differs(BILLING_TAGS, _shown(seen))


def tier(_: Facts, __: BranchFacts, job: Document) -> Finding:
    """Does the job show that it was billed above the basic tier?"""
    seen = job.get("AccelerationStatus")
    asked_for = (job.get("AccelerationSettings") or {}).get("Mode", "DISABLED")
    if asked_for == "DISABLED" and seen != NOT_ACCELERATED:
        return _differs(f"AccelerationStatus {NOT_ACCELERATED}", _shown(seen))
    return _not_checked(
        f"GetJob returns AccelerationStatus {seen} and nothing else about the tier; the usage "
        "types of the next day's bill name it"
    )


def event(facts: Facts, branch: BranchFacts, job: Document) -> Finding:
    """Did an event report how the job ended, and what it wrote?"""
    if not branch.job_has_ended:
        return _not_checked("the job has not ended")
    if branch.event is None:
        return _differs("an event of the job's end", _nothing(facts))
    delay = _between(job["Timing"]["FinishTime"], branch.event.at)
    problems = _problems_of_event(facts, branch, job, branch.event)
    return next(problems, _ok(seconds=delay))


def _problems_of_event(
    facts: Facts, branch: BranchFacts, job: Document, event: Seen
) -> Iterator[Finding]:
    """Read the event as `job_outcome` does, and compare it with the answer of GetJob."""
    detail_type = event.document.get("detail-type")
    if detail_type != DETAIL_TYPE:
        yield _differs(f"the detail-type {DETAIL_TYPE}", _shown(detail_type))
    try:
        end = read_job_end(json.dumps(event.document))
    except JobEventError as error:
        yield _differs("an event as it is documented", str(error))
        return
    wanted = (job["Id"], job["Status"], branch.preset, facts.upload.digest)
    seen = (end.job_id, end.status, end.preset, end.upload) if end else None
    if seen != wanted or end is None:
        yield _differs(_shown(wanted), _shown(seen))
        return
    if end.status is JobStatus.COMPLETE:
        told = {f"s3://{output.bucket}/{output.key}" for output in end.outputs}
        missing = {uri for uri in expected_outputs(job["Settings"]) if uri} - told
        if missing:
            yield _differs(", ".join(sorted(missing)), ", ".join(sorted(told)) or "no outputs")
        if not any(output.duration_ms for output in end.outputs):
            yield _differs("the duration of an output", "none")


def outcome(facts: Facts, branch: BranchFacts, job: Document) -> Finding:
    """Did the stack's own rule bring the event to the ledger?"""
    if branch.event is None:
        return _not_checked("there was no event")
    ledger = branch.ledger
    if ledger is None or ledger.ended_at is None or not branch.has_ended:
        return _differs(
            "the end in the ledger", f"{_state(branch)}, and {_nothing(facts)} after it"
        )
    if job["Status"] == JobStatus.COMPLETE and ledger.state != State.COMPLETE:
        return _differs(f"{State.COMPLETE} in the ledger", _state(branch))
    return _ok(seconds=_between(branch.event.at, ledger.ended_at))


def of_complete(look: Callable[[BranchFacts], Finding]) -> Look:
    """Look only if the job is complete."""

    def looked(_: Facts, branch: BranchFacts, job: Document) -> Finding:
        if job["Status"] != JobStatus.COMPLETE:
            return _not_checked(f"the job is {job['Status']}")
        return look(branch)

    return of_job(looked)


def output(branch: BranchFacts) -> Finding:
    """Is there an object for each output?"""
    missing = [file.uri for file in branch.files if file.size == 0]
    if missing or not branch.files:
        return _differs("an object for each output", f"none at {', '.join(missing)}")
    return _ok(", ".join(f"{_name(file.uri)} {file.size:,} bytes" for file in branch.files))


def streams(branch: BranchFacts) -> Finding:
    """Do the outputs contain what the preset asks for?"""
    told = []
    for file in branch.files:
        if file.expected is None or file.size == 0:
            continue
        if file.found is None:
            return _differs(f"a media file in {_name(file.uri)}", "something that cannot be read")
        for wanted, seen in differences(file.expected, file.found):
            return _differs(f"{wanted} in {_name(file.uri)}", seen)
        told.append(describe(file.found))
    return _ok(", ".join(told)) if told else _not_checked("no output can be read here")


def announcement(facts: Facts, branch: BranchFacts, job: Document) -> Finding:
    """Did a subscriber receive the announcement of the rendition?"""
    if not branch.has_ended:
        return _not_checked("the end is not in the ledger")
    if branch.announcement is None:
        return _differs("an announcement of the rendition", _nothing(facts))
    told = branch.announcement.document
    wanted = (_state(branch), job["Id"], facts.upload.version_id)
    seen = (told["state"], told["job_id"], told["source"]["version_id"])
    if seen != wanted:
        return _differs(_shown(wanted), _shown(seen))
    since = branch.event.at if branch.event else job["Timing"]["FinishTime"]
    return _ok(seconds=_between(since, branch.announcement.at))


def asset(facts: Facts, _: BranchFacts) -> Finding:
    """Did a subscriber receive the announcement of all renditions together?"""
    if not facts.has_ended:
        return _not_checked("not every rendition has ended")
    if facts.asset is None:
        return _differs("an announcement of the asset", _nothing(facts))
    wanted = {branch.preset: _state(branch) for branch in facts.asked_for}
    seen = {told["preset"]: told["state"] for told in facts.asset.document["renditions"]}
    if seen != wanted:
        return _differs(_shown(wanted), _shown(seen))
    return _ok(seconds=_between(facts.uploaded_at, facts.asset.at))


def dead_letter(facts: Facts, branch: BranchFacts) -> Finding:
    """Is there a dead letter of the broken file, with its reason?"""
    if facts.broken_at is None:
        return _not_checked("only with --with-failure, which triggers the stack's alarms")
    letter = branch.broken_letter
    if letter is None:
        return _differs("a dead letter", _nothing(facts))
    if not letter.code or not letter.reason:
        return _differs("a code and a reason", _said(letter.code, letter.reason))
    return _ok(letter.code, seconds=_between(facts.broken_at, letter.sent_at))


def _ok(text: str = "", *, seconds: float | None = None) -> Finding:
    # With two clocks that differ a little, an effect can seem earlier than its cause.
    return Finding(Verdict.OK, text, None if seconds is None else round(max(0.0, seconds), 1))


def _differs(expected: str, seen: str) -> Finding:
    return Finding(Verdict.DIFFERS, f"expected {expected}, saw {seen}")


def _not_checked(why: str) -> Finding:
    return Finding(Verdict.NOT_CHECKED, why)


def _between(first: datetime, then: datetime) -> float:
    return (then - first).total_seconds()


def _nothing(facts: Facts) -> str:
    return f"nothing for {facts.patience:.0f} s"


def _state(branch: BranchFacts) -> str:
    return str(branch.ledger.state) if branch.ledger else "nothing"


def _said(code: object, reason: object) -> str:
    return f"{code or 'no code'}: {reason or 'no reason'}"


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _name(uri: str) -> str:
    return bucket_and_key(uri)[1].rpartition("/")[-1]
