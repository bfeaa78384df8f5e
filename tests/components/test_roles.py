"""Every role is where the account wants it, and within its limit."""

from typing import Any

import pytest

from components import ArgumentError
from tests.components.conftest import TWO, stack
from tests.engine import ACCOUNT, Program

ROLE = "aws:iam/role:Role"
FUNCTION = "aws:lambda/function:Function"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"


def test_every_role_has_the_path_and_the_boundary() -> None:
    """An account may refuse to create a role without them, so there is no exception."""
    roles = stack(*TWO, iam_path="/media/video/", permissions_boundary=BOUNDARY).of_type(ROLE)

    assert roles
    assert {("/media/video/", BOUNDARY)} == {
        (role.inputs["path"], role.inputs["permissionsBoundary"]) for role in roles.values()
    }


def test_the_path_is_part_of_the_arn_that_is_passed() -> None:
    """A role is passed to MediaConvert by its whole ARN."""
    environment = (
        stack("720p", iam_path="/media/")
        .one(FUNCTION, "videoconverter-720p")
        .inputs["environment"]["variables"]
    )

    assert ":role/media/videoconverter-720p-pipeline" in environment["PIPELINE_ROLE_ARN"]


def test_without_them_a_role_is_as_it_was(program: Program) -> None:
    """A stack that sets neither has nothing replaced."""
    assert not any({"path", "permissionsBoundary"} & r.inputs.keys() for r in program.resources)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"iam_path": "media"}, 'iam_path is "media"; it must be a path that starts and ends'),
        ({"iam_path": "/media"}, "starts and ends with a slash"),
        ({"iam_path": "/me dia/"}, "starts and ends with a slash"),
        ({"permissions_boundary": "boundary"}, "must be the ARN of a policy"),
        ({"permissions_boundary": 1}, "permissions_boundary is 1"),
    ],
)
def test_what_cannot_work_is_refused(wrong: dict[str, Any], told: str) -> None:
    """While the program runs, with what is expected."""
    with pytest.raises(ArgumentError, match=told):
        stack("720p", **wrong)
