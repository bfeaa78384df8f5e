"""IAM: roles and their policies."""

import json
from typing import Final

from local.clients import Clients
from local.emulator import ACCOUNT
from local.inputs import Inputs
from local.resources.created import Created, auto_name
from local.resources.tags import tag_list

MEDIACONVERT: Final = "mediaconvert.amazonaws.com"


def role(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Create a role."""
    physical = inputs.take("name") or auto_name(name)
    boundary = inputs.take("permissionsBoundary")
    made = aws.client("iam").create_role(
        **({"PermissionsBoundary": boundary} if boundary else {}),
        RoleName=physical,
        Path=inputs.take("path", default="/"),
        AssumeRolePolicyDocument=also_for_root(inputs.need("assumeRolePolicy")),
        Description=inputs.take("description", default=""),
        Tags=tag_list(inputs),
    )["Role"]
    return Created(physical, {"name": physical, "arn": made["Arn"], "uniqueId": made["RoleId"]})


def also_for_root(trust_policy: str) -> str:
    """The same trust policy; if MediaConvert is in it, the account's root user is too.

    Nobody can call STS as a service. The local MediaConvert service therefore judges the program's
    statements itself and then calls STS as root.
    """
    policy = json.loads(trust_policy)
    services = [statement["Principal"].get("Service") for statement in policy["Statement"]]
    if MEDIACONVERT in services:
        policy["Statement"].append(
            {
                "Sid": "TheLocalMediaConvertServiceMayAssumeThisRole",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "sts:AssumeRole",
            }
        )
    return json.dumps(policy)


def role_policy(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Write a policy into a role."""
    owner = inputs.need("role")
    physical = inputs.take("name") or auto_name(name)
    aws.client("iam").put_role_policy(
        RoleName=owner, PolicyName=physical, PolicyDocument=inputs.need("policy")
    )
    return Created(f"{owner}:{physical}", {"name": physical})
