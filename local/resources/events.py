"""EventBridge: rules and their targets."""

import json
from typing import TYPE_CHECKING, Final

from local.clients import Clients
from local.inputs import Inputs
from local.resources.aws_shape import aws_shape
from local.resources.created import Created, auto_name
from local.resources.tags import tag_list

if TYPE_CHECKING:
    from types_boto3_events.type_defs import TargetTypeDef

AWS_SOURCE: Final = "aws.mediaconvert"
LOCAL_SOURCE: Final = "local.mediaconvert"
"""The source of the local MediaConvert service's events: only AWS may send as `aws.`."""


def rule(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Create a rule."""
    physical = inputs.take("name") or auto_name(name)
    pattern, schedule = inputs.take("eventPattern"), inputs.take("scheduleExpression")
    arn = aws.client("events").put_rule(
        Name=physical,
        **({"EventPattern": also_from_here(pattern)} if pattern else {}),
        **({"ScheduleExpression": schedule} if schedule else {}),
        Description=inputs.take("description", default=""),
        State=inputs.take("state", default="ENABLED"),
        Tags=tag_list(inputs),
    )["RuleArn"]
    return Created(physical, {"name": physical, "arn": arn})


def also_from_here(pattern: str) -> str:
    """The same pattern, matching the local MediaConvert service wherever it matches AWS's."""
    wanted = json.loads(pattern)
    if AWS_SOURCE in wanted.get("source", []):
        wanted["source"].append(LOCAL_SOURCE)
    return json.dumps(wanted)


def target(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Send the events of a rule somewhere."""
    owner = inputs.need("rule")
    physical = inputs.take("targetId") or auto_name(name)
    wanted: TargetTypeDef = {"Id": physical, "Arn": inputs.need("arn")}
    dead_letters, event = inputs.take("deadLetterConfig"), inputs.take("input")
    if dead_letters:
        wanted["DeadLetterConfig"] = aws_shape(dead_letters)
    if event:
        wanted["Input"] = event
    answer = aws.client("events").put_targets(Rule=owner, Targets=[wanted])
    if answer["FailedEntryCount"]:
        raise ValueError(answer["FailedEntries"][0]["ErrorMessage"])
    return Created(f"{owner}-{physical}", {"targetId": physical})
