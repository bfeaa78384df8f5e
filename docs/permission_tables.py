"""Who may do what: the tables that the tests hold every policy against."""

import json

from components import encryption
from docs.markdown import code, fence, table
from tests.permissions.calls import ALLOWED, DENIED, boundary_actions


def allowed() -> str:
    """All that is allowed."""
    return table(
        ("Who", "May", "On", "Only with"),
        (
            (
                row.caller.format("PRESET"),
                code(row.may.split()),
                row.on.format("PRESET"),
                code(row.option.split(", ")) if row.option else "",
            )
            for row in ALLOWED
        ),
    )


def boundary() -> str:
    """The least that a permissions boundary has to allow."""
    statement = {"Effect": "Allow", "Action": boundary_actions(), "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return fence("json", json.dumps(policy, indent=2))


def key_policy() -> str:
    """The policy of a key for the stack `videoconverter`."""
    account = "arn:aws:iam::111122223333:root"
    policy = encryption.key_policy("videoconverter", account, "eu-central-1")
    return fence("json", json.dumps(policy, indent=2))


def denied() -> str:
    """Some of what is denied."""
    return table(
        ("Who", "Must not", "On"),
        ((caller, f"`{action}`", target) for caller, action, target in DENIED),
    )
