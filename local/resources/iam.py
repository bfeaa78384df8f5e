"""IAM: roles and their policies."""

from local.clients import Clients
from local.inputs import Inputs
from local.resources.created import Created, auto_name


def role(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Create a role."""
    physical = inputs.take("name") or auto_name(name)
    made = aws.client("iam").create_role(
        RoleName=physical,
        AssumeRolePolicyDocument=inputs.need("assumeRolePolicy"),
        Description=inputs.take("description", default=""),
    )["Role"]
    return Created(physical, {"name": physical, "arn": made["Arn"], "uniqueId": made["RoleId"]})


def role_policy(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Write a policy into a role."""
    owner = inputs.need("role")
    physical = inputs.take("name") or auto_name(name)
    aws.client("iam").put_role_policy(
        RoleName=owner, PolicyName=physical, PolicyDocument=inputs.need("policy")
    )
    return Created(f"{owner}:{physical}", {"name": physical})
