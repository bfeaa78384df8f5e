"""What is left when a preset or a stack goes, and in which order the rest is deleted."""

from typing import Any

import pytest

from components import ArgumentError
from components.pipelines import PipelineNameError, check_trust
from tests.components.conftest import DEFAULTS, stack
from tests.engine import Program, run_main

BUCKET = "aws:s3/bucket:Bucket"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
ENTRY = "aws:dynamodb/tableItem:TableItem"

MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"
FUNCTION = "aws:lambda/function:Function"
PIPELINE = "aws:mediaconvert/queue:Queue"
QUEUE = "aws:sqs/queue:Queue"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
LOG = "aws:cloudwatch/logGroup:LogGroup"
TABLE = "aws:dynamodb/table:Table"
TOPIC = "aws:sns/topic:Topic"
TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"
NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"

FIRST = [
    # Nothing new comes in.
    (SUBSCRIPTION, "720p-subscribes-to-topic", TOPIC, "topic"),
    (SUBSCRIPTION, "720p-subscribes-to-topic", QUEUE, "720p"),
    (SUBSCRIPTION, "720p-subscribes-to-topic", QUEUE, "720p-dlq"),
    (SUBSCRIPTION, "720p-subscribes-to-topic", QUEUE_POLICY, "720p-takes-from-topic"),
    (SUBSCRIPTION, "720p-subscribes-to-topic", ENTRY, "720p-is-in-ledger"),
    (NOTIFICATION, "upload", TOPIC, "topic"),
    (NOTIFICATION, "upload", TOPIC_POLICY, "input-publishes-to-topic"),
    # The function stops, while everything that it needs is there.
    (MAPPING, "720p-queue-triggers-function", QUEUE, "720p"),
    (MAPPING, "720p-queue-triggers-function", FUNCTION, "720p"),
    (MAPPING, "720p-queue-triggers-function", ROLE_POLICY, "720p-function-submits-jobs"),
    (MAPPING, "720p-queue-triggers-function", LOG, "720p-logs"),
    (MAPPING, "720p-queue-triggers-function", ENTRY, "720p-is-in-ledger"),
    (MAPPING, "720p-queue-triggers-function", PIPELINE, "720p"),
    (MAPPING, "720p-queue-triggers-function", TABLE, "ledger"),
    (MAPPING, "720p-queue-triggers-function", TOPIC, "completed"),
    # MediaConvert keeps a pipeline that has jobs, and the jobs keep their role.
    (FUNCTION, "720p", PIPELINE, "720p"),
    (PIPELINE, "720p", ROLE, "720p-pipeline"),
    (PIPELINE, "720p", ROLE_POLICY, "720p-pipeline-transcodes"),
    (PIPELINE, "720p", BUCKET, "output-720p"),
    (PIPELINE, "720p", BUCKET, "input"),
    (QUEUE, "720p", QUEUE, "720p-dlq"),
    # Events of jobs find their queue, and the function its permissions.
    (TARGET, "outcome-of-jobs-feeds-queue", QUEUE_POLICY, "outcome-takes-from-rule"),
    (TARGET, "outcome-of-jobs-feeds-queue", QUEUE, "outcome"),
    (MAPPING, "outcome-queue-triggers-function", ROLE_POLICY, "outcome-function-records-outcomes"),
    # Reconcile is not started any more once it may do nothing.
    (
        TARGET,
        "reconcile-ledger-triggers-function",
        ROLE_POLICY,
        "reconcile-function-finds-what-was-lost",
    ),
]
"""What is deleted before what: types, and names behind `videoconverter-`."""


@pytest.mark.parametrize(("token", "name", "other_token", "other_name"), FIRST)
def test_what_uses_is_deleted_before_what_it_uses(
    program: Program, token: str, name: str, other_token: str, other_name: str
) -> None:
    """Pulumi deletes what depends on a resource before the resource."""
    after = program.before(token, f"videoconverter-{name}")

    assert (other_token, f"videoconverter-{other_name}") in after


def test_a_shared_pipeline_goes_before_the_roles_of_all_its_presets() -> None:
    """The jobs of each of them may still run in it."""
    presets = [{"name": name, "pipeline": "hd"} for name in ("720p", "1080p")]
    program = run_main({"presets": presets, **DEFAULTS})

    assert {(ROLE, f"videoconverter-{name}-pipeline") for name in ("720p", "1080p")} <= (
        program.before(PIPELINE, "videoconverter-hd")
    )


def test_buckets_are_left_with_everything_that_protects_them(any_program: Program) -> None:
    """A bucket with objects cannot be deleted; without its settings it would be open to HTTP."""
    of_buckets = [r for r in any_program.resources if r.type.startswith("aws:s3/bucket")]

    assert of_buckets
    assert {r.type for r in of_buckets if not r.is_retained} == {NOTIFICATION}
    assert all(r.type.startswith("aws:s3/") for r in any_program.resources if r.is_retained)


def test_buckets_that_may_be_emptied_are_deleted() -> None:
    """`force_destroy` leaves nothing behind."""
    assert [] == [r.name for r in stack("720p", force_destroy=True).resources if r.is_retained]


def with_retired(*, retired: bool) -> Program:
    """Two presets, one of which may be retired."""
    presets: list[dict[str, Any]] = [{"name": "720p"}, {"name": "480p", "retired": retired}]
    return run_main({"presets": presets, **DEFAULTS})


def test_a_retired_preset_gets_no_new_upload_and_finishes_what_it_has() -> None:
    """Only its subscription is gone, and its entry in the ledger says so."""
    before, after = with_retired(retired=False), with_retired(retired=True)
    gone = {r.urn for r in before.resources} - {r.urn for r in after.resources}
    changed = {
        r.name
        for r in after.resources
        for old in before.resources
        if r.urn == old.urn and r.inputs.get("item") != old.inputs.get("item")
    }

    assert ["videoconverter-480p-subscribes-to-topic"] == [urn.split("::")[-1] for urn in gone]
    assert {"videoconverter-480p-is-in-ledger"} == changed
    entry = after.one(ENTRY, "videoconverter-480p-is-in-ledger").policy("item")
    assert {"BOOL": True} == entry["retired"]


def test_the_last_preset_can_be_retired() -> None:
    """A whole stack is drained in the same way before it is destroyed."""
    program = run_main({"presets": [{"name": "720p", "retired": True}], **DEFAULTS})

    assert {} == program.of_type(SUBSCRIPTION)


@pytest.mark.parametrize("name", ["720p", "720p-hdr-0a1b2c3", "prod-720p-0a1b2c3", "720p-0a1b2c34"])
def test_a_pipeline_that_its_role_does_not_trust_is_refused(program: Program, name: str) -> None:
    """Other names than Pulumi's default ones would fail every job; `pulumi up` says so instead."""
    [trust] = program.one(ROLE, "videoconverter-720p-pipeline").policy("assumeRolePolicy")[
        "Statement"
    ]
    pattern = trust["Condition"]["ArnLike"]["aws:SourceArn"]
    queues = pattern.partition("queues/")[0] + "queues/videoconverter-"

    assert check_trust(f"{queues}720p-0a1b2c3", pattern)
    with pytest.raises(PipelineNameError, match="default auto-naming"):
        check_trust(f"{queues}{name}", pattern)


@pytest.mark.parametrize("seconds", [3_599, 864_001])
def test_an_alarm_rings_neither_at_once_nor_too_late(seconds: int) -> None:
    """Between an hour and ten days of the fourteen."""
    with pytest.raises(ArgumentError, match="alarm_after_seconds"):
        stack("720p", alarm_after_seconds=seconds)
