"""Judging trust policies."""

from typing import Any

import pytest

from local.mediaconvert.trust import UnknownConditionError, lets_in

SERVICE = "mediaconvert.amazonaws.com"
QUEUE = "arn:aws:mediaconvert:eu-west-1:111122223333:queues/720p"
CONTEXT = {"aws:SourceArn": QUEUE, "aws:SourceAccount": "111122223333"}


def statement(**changes: Any) -> dict[str, Any]:
    """Return a statement that lets the service in, with changes."""
    allowed: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": "sts:AssumeRole",
    }
    return allowed | changes


def is_let_in(*statements: dict[str, Any]) -> bool:
    """Judge a policy of these statements for a job of QUEUE."""
    return lets_in({"Version": "2012-10-17", "Statement": list(statements)}, SERVICE, CONTEXT)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Principal": {"Service": ["lambda.amazonaws.com", SERVICE]}},
        {"Principal": "*"},
        {"Action": ["sts:TagSession", "sts:*"]},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}},
        {"Condition": {"ArnEquals": {"AWS:SourceArn": QUEUE}}},
        {"Condition": {"ArnLike": {"aws:SourceArn": ["arn:aws:sns:*", QUEUE[:-4] + "*"]}}},
    ],
)
def test_what_names_the_service_lets_it_in(changes: dict[str, Any]) -> None:
    """Principal, action and every condition have to fit, each in any of its forms."""
    assert is_let_in(statement(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"Principal": {"Service": "lambda.amazonaws.com"}},
        {"Principal": {"AWS": "arn:aws:iam::111122223333:root"}},
        {"Action": "sts:TagSession"},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "999999999999"}}},
        {"Condition": {"ArnLike": {"aws:SourceArn": f"{QUEUE}0"}}},
        {"Condition": {"StringEquals": {"aws:SourceArn": QUEUE[:-4] + "*"}}},
        {
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "111122223333"},
                "ArnLike": {"aws:SourceArn": "arn:aws:sns:*"},
            }
        },
    ],
)
def test_what_does_not_fit_keeps_it_out(changes: dict[str, Any]) -> None:
    """A statement about another principal, action, account or queue lets nobody in."""
    assert not is_let_in(statement(**changes))


def test_a_denial_wins() -> None:
    """One Deny that fits outweighs any Allow, as in IAM."""
    assert not is_let_in(statement(), statement(Effect="Deny"))
    other = {"StringEquals": {"aws:SourceAccount": "999999999999"}}
    assert is_let_in(statement(), statement(Effect="Deny", Condition=other))


def test_an_empty_policy_lets_nobody_in() -> None:
    """Without a statement nothing is allowed."""
    assert not is_let_in()


@pytest.mark.parametrize(
    "condition", [{"DateLessThan": {"aws:SourceArn": "x"}}, {"StringEquals": {"aws:userid": "x"}}]
)
def test_an_unknown_condition_is_named(condition: dict[str, Any]) -> None:
    """A condition that cannot be judged is an error that names it, not a guess."""
    with pytest.raises(UnknownConditionError, match=r"DateLessThan|aws:userid"):
        is_let_in(statement(Condition=condition))
