"""Everybody may do what the table says, and nothing else."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pytest

from tests.components.conftest import stack
from tests.permissions.calls import (
    ALLOWED,
    DENIED,
    NEVER,
    USERS_OWN,
    allowed,
    applies,
    boundary_actions,
    callers,
    largest,
    targets,
)
from tests.permissions.evaluation import (
    Caller,
    Policies,
    Target,
    UnknownElementError,
    as_list,
    like,
    owner,
)
from tests.permissions.stack_policies import ROLE_POLICY, Made, judged_by, policies_of

Call = tuple[str, str, str]
"""Caller, action and target, by their names."""

PROTECTED = ("arn:aws:s3:", "arn:aws:sns:", "arn:aws:sqs:")
"""What has a policy of its own, which can refuse plain HTTP whoever calls."""


def actions(made: Sequence[Made]) -> list[str]:
    """Every action that a policy allows, and those that none should."""
    named = {
        action
        for policy in made
        for statement in policy.document["Statement"]
        if statement["Effect"] == "Allow"
        for action in as_list(statement["Action"])
        if "*" not in action
    }
    return sorted(named | set(NEVER))


def judged(
    policies: Policies,
    of: Sequence[str],
    whose: Mapping[str, Caller],
    what: Mapping[str, Target],
    *,
    secure: bool = True,
) -> set[Call]:
    """Which of all calls that these callers can make are allowed."""
    return {
        (caller.name, action, target.name)
        for target in what.values()
        for action in of
        if applies(action, target)
        for caller in whose.values()
        if policies.allow(caller, action, target, secure=secure)
    }


@pytest.fixture(scope="module")
def made() -> list[Made]:
    """The policies of a program with every option."""
    return policies_of(largest())


def test_the_table_is_all_that_is_allowed(made: list[Made]) -> None:
    """Each caller, action and thing: allowed where there is a row, and denied elsewhere."""
    assert allowed() == judged(judged_by(made, USERS_OWN), actions(made), callers(), targets())


def test_the_questions_are_among_the_calls_that_were_judged(made: list[Made]) -> None:
    """A misspelt caller, action or target would be denied as well."""
    of, whose, what = actions(made), callers(), targets()

    assert [] == [
        (caller, action, target)
        for caller, action, target in DENIED
        if caller not in whose or action not in of or not applies(action, what[target])
    ]
    assert set() == allowed() & set(DENIED)


def test_without_an_option_nobody_may_do_what_it_is_for() -> None:
    """The rows with an option are denied in a stack that does not set it."""
    made = policies_of(stack(presets=[{"name": "720p"}, {"name": "1080p"}]))
    of_options = {row for row in ALLOWED if row.option}
    granted = judged(judged_by(made, USERS_OWN), actions(made), callers(), targets())

    assert of_options
    assert set() == granted & {
        (row.caller.format(preset), action, row.on.format(preset))
        for row in of_options
        for preset in ("720p", "1080p")
        for action in row.may.split()
    }
    assert granted < allowed()


def test_plain_http_is_refused_everywhere(made: list[Made]) -> None:
    """Nobody reaches a bucket, a topic or a queue without TLS, whatever else they may."""
    protected = {n: t for n, t in targets().items() if t.arn.startswith(PROTECTED)}
    own = {n: t for n, t in protected.items() if "of the user" not in n}

    assert set() == judged(judged_by(made, USERS_OWN), actions(made), callers(), own, secure=False)


def test_a_boundary_of_the_listed_actions_takes_nothing_away(made: list[Made]) -> None:
    """What the page tells an account to allow is enough, and every action of it is needed."""
    everything = allowed()
    listed = boundary_actions()
    of_roles = [c.role_arn for c in callers().values() if c.role_arn and c.name in _who(everything)]

    def within(actions_: Sequence[str]) -> set[Call]:
        policies = judged_by(made, USERS_OWN)
        limit = {"Statement": [{"Effect": "Allow", "Action": list(actions_), "Resource": "*"}]}
        policies.boundary = dict.fromkeys(of_roles, limit)
        return judged(policies, actions(made), callers(), targets())

    assert everything == within(listed)
    missing = listed[0]
    taken = everything - within(listed[1:])
    assert taken
    assert {missing} == {action for _, action, _ in taken}


def _who(calls: set[Call]) -> set[str]:
    return {caller for caller, _, _ in calls}


def test_an_unknown_condition_is_an_error(made: list[Made]) -> None:
    """What the evaluator does not know it does not guess."""
    policy = copy.deepcopy(next(m for m in made if m.type == ROLE_POLICY))
    [first, *_] = policy.document["Statement"]
    first["Condition"] = {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}

    with pytest.raises(UnknownElementError, match="DateLessThan"):
        judged(judged_by([policy], USERS_OWN), actions([policy]), callers(), targets())


class _Weaker(NamedTuple):
    """A policy with one thing taken out of it."""

    what: str
    policy: Made


def _weakened(policy: Made) -> Iterator[_Weaker]:
    """Without each statement, each condition, each action, and each resource in turn."""
    for index, statement in enumerate(policy.document["Statement"]):
        where = f"{policy.name} {statement.get('Sid', index)}"
        yield _Weaker(where, _with(policy, index, None))
        for operator, keys in statement.get("Condition", {}).items():
            for key in keys:
                rest = {k: v for k, v in keys.items() if k != key}
                condition = {**statement["Condition"], operator: rest}
                yield _Weaker(f"{where} {key}", _with(policy, index, {"Condition": condition}))
        for member in ("Action", "Resource"):
            for value in as_list(statement.get(member, [])):
                others = [v for v in as_list(statement[member]) if v != value]
                if others:
                    yield _Weaker(f"{where} {value}", _with(policy, index, {member: others}))
        if policy.type == ROLE_POLICY and statement["Resource"] != "*":
            yield _Weaker(f"{where} on anything", _with(policy, index, {"Resource": "*"}))


def _with(policy: Made, index: int, change: Mapping[str, Any] | None) -> Made:
    statements = list(policy.document["Statement"])
    if change is None:
        del statements[index]
    else:
        statements[index] = {**statements[index], **change}
    return policy._replace(document={**policy.document, "Statement": statements})


def test_no_part_of_a_policy_can_go_unnoticed(made: list[Made]) -> None:
    """Whatever is taken out of a policy, or opened up in it, changes what is allowed."""
    survivors: list[str] = []
    count = 0
    for position, policy in enumerate(made):
        concerned = _concerned(policy, actions(made))
        before = concerned.allowed(made)
        for what, weaker in _weakened(policy):
            count += 1
            if concerned.allowed([*made[:position], weaker, *made[position + 1 :]]) == before:
                survivors.append(what)

    print(f"{count} parts taken out or opened up, survivors: {len(survivors)}")  # noqa: T201 -- the figure
    assert count > len(made)
    assert "" == "\n".join(survivors)


class _Concerned(NamedTuple):
    """The calls whose decision a policy is a part of."""

    of: Sequence[str]
    whose: Mapping[str, Caller]
    what: Mapping[str, Target]
    ways: Sequence[bool]
    """With TLS, and without where a statement could tell."""

    def allowed(self, made: Sequence[Made]) -> list[set[Call]]:
        """Which of them are allowed."""
        policies = judged_by(made, USERS_OWN)
        return [
            judged(policies, self.of, self.whose, self.what, secure=secure) for secure in self.ways
        ]


def _concerned(policy: Made, of: Sequence[str]) -> _Concerned:
    patterns = [a for s in policy.document["Statement"] for a in as_list(s["Action"])]
    acts = [action for action in of if any(like(action, pattern) for pattern in patterns)]
    whose, what = callers(), targets()
    effects = {statement["Effect"] for statement in policy.document["Statement"]}
    ways = (True, False) if "Deny" in effects else (True,)
    if policy.type == ROLE_POLICY:
        whose = {n: c for n, c in whose.items() if c.role_arn == policy.owner}
    else:
        what = {n: t for n, t in what.items() if owner(t.arn) == policy.owner}
    return _Concerned(acts, whose, what, ways)
