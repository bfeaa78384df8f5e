"""Names of the files that a job writes."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

_EXTENSIONS: Mapping[str, str] = {"MP4": "mp4", "RAW": "jpg"}
"""By container, when Extension is absent. What is captured without a container is JPEG here."""


def output_base(destination: str, file_input: str, output: Mapping[str, Any]) -> str:
    """Return where an output goes, without what follows its name modifier.

    Args:
        destination: The output group's Destination. When it ends in `/`, the base name is the
            input's without its extension.
        file_input: The job's first FileInput.
        output: The output, with its NameModifier.
    """
    return f"{group_base(destination, file_input)}{output.get('NameModifier', '')}"


def group_base(destination: str, file_input: str) -> str:
    """Return what the names of a group's files begin with; see `output_base`."""
    if destination.endswith("/"):
        return destination + PurePosixPath(file_input).stem
    return destination


def output_uri(destination: str, file_input: str, output: Mapping[str, Any]) -> str:
    """Return where an output of a file group goes; see `output_base`."""
    extension = output.get("Extension", _EXTENSIONS[output["ContainerSettings"]["Container"]])
    return f"{output_base(destination, file_input, output)}.{extension}"


def capture_uri(destination: str, file_input: str, output: Mapping[str, Any], number: int) -> str:
    """Return where a captured frame goes; they are counted from 0. See `output_base`."""
    base, _, extension = output_uri(destination, file_input, output).rpartition(".")
    return f"{base}.{number:07}.{extension}"
