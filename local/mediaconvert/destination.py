"""Names of the files that a job writes."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

_EXTENSION = "mp4"
"""Of container MP4, when Extension is absent."""


def output_uri(destination: str, file_input: str, output: Mapping[str, Any]) -> str:
    """Return where an output of a file group goes.

    Args:
        destination: FileGroupSettings.Destination. When it ends in `/`, the base name is the
            input's without its extension.
        file_input: The job's first FileInput.
        output: The output, with its NameModifier and Extension.
    """
    base = destination
    if destination.endswith("/"):
        base += PurePosixPath(file_input).stem
    return f"{base}{output.get('NameModifier', '')}.{output.get('Extension', _EXTENSION)}"
