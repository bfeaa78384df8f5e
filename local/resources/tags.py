"""Tags, in the two forms that AWS's services take them."""

from typing import TypedDict

from local.inputs import Inputs


class Tag(TypedDict):
    """A tag as an item of a list."""

    Key: str
    Value: str


def tag_map(inputs: Inputs) -> dict[str, str]:
    """The tags of a resource, for services that take a map."""
    return dict(inputs.take("tags", default={}))


def tag_list(inputs: Inputs) -> list[Tag]:
    """The tags of a resource, for services that take a list of `Key` and `Value`."""
    return [{"Key": key, "Value": value} for key, value in tag_map(inputs).items()]
