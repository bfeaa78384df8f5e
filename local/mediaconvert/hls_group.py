"""An Apple HLS output group: for each output segments and a playlist, and one playlist of these."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.mediaconvert.destination import group_base, output_base
from local.mediaconvert.encode import output_arguments
from local.mediaconvert.group import OutputFile, s3_headers
from local.mediaconvert.jobs import WrittenGroup, WrittenOutput
from local.mediaconvert.media import Media
from local.mediaconvert.variant import Variant

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
_SEGMENT_TYPE = "video/mp2t"

DEFAULT_SEGMENT_SECONDS = 10
"""MediaConvert's, when SegmentLength is absent."""

_HEAD = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-INDEPENDENT-SEGMENTS\n"


class HlsGroup:
    """A group of type HLS_GROUP_SETTINGS."""

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
        settings = group["OutputGroupSettings"]["HlsGroupSettings"]
        destination, file_input = settings["Destination"], source["FileInput"]
        self.headers = s3_headers(settings)
        self._seconds = settings.get("SegmentLength", DEFAULT_SEGMENT_SECONDS)
        self._uri = f"{group_base(destination, file_input)}.m3u8"
        self._bases = {
            f"{name}-{position}/segment.m3u8": output_base(destination, file_input, output)
            for position, output in enumerate(group["Outputs"])
        }
        self.encodes = {
            path: output_arguments(output, source, media, self._seconds)
            for path, output in zip(self._bases, group["Outputs"], strict=True)
        }
        self.uris = [self._uri, *(f"{base}.m3u8" for base in self._bases.values())]

    def collect(self, folder: Path) -> tuple[list[OutputFile], WrittenGroup]:
        """Return what was written, each playlist after what it names; see `Group`."""
        variants = {path: Variant(folder / path, base) for path, base in self._bases.items()}
        files = [
            OutputFile(segment.path, variant.segment_uri(number), _SEGMENT_TYPE)
            for variant in variants.values()
            for number, segment in enumerate(variant.segments, start=1)
        ]
        for path, variant in variants.items():
            playlist = (folder / path).with_name("playlist.m3u8")
            playlist.write_text(variant.text())
            files.append(OutputFile(playlist, variant.uri, PLAYLIST_TYPE))
        files.append(self._main_playlist(folder, list(variants.values())))
        outputs = [_written(variant) for variant in variants.values()]
        return files, WrittenGroup("HLS_GROUP", outputs, [self._uri])

    def _main_playlist(self, folder: Path, variants: list[Variant]) -> OutputFile:
        path = folder / Path(next(iter(self._bases))).parent / "main.m3u8"
        path.write_text(_HEAD + "".join(variant.stream_inf(self._seconds) for variant in variants))
        return OutputFile(path, self._uri, PLAYLIST_TYPE)


def _written(variant: Variant) -> WrittenOutput:
    milliseconds, video = round(variant.seconds * 1000), variant.media.video
    if video is None:
        return WrittenOutput(variant.uri, milliseconds)
    average = variant.average_bits()
    return WrittenOutput(variant.uri, milliseconds, video.width, video.height, average)
