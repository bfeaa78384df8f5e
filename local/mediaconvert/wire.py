"""REST and JSON as botocore's service model describes them, from the server's side.

Nothing here knows an operation by name: routes, member names and types are read from the model, so
a request means to this service what boto3 meant when it wrote it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.loaders import Loader
from botocore.model import (
    ListShape,
    MapShape,
    OperationModel,
    ServiceModel,
    Shape,
    StringShape,
    StructureShape,
)
from botocore.validate import ParamValidator

from local.mediaconvert.errors import ApiError

_SERVICE = "mediaconvert"


@dataclass(frozen=True)
class Call:
    """One request, read: the operation and its parameters as boto3 spells them."""

    operation: str
    parameters: dict[str, Any]


class Answer(NamedTuple):
    """An HTTP answer: status, JSON, and the error shape when it is a refusal."""

    status: int
    body: bytes
    error: str | None = None


@dataclass(frozen=True)
class _Route:
    method: str
    path: re.Pattern[str]
    operation: OperationModel


def read_call(method: str, target: str, body: bytes) -> Call:
    """Turn an HTTP request into a call.

    Args:
        method: HTTP method.
        target: Path and query as they stand in the request line.
        body: The request's JSON, may be empty.

    Raises:
        ApiError: NotFoundException when no operation has this route, BadRequestException when the
            parameters do not fit the operation's shape.
    """
    url = urlsplit(target)
    for route in _routes():
        match = route.path.fullmatch(url.path)
        if route.method == method and match:
            break
    else:
        raise ApiError("NotFoundException", f"No operation of MediaConvert is {method} {url.path}.")
    operation = route.operation
    parameters = _from_json(read_json(body), operation.input_shape)
    labels = {name: unquote(value) for name, value in match.groupdict().items()}
    query = {name: values[-1] for name, values in parse_qs(url.query).items()}
    parameters |= _located(operation, "uri", labels) | _located(operation, "querystring", query)
    _check(operation, parameters)
    return Call(operation.name, parameters)


def write_result(operation: str, result: Mapping[str, Any]) -> Answer:
    """Answer with an operation's result."""
    model = _model().operation_model(operation)
    content = _to_json(result, model.output_shape)
    return Answer(model.http["responseCode"], json.dumps(content).encode())


def write_error(error: ApiError) -> Answer:
    """Answer with a refusal."""
    status = _model().shape_for(error.name).metadata["error"]["httpStatusCode"]
    return Answer(status, json.dumps({"message": error.message}).encode(), error.name)


def is_error_of(operation: str, error: str) -> bool:
    """Tell whether the service model has this operation, and this error among those it raises."""
    if operation not in _model().operation_names:
        return False
    return error in {shape.name for shape in _model().operation_model(operation).error_shapes}


@cache
def _model() -> ServiceModel:
    return ServiceModel(Loader().load_service_model(_SERVICE, "service-2"), _SERVICE)


@cache
def _routes() -> tuple[_Route, ...]:
    operations = (_model().operation_model(name) for name in _model().operation_names)
    return tuple(
        _Route(
            operation.http["method"],
            re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", operation.http["requestUri"])),
            operation,
        )
        for operation in operations
    )


def read_json(body: bytes) -> dict[str, Any]:
    """Read a body; raise BadRequestException unless it is a JSON object or empty."""
    try:
        content = json.loads(body or b"{}")
    except ValueError as error:
        raise ApiError("BadRequestException", f"The body is not JSON: {error}.") from error
    if not isinstance(content, dict):
        raise ApiError("BadRequestException", "The body must be a JSON object.")
    return content


def _located(
    operation: OperationModel, location: str, values: Mapping[str, str]
) -> dict[str, str | int]:
    """Pick the members of the input that travel in the path or in the query."""
    members = operation.input_shape.members.items() if operation.input_shape else ()
    return {
        name: _number(value) if shape.type_name == "integer" else value
        for name, shape in members
        if shape.serialization.get("location") == location
        and (value := values.get(shape.serialization["name"])) is not None
    }


def _number(text: str) -> int | str:
    """Read a whole number; anything else stays text, which the check of types refuses."""
    return int(text) if text.lstrip("-").isdecimal() else text


def _from_json(value: Any, shape: Shape | None) -> Any:
    """Respell members from the wire's camelCase; what the model does not know stays as it is."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        members = {member.serialization["name"]: name for name, member in shape.members.items()}
        return {
            members.get(key, key): _from_json(item, shape.members.get(members.get(key, "")))
            for key, item in value.items()
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_from_json(item, shape.member) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: _from_json(item, shape.value) for key, item in value.items()}
    return value


def _to_json(value: Any, shape: Shape | None) -> Any:
    if isinstance(shape, StructureShape):
        return {
            member.serialization["name"]: _to_json(value[name], member)
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if isinstance(shape, ListShape):
        return [_to_json(item, shape.member) for item in value]
    if isinstance(shape, MapShape):
        return {key: _to_json(item, shape.value) for key, item in value.items()}
    if isinstance(value, datetime):
        return value.timestamp()
    return value


def _check(operation: OperationModel, parameters: dict[str, Any]) -> None:
    if operation.input_shape is None:
        return
    report = ParamValidator().validate(parameters, operation.input_shape)
    problems = [report.generate_report()] if report.has_errors() else []
    problems += [
        f"{name} is {parameters[name]!r}; it must be one of: {', '.join(shape.enum)}."
        for name, shape in operation.input_shape.members.items()
        if isinstance(shape, StringShape)
        and shape.enum
        and parameters.get(name, shape.enum[0]) not in shape.enum
    ]
    if problems:
        raise ApiError("BadRequestException", " ".join(problems))
