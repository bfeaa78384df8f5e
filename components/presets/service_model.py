"""Check a MediaConvert job before it costs anything: by the service's own model, and its rules."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, Shape, StructureShape

from components.aws_requests import REQUEST, check_request, member_path, operation
from components.presets.job_rules import broken_rules
from components.wording import shown

_MODEL: Final = "mediaconvert"
_KIND: Final = "service-2"


class Member(NamedTuple):
    """A member of an object in a request."""

    path: str
    """Where it stands."""

    name: str
    """The object's shape in the model and the member: `Input.FileInput`."""

    value: Any


def check_job(document: Mapping[str, Any]) -> list[str]:
    """Return every problem of a complete CreateJob request.

    Args:
        document: The request as boto3 takes it (`Role`, `Settings`, ...).

    Returns:
        Sentences that name the path, the value and what is allowed; empty when the request is
        valid. The rules between fields are left out while a type is wrong, because they could
        not be read.
    """
    problems = list(check_request(document, operation(_MODEL, "CreateJob")))
    sentences = [problem.sentence for problem in problems]
    if any(problem.is_wrong_type for problem in problems):
        return sentences
    return [*sentences, *broken_rules(document)]


def model_file() -> tuple[str, Path]:
    """Name the file of the model that documents are checked against.

    Lambda's runtime has a botocore of its own, mostly an older one, which refuses what it does not
    know. A list of the differences would have to be kept for every version that the runtime may
    have, and without botocore's own check an unknown member would be left out unseen. So the file
    goes into the functions' archive: 180 kB that botocore reads there instead of its own.

    Returns:
        Its path below any folder of models, and the file.
    """
    loader = Loader()
    version = loader.determine_latest_version(_MODEL, _KIND)
    _, stem = loader.load_data_with_path(f"{_MODEL}/{version}/{_KIND}")
    [file] = Path(stem).parent.glob(f"{_KIND}.json*")
    return f"{_MODEL}/{version}/{file.name}", file


def members(document: Mapping[str, Any]) -> Iterator[Member]:
    """Yield every member of every object in a CreateJob request, the outer ones first.

    Args:
        document: whose members exist and have the right types, as `check_job` tells.
    """
    return _members(document, create_job_shape(), REQUEST)


def _members(value: Any, shape: Shape, path: str) -> Iterator[Member]:
    if isinstance(shape, StructureShape):
        for name, item in value.items():
            yield Member(member_path(path, name), f"{shape.name}.{name}", item)
            yield from _members(item, shape.members[name], member_path(path, name))
    elif isinstance(shape, ListShape):
        for index, item in enumerate(value):
            yield from _members(item, shape.member, f"{path}[{index}]")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _members(item, shape.value, f"{path}[{shown(key)}]")


def create_job_shape() -> Shape:
    """The model of the CreateJob request."""
    return cast("Shape", operation(_MODEL, "CreateJob").input_shape)
