"""Every policy that the program makes, as it came to the engine."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from tests.engine import ACCOUNT, Program, Recorded
from tests.permissions.evaluation import Policies, Policy

ROLE: Final = "aws:iam/role:Role"
ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
QUEUE_POLICY: Final = "aws:sqs/queuePolicy:QueuePolicy"
TOPIC_POLICY: Final = "aws:sns/topicPolicy:TopicPolicy"
KEY: Final = "aws:kms/key:Key"
INVOCATION: Final = "aws:lambda/permission:Permission"

_DOCUMENT: Final = {ROLE: "assumeRolePolicy"}
"""The input that holds the policy, where it is not called `policy`."""


class Made(NamedTuple):
    """A policy of the program."""

    name: str
    type: str
    """Of the resource that holds it, as Pulumi calls it."""
    owner: str
    """ARN of what it is about: of the role for an identity policy, of the resource otherwise."""
    document: dict[str, Any]


def policies_of(program: Program) -> list[Made]:
    """Every policy of a program; those of functions are made of their permissions."""
    arns: dict[tuple[str, str], str] = {
        (r.type, r.outputs[key]): r.outputs["arn"]
        for r in program.resources
        for key in ("name", "url", "bucket")
        if key in r.outputs and "arn" in r.outputs
    }

    def owner(resource: Recorded) -> str:
        inputs = resource.inputs
        match resource.type:
            case "aws:iam/rolePolicy:RolePolicy":
                return arns[ROLE, inputs["role"]]
            case "aws:s3/bucketPolicy:BucketPolicy":
                return f"arn:aws:s3:::{inputs['bucket']}"
            case "aws:sqs/queuePolicy:QueuePolicy":
                return arns["aws:sqs/queue:Queue", inputs["queueUrl"]]
            case "aws:lambda/permission:Permission":
                return arns["aws:lambda/function:Function", inputs["function"]]
            case "aws:sns/topicPolicy:TopicPolicy":
                return str(inputs["arn"])
            case _:
                return str(resource.outputs["arn"])

    return [
        Made(resource.name, resource.type, owner(resource), document)
        for resource in program.resources
        for document in _documents(resource)
    ]


def _documents(resource: Recorded) -> Iterator[dict[str, Any]]:
    if resource.type == INVOCATION:
        yield _invocation(resource)
    elif (key := _DOCUMENT.get(resource.type, "policy")) in resource.inputs:
        yield resource.policy(key)


def _invocation(resource: Recorded) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": resource.inputs["principal"]},
        "Action": resource.inputs["action"],
        "Condition": {"ArnLike": {"AWS:SourceArn": resource.inputs["sourceArn"]}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def judged_by(made: Sequence[Made], users_own: Mapping[str, Policy]) -> Policies:
    """What decides about calls where these policies are all that there are.

    Args:
        made: by the program.
        users_own: of resources that the program is only told of, by ARN.
    """
    result = Policies(account=ACCOUNT)
    of_resource: dict[str, list[Any]] = {}
    for policy in made:
        if policy.type == ROLE_POLICY:
            result.identity.setdefault(policy.owner, []).append(policy.document)
        else:
            of_resource.setdefault(policy.owner, []).extend(policy.document["Statement"])
    together = {arn: _together(statements) for arn, statements in of_resource.items()}
    result.resource = {**users_own, **together}
    return result


def _together(statements: list[Any]) -> Policy:
    return {"Version": "2012-10-17", "Statement": statements}
