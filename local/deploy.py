"""The engine's place: creates what a Pulumi program asks for, in the local cloud."""

from collections.abc import Iterable
from typing import Any

from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks

from local.clients import Clients
from local.errors import DeployError
from local.inputs import Inputs
from local.invokes import INVOKES
from local.resources import CREATORS


class Deployer(Mocks):
    """Creates each resource by boto3 and returns what AWS answered.

    This is not Pulumi's engine: it only creates, keeps no state and runs no transforms. Whatever it
    does not know is an error, never skipped.
    """

    def __init__(self, aws: Clients) -> None:
        """Deploy with these clients."""
        self._aws = aws

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Create a resource; a component is only its children.

        Raises:
            DeployError: the type or a property is not known, or AWS refused.
        """
        if not args.custom:
            return None, args.inputs
        what = f"{args.typ} {args.name!r}"
        create = CREATORS.get(args.typ)
        if create is None:
            raise DeployError(_unknown(f"{what}: this resource type", CREATORS))
        inputs = Inputs(args.inputs)
        try:
            created = create(self._aws, args.name, inputs)
        except Exception as error:
            raise DeployError(f"{what}: {error}") from error
        _nothing_left(what, inputs)
        return created.id, {**args.inputs, **created.outputs}

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Answer a function call of the program.

        Raises:
            DeployError: the function or an argument is not known.
        """
        answer = INVOKES.get(args.token)
        if answer is None:
            raise DeployError(_unknown(f"{args.token}: this function", INVOKES))
        inputs = Inputs(args.args)
        try:
            result = answer(self._aws, inputs)
        except Exception as error:
            raise DeployError(f"{args.token}: {error}") from error
        _nothing_left(args.token, inputs)
        return result, []


def _unknown(what: str, known: Iterable[str]) -> str:
    return (
        f"{what} is not known to the local cloud. Teach it in local/, or leave it out. "
        f"It knows: {', '.join(sorted(known))}"
    )


def _nothing_left(what: str, inputs: Inputs) -> None:
    left = inputs.left()
    if left:
        raise DeployError(
            f"{what}: the local cloud does not know the propert{'y' if len(left) == 1 else 'ies'} "
            f"{', '.join(left)}. Teach it in local/, or leave it out."
        )
