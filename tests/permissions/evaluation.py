"""Whether AWS would allow a call, judged from policies alone.

The logic is that of IAM's user guide ("Policy evaluation logic"), for what occurs in this
project: identity policies with a permissions boundary, resource policies, and the policies of roles
and keys, without which nobody may do anything. What is not known here is an error, never a guess.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

Policy = Mapping[str, Any]
Statement = Mapping[str, Any]

SECURE: Final = "aws:SecureTransport"

_EXACT: Final = frozenset({"StringEquals", "Bool"})
_WILDCARD: Final = frozenset({"StringLike", "ArnLike", "ArnEquals"})
"""IAM compares ARNs with wildcards under either name (user guide, condition operators)."""

_ELEMENTS: Final = frozenset(
    {"Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "Condition"}
)

_SELF_CONTAINED: Final = ("sts:", "kms:")
"""Actions on roles and keys: an identity policy alone allows none of them."""


class UnknownElementError(Exception):
    """A policy uses something that cannot be judged here; the message names it."""


@dataclass(frozen=True)
class Caller:
    """Who calls."""

    name: str
    role_arn: str | None = None
    service: str | None = None
    """A service principal, such as `s3.amazonaws.com`. With neither, nobody that AWS knows."""
    context: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What AWS knows of each of its calls, such as `aws:SourceArn`."""


@dataclass(frozen=True)
class Target:
    """What is called, and what AWS knows of the call because of it."""

    name: str
    arn: str
    context: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass
class Policies:
    """All that decides."""

    account: str
    identity: dict[str, list[Policy]] = field(default_factory=dict)
    """Of roles, by ARN."""
    boundary: dict[str, Policy] = field(default_factory=dict)
    """Of roles, by ARN."""
    resource: dict[str, Policy] = field(default_factory=dict)
    """Of buckets, queues, topics, functions, keys, and of roles (their trust), by ARN."""

    def allow(self, caller: Caller, action: str, target: Target, *, secure: bool = True) -> bool:
        """Whether the call is allowed.

        Args:
            caller: who calls.
            action: such as `s3:GetObject`.
            target: on what.
            secure: whether over TLS.

        Raises:
            UnknownElementError: a statement about it cannot be judged.
        """
        context = {SECURE: str(secure).lower(), **caller.context, **target.context}
        owned = self.resource.get(owner(target.arn), {})
        identity = [s for p in self.identity.get(caller.role_arn or "", []) for s in p["Statement"]]
        # The statement of a role's trust names no resource: it is the role's own.
        decisive = [
            *(s for s in identity if _matches(s, action, target.arn, context)),
            *(
                s
                for s in owned.get("Statement", [])
                if self._names(s["Principal"], caller) and _matches(s, action, target.arn, context)
            ),
        ]
        if any(statement["Effect"] == "Deny" for statement in decisive):
            return False
        if not self._within_boundary(caller, action, target, context):
            return False
        if not action.startswith(_SELF_CONTAINED):
            return bool(decisive)
        of_resource = [s for s in decisive if "Principal" in s]
        return any(self._root not in _listed(s["Principal"], "AWS") for s in of_resource) or (
            # A key that names the account leaves the decision to the identities in it.
            bool(of_resource) and any("Principal" not in s for s in decisive)
        )

    def _within_boundary(
        self, caller: Caller, action: str, target: Target, context: Mapping[str, str]
    ) -> bool:
        boundary = self.boundary.get(caller.role_arn or "")
        if boundary is None:
            return True
        effects = {
            s["Effect"] for s in boundary["Statement"] if _matches(s, action, target.arn, context)
        }
        return effects == {"Allow"}

    @property
    def _root(self) -> str:
        return f"arn:aws:iam::{self.account}:root"

    def _names(self, principal: Any, caller: Caller) -> bool:
        if principal == "*" or "*" in _listed(principal, "AWS"):
            return True
        if unknown := set(principal) - {"AWS", "Service"}:
            raise UnknownElementError(f"Principal {unknown}")
        if caller.service is not None:
            return caller.service in _listed(principal, "Service")
        if caller.role_arn is None:
            return False
        in_account = caller.role_arn.split(":")[4] == self.account
        return caller.role_arn in _listed(principal, "AWS") or (
            in_account and self._root in _listed(principal, "AWS")
        )


def owner(arn: str) -> str:
    """The resource whose policy speaks of it: an object's is its bucket's."""
    return arn.partition("/")[0] if arn.startswith("arn:aws:s3:") else arn


def _listed(principal: Any, kind: str) -> Sequence[str]:
    return () if isinstance(principal, str) else as_list(principal.get(kind, []))


def _matches(statement: Statement, action: str, arn: str, context: Mapping[str, str]) -> bool:
    if unknown := set(statement) - _ELEMENTS:
        raise UnknownElementError(f"{unknown} in {statement}")
    if "NotAction" in statement:
        acts = not any(like(action.lower(), a.lower()) for a in as_list(statement["NotAction"]))
    else:
        acts = any(like(action.lower(), a.lower()) for a in as_list(statement["Action"]))
    return (
        acts
        and (
            "Resource" not in statement or any(like(arn, r) for r in as_list(statement["Resource"]))
        )
        and all(_hold(statement, context))
    )


def _hold(statement: Statement, context: Mapping[str, str]) -> Iterator[bool]:
    known = {key.lower(): value for key, value in context.items()}
    for operator, keys in statement.get("Condition", {}).items():
        optional = operator.endswith("IfExists")
        plain = operator.removesuffix("IfExists")
        if plain not in _EXACT | _WILDCARD:
            raise UnknownElementError(f"{operator} in {statement}")
        for key, values in keys.items():
            actual = known.get(key.lower())
            if actual is None:
                yield optional
            elif plain in _EXACT:
                yield actual in as_list(values)
            else:
                yield any(like(actual, value) for value in as_list(values))


def like(value: str, pattern: str) -> bool:
    """Whether a value is of a pattern, in which `*` stands for anything and `?` for a character."""
    return value == pattern or _expression(pattern).fullmatch(value) is not None


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def as_list(value: Any) -> list[Any]:
    """What a policy gives as one value or as a list of them."""
    return value if isinstance(value, list) else [value]
