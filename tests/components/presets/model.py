"""What a CreateJob request can hold, by MediaConvert's model."""

from collections.abc import Iterator
from typing import NamedTuple

from botocore.model import ListShape, MapShape, Shape, StructureShape

from components.presets.service_model import create_job_shape


class ModelMember(NamedTuple):
    """A member of an object of the model."""

    owner: str
    """The object's shape."""

    name: str
    shape: Shape


def model_members() -> list[ModelMember]:
    """Return every member of every object, each once."""
    return list(_members(create_job_shape(), set()))


def _members(shape: Shape, seen: set[str]) -> Iterator[ModelMember]:
    if shape.name in seen:
        return
    seen.add(shape.name)
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield ModelMember(shape.name, name, member)
            yield from _members(member, seen)
    elif isinstance(shape, ListShape):
        yield from _members(shape.member, seen)
    elif isinstance(shape, MapShape):
        yield from _members(shape.value, seen)
