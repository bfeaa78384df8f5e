"""Whether a role's trust policy lets a service assume it. Pure."""

import re
from collections.abc import Mapping
from typing import Any

_ACTION = "sts:AssumeRole"

_EXACT = frozenset({"StringEquals"})
_WILDCARD = frozenset({"StringLike", "ArnLike", "ArnEquals"})
"""IAM compares ARNs with wildcards under either name."""


class UnknownConditionError(Exception):
    """A policy uses a condition that cannot be judged here; the message names it."""


def lets_in(policy: Mapping[str, Any], service: str, context: Mapping[str, str]) -> bool:
    """Judge a trust policy.

    Args:
        policy: The role's AssumeRolePolicyDocument.
        service: The service principal, such as `mediaconvert.amazonaws.com`.
        context: Values of the condition keys that the service sends.

    Raises:
        UnknownConditionError: A statement about this service has a condition that is not known.
    """
    effects = {
        statement["Effect"]
        for statement in as_list(policy.get("Statement", []))
        if _is_about(statement, service) and _holds(statement.get("Condition", {}), context)
    }
    return effects == {"Allow"}


def _is_about(statement: Mapping[str, Any], service: str) -> bool:
    principal = statement.get("Principal")
    services = (
        as_list(principal.get("Service", [])) if isinstance(principal, Mapping) else [principal]
    )
    is_named = service in services or "*" in services
    return is_named and any(_is_like(_ACTION, action) for action in as_list(statement["Action"]))


def _holds(conditions: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    return all(
        _compares(operator, key, as_list(allowed), context)
        for operator, keys in conditions.items()
        for key, allowed in keys.items()
    )


def _compares(operator: str, key: str, allowed: list[str], context: Mapping[str, str]) -> bool:
    values = {name.lower(): value for name, value in context.items()}
    if operator not in _EXACT | _WILDCARD or key.lower() not in values:
        raise UnknownConditionError(f"{operator} {key}")
    actual = values[key.lower()]
    return any(
        actual == value if operator in _EXACT else _is_like(actual, value) for value in allowed
    )


def _is_like(value: str, pattern: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, value) is not None


def as_list(value: Any) -> list[Any]:
    """Return what a policy gives as one value or as a list of them."""
    return value if isinstance(value, list) else [value]
