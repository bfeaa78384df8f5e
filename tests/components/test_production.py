"""The example of a production stack works as it stands, and protects what it says."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from tests.components.conftest import DEFAULTS
from tests.engine import COMPONENT, PARTS, ROOT, Program, run_main

EXAMPLE = "Pulumi.prod.yaml.example"

UNTAGGED = {
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    "aws:dynamodb/tableItem:TableItem",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:lambda/permission:Permission",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketNotification:BucketNotification",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
}
"""Types that AWS has no tags for: they are settings of something that has."""


@pytest.fixture(scope="module")
def example() -> Mapping[str, Any]:
    """The config of the example, without the project's name."""
    config = yaml.safe_load((ROOT / EXAMPLE).read_text())["config"]
    own = "videoconverter:"
    return {key.removeprefix(own): value for key, value in config.items() if key.startswith(own)}


@pytest.fixture(scope="module")
def production(example: Mapping[str, Any]) -> Program:
    """The program with the example's config."""
    return run_main({**DEFAULTS, **example})


def test_everything_says_who_answers_for_it(
    production: Program, example: Mapping[str, Any]
) -> None:
    """Owner, environment and who pays are tags of each resource that can have any."""
    taggable = [
        r
        for r in production.resources
        if r.type not in {*UNTAGGED, *PARTS, COMPONENT, "pulumi:pulumi:Stack"}
    ]

    assert {"owner", "environment", "cost-center"} == set(example["tags"])
    assert taggable
    assert [] == [
        r.name for r in taggable if not example["tags"].items() <= r.inputs.get("tags", {}).items()
    ]


def test_nothing_goes_by_accident(production: Program) -> None:
    """Buckets stay, the ledger refuses to be deleted, and somebody is told of every alarm."""
    alarms = production.of_type("aws:cloudwatch/metricAlarm:MetricAlarm").values()
    table = production.one("aws:dynamodb/table:Table", "videoconverter-ledger")

    assert all(r.is_retained for r in production.of_type("aws:s3/bucket:Bucket").values())
    assert table.inputs["deletionProtectionEnabled"] is True
    assert all(alarm.inputs["alarmActions"] for alarm in alarms)
