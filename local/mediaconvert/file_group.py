"""A file output group: mp4 files, and captured frames."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import av

from local.mediaconvert.destination import capture_uri, output_uri
from local.mediaconvert.encode import output_arguments
from local.mediaconvert.errors import JobError
from local.mediaconvert.group import OutputFile, s3_headers
from local.mediaconvert.jobs import WrittenGroup, WrittenOutput
from local.mediaconvert.media import Media
from local.mediaconvert.probe import probe

_STILL_NAMES = "%07d.jpg"
"""ffmpeg's pattern, from which the numbers are read again."""


class FileGroup:
    """A group of type FILE_GROUP_SETTINGS."""

    def __init__(
        self, group: Mapping[str, Any], source: Mapping[str, Any], media: Media, name: str
    ) -> None:
        """Plan its outputs.

        Args:
            group: One of the job's `OutputGroups`.
            source: The job's input.
            media: What that input is.
            name: A name among the job's groups, for the paths of its files.

        Raises:
            JobError: The settings do not fit the input.
        """
        settings = group["OutputGroupSettings"]["FileGroupSettings"]
        self.headers = s3_headers(settings)
        self.encodes: dict[str, list[str]] = {}
        self.uris: list[str] = []
        self._duration = media.duration
        self._outputs: list[tuple[str, Mapping[str, Any]]] = []
        # Both name a file for an output.
        self._uri = partial(output_uri, settings["Destination"], source["FileInput"])
        self._capture_uri = partial(capture_uri, settings["Destination"], source["FileInput"])
        for position, output in enumerate(group["Outputs"]):
            is_still = _is_still(output)
            path = f"{name}-{position}/{_STILL_NAMES if is_still else 'output.mp4'}"
            self._outputs.append((path, output))
            self.encodes[path] = output_arguments(output, source, media)
            self.uris.append(self._capture_uri(output, 0) if is_still else self._uri(output))

    def collect(self, folder: Path) -> tuple[list[OutputFile], WrittenGroup]:
        """Return what was written; see `Group`."""
        files: list[OutputFile] = []
        written: list[WrittenOutput] = []
        for path, output in self._outputs:
            if _is_still(output):
                stills = self._stills(folder / path, output)
                files += stills
                written.append(self._captured(stills[-1]))
            else:
                files.append(self._file(folder / path, output))
                written.append(_measured(files[-1]))
        return files, WrittenGroup("FILE_GROUP", written)

    def _file(self, path: Path, output: Mapping[str, Any]) -> OutputFile:
        kind = "video/mp4" if "VideoDescription" in output else "audio/mp4"
        return OutputFile(path, self._uri(output), kind)

    def _stills(self, pattern: Path, output: Mapping[str, Any]) -> list[OutputFile]:
        stills = [
            OutputFile(path, self._capture_uri(output, int(path.stem)), "image/jpeg")
            for path in sorted(pattern.parent.iterdir())
        ]
        if not stills:
            raise JobError(JobError.NO_VIDEO, "The input's video track holds no picture.")
        return stills

    def _captured(self, last: OutputFile) -> WrittenOutput:
        with av.open(str(last.path)) as image:
            context = image.streams.video[0].codec_context
            width, height = context.width, context.height
        return WrittenOutput(last.uri, round(self._duration * 1000), width, height)


def _is_still(output: Mapping[str, Any]) -> bool:
    return bool(output["ContainerSettings"]["Container"] == "RAW")


def _measured(file: OutputFile) -> WrittenOutput:
    media = probe(file.path)
    milliseconds = round(media.duration * 1000)
    if media.video is None:
        return WrittenOutput(file.uri, milliseconds)
    video = media.video
    return WrittenOutput(file.uri, milliseconds, video.width, video.height, video.bit_rate)
