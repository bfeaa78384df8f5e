"""Answers to the functions of Pulumi's AWS provider that the program calls."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from local.clients import Clients
from local.inputs import Inputs
from local.resources.powertools import PARAMETERS, layer_arn

Invoke = Callable[[Clients, Inputs], dict[str, Any]]
"""Answers a call: clients and arguments in, results in camelCase out."""


def parameter(aws: Clients, inputs: Inputs) -> dict[str, Any]:
    """The value of a public SSM parameter. The emulator has none of AWS's."""
    name = inputs.need("name")
    if not name.startswith(PARAMETERS):
        raise ValueError(f"{name}: the local cloud only knows the parameters below {PARAMETERS}")
    return {"name": name, "value": layer_arn(name, aws.region)}


def caller_identity(aws: Clients, _: Inputs) -> dict[str, Any]:
    """Who deploys."""
    caller = aws.client("sts").get_caller_identity()
    return {"accountId": caller["Account"], "arn": caller["Arn"], "userId": caller["UserId"]}


def region(aws: Clients, _: Inputs) -> dict[str, Any]:
    """Where the stack is deployed."""
    return {"region": aws.region}


INVOKES: Final[Mapping[str, Invoke]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": caller_identity,
    "aws:index/getRegion:getRegion": region,
    "aws:ssm/getParameter:getParameter": parameter,
}
"""Every function that the program calls."""
