"""Check a request against AWS's own model of the service, before it is sent.

botocore checks names, types and a few minima. Enums, maxima, patterns and ranges are left to the
service, which answers with HTTP 400 when it is too late. The same model, read as data, tells all
of it in `pulumi preview`, in the local cloud and in the tests.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple, cast

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

from components.wording import did_you_mean, shown

_LONGEST_ENUM = 20
"""Values listed in a message; the enums of languages and time zones have hundreds."""

_JSON_TYPES: Mapping[str, tuple[Any, str]] = {
    "structure": (Mapping, "an object"),
    "map": (Mapping, "an object"),
    "list": ((list, tuple), "a list"),
    "string": (str, "text"),
    "blob": (object, "bytes"),  # botocore also takes text and whatever can be read
    "timestamp": ((datetime, str, int, float), "a time"),
    "integer": (int, "a whole number"),
    "long": (int, "a whole number"),
    "double": ((int, float), "a number"),
    "float": ((int, float), "a number"),
    "boolean": (bool, "true or false"),
}

_BOUND_IN_NAME = re.compile(r"(Min|Max)(Negative)?(\d+)")
"""The model gives a double's limits in its shape's name only: `__doubleMinNegative60Max6`."""

REQUEST = "the request"
"""The path of a whole request in a message."""


class Limit(NamedTuple):
    """What AWS accepts for a member, where its model does not say so."""

    low: int
    """Least value, or least characters where there is a pattern."""
    high: int
    pattern: str | None
    page: str
    """AWS's page that documents it."""


DOCUMENTED: Mapping[tuple[str, str], Limit] = {
    ("s3", "CreateBucketRequest.Bucket"): Limit(
        *(3, 63, r"(?!xn--|sthree-|amzn-s3-demo-)(?!.*\.\.)[a-z0-9][a-z0-9.-]*[a-z0-9]"),
        page="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
    ),
    ("sns", "CreateTopicInput.Name"): Limit(
        *(1, 256, r"[a-zA-Z0-9_-]+"),
        page="https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html",
    ),
    ("sqs", "CreateQueueRequest.QueueName"): Limit(
        *(1, 80, r"[a-zA-Z0-9_-]+"),
        page="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
    ),
    ("sqs", "SendMessageRequest.DelaySeconds"): Limit(
        *(0, 900, None),
        page="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html",
    ),
    ("sqs", "SendMessageBatchRequestEntry.DelaySeconds"): Limit(
        *(0, 900, None),
        page="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatchRequestEntry.html",
    ),
    ("sqs", "ChangeMessageVisibilityRequest.VisibilityTimeout"): Limit(
        *(0, 43_200, None),
        page="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html",
    ),
    ("lambda", "CreateFunctionRequest.FunctionName"): Limit(
        *(1, 64, r"[a-zA-Z0-9_-]+"),  # the model's 140 are those of an ARN
        page="https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
    ),
    ("dynamodb", "CreateTableInput.TableName"): Limit(
        *(3, 255, r"[a-zA-Z0-9_.-]+"),  # the model's 1,024 are those of an ARN
        page="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html",
    ),
}
"""Members by service and structure. For the name of a MediaConvert queue AWS documents nothing."""


class Problem(NamedTuple):
    """One thing that AWS would refuse."""

    sentence: str
    is_wrong_type: bool = False


class RequestError(ValueError):
    """AWS would refuse a request; the message lists everything that is wrong with it."""


@cache
def operation(service: str, name: str) -> OperationModel:
    """Read the model of an operation; a service's is loaded once, in about 60 ms.

    Args:
        service: as botocore calls it, such as `sqs`.
        name: as the API calls it, such as `SendMessage`.
    """
    return _service(service).operation_model(name)


@cache
def _service(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def refuse_what_aws_refuses(params: Mapping[str, Any], model: OperationModel, **_: Any) -> None:
    """Look at a request of a boto3 client: a handler of its event `before-parameter-build`.

    Args:
        params: the request.
        model: its operation.

    Raises:
        RequestError: AWS would refuse it.
    """
    if model.input_shape and ParamValidator().validate(params, model.input_shape).has_errors():
        return  # botocore refuses it itself
    problems = [problem.sentence for problem in check_request(params, model)]
    if problems:
        raise RequestError(f"{model.service_model.service_id} {model.name}: {' '.join(problems)}")


def check_request(params: Mapping[str, Any], model: OperationModel) -> Iterator[Problem]:
    """Yield every problem of a request.

    Args:
        params: the request as boto3 takes it.
        model: its operation.
    """
    shape = model.input_shape or StructureShape(model.name, {"type": "structure", "members": {}})
    service = model.service_model
    yield from _Check(service.service_name, str(service.service_id)).value(params, shape, REQUEST)


def check_name(name: str, model: OperationModel, member: str) -> Iterator[Problem]:
    """Yield what is wrong with a name besides its length.

    Args:
        name: what a resource would be called.
        model: the operation that creates the resource.
        member: the member of its request that takes the name.
    """
    shape = cast("StructureShape", model.input_shape)
    limit = _documented(model, member)
    if limit:
        yield from _check_pattern(name, limit.pattern, member, f" ({limit.page})")
    else:
        yield from _check_pattern(name, shape.members[member].metadata.get("pattern"), member)


def longest_name(model: OperationModel, member: str) -> int | None:
    """The most characters that AWS allows a name; None where it does not say.

    Args:
        model: the operation that creates the resource.
        member: the member of its request that takes the name.
    """
    limit = _documented(model, member)
    shape = cast("StructureShape", model.input_shape)
    return limit.high if limit else shape.members[member].metadata.get("max")


def _documented(model: OperationModel, member: str) -> Limit | None:
    shape = cast("StructureShape", model.input_shape)
    return DOCUMENTED.get((model.service_model.service_name, f"{shape.name}.{member}"))


def member_path(path: str, name: str) -> str:
    """Where a member of a structure stands."""
    return name if path == REQUEST else f"{path}.{name}"


class _Check(NamedTuple):
    service: str
    spoken: str
    """The service in a message."""

    def value(self, value: Any, shape: Shape, path: str) -> Iterator[Problem]:
        json_type, words = _JSON_TYPES[shape.type_name]
        # Python counts a bool among the integers; JSON and AWS do not.
        is_misplaced_bool = isinstance(value, bool) and shape.type_name != "boolean"
        if is_misplaced_bool or not isinstance(value, json_type):
            yield Problem(f"{path} is {shown(value)}; it must be {words}.", is_wrong_type=True)
        elif isinstance(shape, StructureShape):
            yield from self._structure(value, shape, path)
        elif isinstance(shape, MapShape):
            yield from _check_range(len(value), shape, path, " entries")
            for key, item in value.items():
                yield from self.value(key, shape.key, f"a key of {path}")
                yield from self.value(item, shape.value, f"{path}[{shown(key)}]")
        elif isinstance(shape, ListShape):
            yield from _check_range(len(value), shape, path, " entries")
            for index, item in enumerate(value):
                yield from self.value(item, shape.member, f"{path}[{index}]")
        elif shape.type_name not in ("blob", "timestamp"):
            yield from _check_scalar(value, shape, path)

    def _structure(
        self, value: Mapping[str, Any], shape: StructureShape, path: str
    ) -> Iterator[Problem]:
        for name in shape.required_members:
            if name not in value:
                yield Problem(f"{member_path(path, name)} is missing; {self.spoken} requires it.")
        for name, item in value.items():
            at = member_path(path, name)
            if name not in shape.members:
                yield Problem(
                    f"{at} does not exist in {self.spoken}{did_you_mean(str(name), shape.members)}."
                )
                continue
            yield from self.value(item, shape.members[name], at)
            limit = DOCUMENTED.get((self.service, f"{shape.name}.{name}"))
            if limit:
                yield from _check_limit(item, limit, at)


def _check_limit(value: Any, limit: Limit, path: str) -> Iterator[Problem]:
    measured, unit = (len(value), " characters") if isinstance(value, str) else (value, "")
    yield from _out_of_range(measured, limit.low, limit.high, path, unit)
    yield from _check_pattern(value, limit.pattern, path, f" ({limit.page})")


def _check_scalar(value: Any, shape: Shape, path: str) -> Iterator[Problem]:
    if isinstance(value, str):
        yield from _check_range(len(value), shape, path, " characters")
    elif not isinstance(value, bool):
        yield from _check_range(value, shape, path, "")
    yield from _check_pattern(value, shape.metadata.get("pattern"), path)
    allowed = shape.enum if isinstance(shape, StringShape) else []
    if allowed and value not in allowed:
        listed = ", ".join(allowed[:_LONGEST_ENUM])
        more = f" and {len(allowed) - _LONGEST_ENUM} more" if len(allowed) > _LONGEST_ENUM else ""
        yield Problem(
            f"{path} is {shown(value)}{did_you_mean(value, allowed)}; allowed: {listed}{more}."
        )


def _check_pattern(value: str, pattern: str | None, path: str, page: str = "") -> Iterator[Problem]:
    readable = readable_pattern(pattern) if pattern else None
    if readable and not readable.search(value):
        yield Problem(f"{path} is {shown(value)}; it must match the pattern {pattern}{page}.")


UNREADABLE = frozenset({r"\p{Print}+", r"[\w-_]*"})
"""Patterns that Python cannot read. Neither belongs to an operation that is called here: names of
scaling policies in DynamoDB, types of resources in CloudWatch Logs."""

_SURROGATES = r"\uD800\uDC00-\uDBFF\uDFFF"
"""Java writes the characters beyond the first 65,536 as pairs."""


@cache
def readable_pattern(pattern: str) -> re.Pattern[str] | None:
    r"""Compile a pattern of the models, which are Java's, or return None for an unreadable one.

    `\w`, `\d` and `\s` mean ASCII only, `\p{L}` every letter. A pattern with anchors says itself
    where it has to match; one without is for the whole value.

    Args:
        pattern: as the model has it.
    """
    if pattern in UNREADABLE:
        return None
    text = re.sub(r"\\p\{(\w)\}", lambda found: _category(found[1]), pattern)
    text = text.replace(_SURROGATES, "\U00010000-\U0010ffff")
    has_anchor = pattern.startswith("^") or pattern.endswith("$")
    return re.compile(text if has_anchor else rf"\A(?:{text})\Z", re.ASCII)


@cache
def _category(letter: str) -> str:
    r"""The members of `\p{L}` as ranges to stand in a set; computed once, in about 0.3 s."""
    members = (c for c in range(0x110000) if unicodedata.category(chr(c))[0] == letter)
    runs = groupby(enumerate(members), key=lambda pair: pair[1] - pair[0])
    bounds = ((run[0][1], run[-1][1]) for run in (list(run) for _, run in runs))
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in bounds)


def _check_range(measured: float, shape: Shape, path: str, unit: str) -> Iterator[Problem]:
    yield from _out_of_range(measured, *_bounds(shape), path, unit)


def _out_of_range(
    measured: float, low: int | None, high: int | None, path: str, unit: str
) -> Iterator[Problem]:
    # Written so that NaN, which compares false with everything, is out of range.
    if (low is None or low <= measured) and (high is None or measured <= high):
        return
    if high is None:
        expected = f"at least {low}{unit}"
    elif low is None:
        expected = f"at most {high}{unit}"
    else:
        expected = f"from {low} to {high}{unit}"
    found = f"{measured}{unit} long" if unit else shown(measured)
    yield Problem(f"{path} is {found}; it must be {expected}.")


def _bounds(shape: Shape) -> tuple[int | None, int | None]:
    if shape.type_name in ("double", "float"):
        named = {
            kind: -int(digits) if negative else int(digits)
            for kind, negative, digits in _BOUND_IN_NAME.findall(shape.name)
        }
        return named.get("Min"), named.get("Max")
    return shape.metadata.get("min"), shape.metadata.get("max")
