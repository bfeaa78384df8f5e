"""A role as every role here is: its trust, and what the account asks of all roles."""

import pulumi_aws as aws
from pulumi import Output

from components.policies import Policy
from components.scope import Scope


def role(scope: Scope, name: str, trust: Policy | Output[Policy]) -> aws.iam.Role:
    """Create a role.

    Args:
        scope: what it belongs to.
        name: the logical name.
        trust: who may take it on.
    """
    return aws.iam.Role(
        name,
        assume_role_policy=Output.json_dumps(trust),
        path=scope.iam_path or None,
        permissions_boundary=scope.permissions_boundary or None,
        tags=scope.tags,
        opts=scope.options(),
    )
