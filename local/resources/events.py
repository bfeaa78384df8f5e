"""EventBridge: rules and their targets."""

import json
from typing import Final

from local.clients import Clients
from local.inputs import Inputs
from local.resources.created import Created, auto_name
from local.resources.tags import tag_list

AWS_SOURCE: Final = "aws.mediaconvert"
LOCAL_SOURCE: Final = "local.mediaconvert"
"""The source of the local MediaConvert service's events: only AWS may send as `aws.`."""


def rule(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Create a rule."""
    physical = inputs.take("name") or auto_name(name)
    arn = aws.client("events").put_rule(
        Name=physical,
        EventPattern=also_from_here(inputs.need("eventPattern")),
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
    answer = aws.client("events").put_targets(
        Rule=owner, Targets=[{"Id": physical, "Arn": inputs.need("arn")}]
    )
    if answer["FailedEntryCount"]:
        raise ValueError(answer["FailedEntries"][0]["ErrorMessage"])
    return Created(f"{owner}-{physical}", {"targetId": physical})
