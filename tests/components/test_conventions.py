"""What holds for every resource of the program, whatever it is."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine import ACCOUNT, COMPONENT, PARTS, Program, Recorded

STACK = "pulumi:pulumi:Stack"


def _children(program: Program) -> list[Recorded]:
    return [r for r in program.resources if r.type not in {STACK, COMPONENT, *PARTS}]


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, inner in value.items():
                yield from _strings(key)
                yield from _strings(inner)
        case list() | tuple():
            for inner in value:
                yield from _strings(inner)


def _statements(program: Program) -> Iterator[tuple[str, dict[str, Any]]]:
    for resource in _children(program):
        for key in ("policy", "assumeRolePolicy"):
            if key in resource.inputs:
                for statement in resource.policy(key)["Statement"]:
                    yield f"{resource.name} {key}", statement


def test_every_resource_belongs_to_the_component(any_program: Program) -> None:
    """A resource whose parent is the stack was created without `parent=self`."""
    parents = {COMPONENT, *PARTS}
    strays = [r.urn for r in _children(any_program) if r.parent_type not in parents]

    assert [] == strays


def test_the_tree_of_the_picture(program: Program) -> None:
    """`pulumi up` shows a preset's queue, function, pipeline and bucket below the preset."""
    branch = {r.type for r in program.resources if r.parent_type == "videoconverter:index:Branch"}

    assert {
        "aws:sqs/queue:Queue",
        "aws:lambda/function:Function",
        "aws:mediaconvert/queue:Queue",
        "aws:s3/bucket:Bucket",
    } <= branch
    assert {COMPONENT} == {r.parent_type for r in program.resources if r.type in PARTS}


def test_every_name_starts_with_the_component_s(any_program: Program) -> None:
    """Two fan-outs in one program must not collide."""
    strangers = [r.name for r in _children(any_program) if not r.name.startswith("videoconverter-")]

    assert [] == strangers


def test_no_two_resources_have_the_same_urn(any_program: Program) -> None:
    """Pulumi refuses a program in which a type and name appear twice under one parent."""
    urns = [r.urn for r in any_program.resources]

    assert sorted(set(urns)) == sorted(urns)


def test_no_output_is_turned_into_text(any_program: Program) -> None:
    """`f"{output}"` yields a sentence about Outputs, which would be sent to AWS as it is."""
    found = [
        (r.name, text)
        for r in any_program.resources
        for text in _strings(r.inputs)
        if "Calling __str__" in text
    ]

    assert [] == found


def test_no_permission_is_a_wildcard(any_program: Program) -> None:
    """An Allow names its actions and its resources; the bare `*` only ever stands in a Deny."""
    wide = [
        (where, statement)
        for where, statement in _statements(any_program)
        if statement["Effect"] == "Allow"
        and (
            any("*" in action for action in _listed(statement["Action"]))
            or "*" in _listed(statement.get("Resource", []))
            or "*" in _listed(statement.get("Principal", []))
        )
    ]

    assert [] == wide


def test_no_policy_has_a_hole(any_program: Program) -> None:
    """An output that was not there yet would leave a null in the policy."""
    holes = [
        where for where, statement in _statements(any_program) if "null" in json.dumps(statement)
    ]

    assert [] == holes


def test_every_statement_says_what_it_allows(any_program: Program) -> None:
    """A Sid reads as a sentence, and none stands twice in a policy."""
    unnamed = [where for where, statement in _statements(any_program) if not statement.get("Sid")]

    assert [] == unnamed


@pytest.mark.parametrize("service", ["s3", "mediaconvert"])
def test_a_service_acts_for_one_resource_of_this_account(
    any_program: Program, service: str
) -> None:
    """Where a service is the principal, source ARN and source account are conditions.

    Roles that Lambda and SNS assume are the exception: neither documents a condition for them. Of
    what is sent to queues there is a test of its own.
    """
    found = [
        statement
        for _, statement in _statements(any_program)
        if statement["Principal" if "Principal" in statement else "Sid"]
        == {"Service": f"{service}.amazonaws.com"}
        and statement["Action"] != "sqs:SendMessage"
        and not (service == "sns" and statement["Action"] == "sts:AssumeRole")
    ]

    assert found
    for statement in found:
        keys = {key for condition in statement["Condition"].values() for key in condition}
        assert {"aws:SourceArn", "aws:SourceAccount"} == keys


def test_a_queue_knows_its_sender_by_the_arn_alone(any_program: Program) -> None:
    """No AWS page shows SNS or EventBridge sending `aws:SourceAccount` to a queue.

    With a condition on what is not sent every delivery is refused, and its redrive as well. The
    ARN of a topic and of a rule holds the account.
    """
    policies = any_program.of_type("aws:sqs/queuePolicy:QueuePolicy").values()
    queues = {queue.name for queue in any_program.of_type("aws:sqs/queue:Queue").values()}
    sent = [
        statement
        for policy in policies
        for statement in policy.policy()["Statement"]
        if "Service" in statement["Principal"]
    ]

    assert len(queues) == len(policies) == len(sent)
    for statement in sent:
        [(operator, condition)] = statement["Condition"].items()
        assert ("ArnEquals", {"aws:SourceArn"}) == (operator, condition.keys())
        assert f":{ACCOUNT}:" in condition["aws:SourceArn"]


def test_every_policy_has_the_current_version(any_program: Program) -> None:
    """With the older version the provider finds a difference at every update."""
    versions = {
        r.policy(key)["Version"]
        for r in _children(any_program)
        for key in ("policy", "assumeRolePolicy")
        if key in r.inputs
    }

    assert {"2012-10-17"} == versions


def test_every_log_group_forgets(any_program: Program) -> None:
    """A log group without a retention grows for ever."""
    groups = any_program.of_type("aws:cloudwatch/logGroup:LogGroup")

    assert groups
    assert {30} == {group.inputs["retentionInDays"] for group in groups.values()}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
