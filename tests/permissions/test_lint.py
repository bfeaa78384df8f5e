"""Every policy passes a linter that knows AWS's actions, resources and condition keys."""

import json
from collections.abc import Sequence

import pytest
from cfnlint.api import lint  # type: ignore[import-untyped]  # it has no types
from cfnlint.config import ManualArgs  # type: ignore[import-untyped]  # it has no types
from cfnlint.match import Match  # type: ignore[import-untyped]  # it has no types

from tests.engine import REGION
from tests.permissions.calls import largest
from tests.permissions.stack_policies import (
    BUCKET_POLICY,
    KEY,
    QUEUE_POLICY,
    ROLE,
    ROLE_POLICY,
    TOPIC_POLICY,
    Made,
    policies_of,
)

TEMPLATES = {
    ROLE: ("AWS::IAM::Role", "AssumeRolePolicyDocument", {}),
    ROLE_POLICY: (
        "AWS::IAM::RolePolicy",
        "PolicyDocument",
        {"PolicyName": "NAME", "RoleName": "r"},
    ),
    QUEUE_POLICY: ("AWS::SQS::QueuePolicy", "PolicyDocument", {"Queues": ["https://NAME"]}),
    TOPIC_POLICY: ("AWS::SNS::TopicPolicy", "PolicyDocument", {"Topics": ["NAME"]}),
    KEY: ("AWS::KMS::Key", "KeyPolicy", {}),
    BUCKET_POLICY: ("AWS::S3::BucketPolicy", "PolicyDocument", {"Bucket": "NAME"}),
}
"""What CloudFormation calls the resource, the property that holds the policy, and what else it
needs; cfn-lint reads policies in templates."""


def linted(made: Sequence[Made]) -> list[Match]:
    """What the linter finds in policies, hints included."""
    resources = {}
    for number, policy in enumerate(made):
        if policy.type not in TEMPLATES:
            continue
        kind, member, more = TEMPLATES[policy.type]
        own = json.loads(json.dumps(more).replace("NAME", f"name-{number}"))
        resources[f"Policy{number}"] = {
            "Type": kind,
            **dict.fromkeys(("DeletionPolicy", "UpdateReplacePolicy"), "Retain"),
            "Properties": {member: policy.document, **own},
        }
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}
    found: list[Match] = lint(
        json.dumps(template),
        regions=[REGION],
        config=ManualArgs(regions=[REGION], include_checks=["I"]),
    )
    return found


@pytest.fixture(scope="module")
def made() -> list[Made]:
    """The policies of a program with every option."""
    return policies_of(largest())


def test_no_policy_has_a_finding(made: list[Made]) -> None:
    """Not even a hint."""
    assert [] == [f"{match.path} {match.message}" for match in linted(made)]


@pytest.mark.parametrize(
    ("key", "wrong", "rule"),
    [
        ("Action", ["mediaconvert:CreateJobs"], "W3037"),
        ("Resource", "arn:aws:s3:::a-bucket", "I3510"),
        ("Condition", {"StringEqual": {"aws:SourceArn": "x"}}, "E3510"),
    ],
)
def test_the_linter_sees_what_is_wrong(
    made: list[Made], key: str, wrong: object, rule: str
) -> None:
    """An action, a resource and a condition operator that AWS does not know are found."""
    policy = next(m for m in made if m.name == "videoconverter-720p-function-submits-jobs")
    statement = next(
        s for s in policy.document["Statement"] if s["Sid"] == "SubmitJobsToThePipeline"
    )
    broken = policy._replace(document={**policy.document, "Statement": [{**statement, key: wrong}]})

    assert {rule} == {match.rule.id for match in linted([broken])}
