"""AWS's public Powertools layer, which functions here import from the environment instead."""

from importlib.metadata import version
from typing import Final

PARAMETERS: Final = "/aws/service/powertools/python/"
"""Where AWS publishes the ARNs of the layer: `<architecture>/<runtime>/<version>` follows."""

LAYER_NAME: Final = "AWSLambdaPowertoolsPython"

_PACKAGE: Final = "aws-lambda-powertools"


def layer_arn(parameter: str, region: str) -> str:
    """Answer for the public parameter that names the layer.

    Args:
        parameter: its name.
        region: where the layer would be.

    Raises:
        ValueError: the environment holds another version than the one that is asked for.
    """
    wanted = parameter.rsplit("/", 1)[-1]
    installed = version(_PACKAGE)
    if wanted != installed:
        raise ValueError(
            f"{parameter}: functions here import {_PACKAGE} {installed}, the program asks for "
            f"{wanted}. Pin the same version in requirements-dev.txt."
        )
    return f"arn:aws:lambda:{region}:aws:layer:{LAYER_NAME}:1"
