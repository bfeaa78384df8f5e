"""Check a MediaConvert job against the service's own model, before it costs anything.

botocore checks names, types and a few minima before it sends a request. Enums, maxima, patterns and
the rules between fields are left to the service, which answers with HTTP 400 at the first upload.
The same model, read as data, tells all of it while the program runs.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, cast

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StringShape, StructureShape

from components.presets.job_rules import broken_rules
from components.wording import did_you_mean, shown

_MODEL = "mediaconvert"
_LONGEST_ENUM = 20
"""Values listed in a message; the enums of languages and time zones have hundreds."""

_JSON_TYPES: Mapping[str, tuple[Any, str]] = {
    "structure": (Mapping, "an object"),
    "map": (Mapping, "an object"),
    "list": ((list, tuple), "a list"),
    "string": (str, "text"),
    "integer": (int, "a whole number"),
    "long": (int, "a whole number"),
    "double": ((int, float), "a number"),
    "float": ((int, float), "a number"),
    "boolean": (bool, "true or false"),
}

_BOUND_IN_NAME = re.compile(r"(Min|Max)(Negative)?(\d+)")
"""The model gives a double's limits in its shape's name only: `__doubleMinNegative60Max6`."""


class Member(NamedTuple):
    """A member of an object in a request."""

    path: str
    """Where it stands."""

    name: str
    """The object's shape in the model and the member: `Input.FileInput`."""

    value: Any


class _Problem(NamedTuple):
    sentence: str
    is_wrong_type: bool = False


def check_job(document: Mapping[str, Any]) -> list[str]:
    """Return every problem of a complete CreateJob request.

    Args:
        document: The request as boto3 takes it (`Role`, `Settings`, ...).

    Returns:
        Sentences that name the path, the value and what is allowed; empty when the request is
        valid. The rules between fields are left out while a type is wrong, because they could
        not be read.
    """
    problems = list(_check(document, create_job_shape(), "the request"))
    sentences = [problem.sentence for problem in problems]
    if any(problem.is_wrong_type for problem in problems):
        return sentences
    return [*sentences, *broken_rules(document)]


def members(document: Mapping[str, Any]) -> Iterator[Member]:
    """Yield every member of every object in a CreateJob request, the outer ones first.

    Args:
        document: whose members exist and have the right types, as `check_job` tells.
    """
    return _members(document, create_job_shape(), "the request")


def _members(value: Any, shape: Shape, path: str) -> Iterator[Member]:
    if isinstance(shape, StructureShape):
        for name, item in value.items():
            yield Member(_member(path, name), f"{shape.name}.{name}", item)
            yield from _members(item, shape.members[name], _member(path, name))
    elif isinstance(shape, ListShape):
        for index, item in enumerate(value):
            yield from _members(item, shape.member, f"{path}[{index}]")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _members(item, shape.value, f"{path}[{shown(key)}]")


@cache
def create_job_shape() -> Shape:
    """Load the model of the CreateJob request, once; it takes about 60 ms."""
    description = Loader().load_service_model(_MODEL, "service-2")
    operation = ServiceModel(description, _MODEL).operation_model("CreateJob")
    return cast("Shape", operation.input_shape)


def _check(value: Any, shape: Shape, path: str) -> Iterator[_Problem]:
    json_type, words = _JSON_TYPES[shape.type_name]
    # Python counts a bool among the integers; JSON and MediaConvert do not.
    is_misplaced_bool = isinstance(value, bool) and shape.type_name != "boolean"
    if is_misplaced_bool or not isinstance(value, json_type):
        yield _Problem(f"{path} is {shown(value)}; it must be {words}.", is_wrong_type=True)
    elif isinstance(shape, StructureShape):
        yield from _check_structure(value, shape, path)
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _check(key, shape.key, f"a key of {path}")
            yield from _check(item, shape.value, f"{path}[{shown(key)}]")
    elif isinstance(shape, ListShape):
        for index, item in enumerate(value):
            yield from _check(item, shape.member, f"{path}[{index}]")
    else:
        yield from _check_scalar(value, shape, path)


def _check_structure(
    value: Mapping[str, Any], shape: StructureShape, path: str
) -> Iterator[_Problem]:
    for name in shape.required_members:
        if name not in value:
            yield _Problem(f"{_member(path, name)} is missing; MediaConvert requires it.")
    for name, item in value.items():
        if name in shape.members:
            yield from _check(item, shape.members[name], _member(path, name))
        else:
            yield _Problem(
                f"{_member(path, name)} does not exist in MediaConvert"
                f"{did_you_mean(str(name), shape.members)}."
            )


def _member(path: str, name: str) -> str:
    return name if path == "the request" else f"{path}.{name}"


def _check_scalar(value: Any, shape: Shape, path: str) -> Iterator[_Problem]:
    yield from _check_range(value, shape, path)
    pattern = shape.metadata.get("pattern")
    if pattern and not re.search(pattern, value):
        yield _Problem(f"{path} is {shown(value)}; it must match the pattern {pattern}.")
    allowed = shape.enum if isinstance(shape, StringShape) else []
    if allowed and value not in allowed:
        listed = ", ".join(allowed[:_LONGEST_ENUM])
        more = f" and {len(allowed) - _LONGEST_ENUM} more" if len(allowed) > _LONGEST_ENUM else ""
        yield _Problem(
            f"{path} is {shown(value)}{did_you_mean(value, allowed)}; allowed: {listed}{more}."
        )


def _check_range(value: Any, shape: Shape, path: str) -> Iterator[_Problem]:
    if isinstance(value, bool):
        return
    low, high = _bounds(shape)
    measured, unit = (len(value), " characters") if isinstance(value, str) else (value, "")
    # Written so that NaN, which compares false with everything, is out of range.
    if (low is None or low <= measured) and (high is None or measured <= high):
        return
    if high is None:
        expected = f"at least {low}{unit}"
    elif low is None:
        expected = f"at most {high}{unit}"
    else:
        expected = f"from {low} to {high}{unit}"
    found = f"{measured}{unit} long" if unit else shown(value)
    yield _Problem(f"{path} is {found}; it must be {expected}.")


def _bounds(shape: Shape) -> tuple[int | None, int | None]:
    if shape.type_name in ("double", "float"):
        named = {
            kind: -int(digits) if negative else int(digits)
            for kind, negative, digits in _BOUND_IN_NAME.findall(shape.name)
        }
        return named.get("Min"), named.get("Max")
    return shape.metadata.get("min"), shape.metadata.get("max")
