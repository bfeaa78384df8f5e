"""A CMAF output group: for each track segments and a playlist, and one of these for HLS and DASH.

AWS documents the names of the two main files alone, in its examples of events. Those of the others
are what public playlists and manifests that MediaConvert wrote have in them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.mediaconvert.cmaf_variant import CmafVariant
from local.mediaconvert.dash_manifest import dash_manifest
from local.mediaconvert.destination import group_base, output_base
from local.mediaconvert.encode import output_arguments
from local.mediaconvert.group import OutputFile, s3_headers
from local.mediaconvert.hls_group import DEFAULT_SEGMENT_SECONDS, PLAYLIST_TYPE
from local.mediaconvert.jobs import WrittenGroup, WrittenOutput
from local.mediaconvert.media import UNDETERMINED, Media
from local.mediaconvert.variant import SOUND_GROUP, relative

_MANIFEST_TYPE = "application/dash+xml"

_HEAD = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n"


class CmafGroup:
    """A group of type CMAF_GROUP_SETTINGS."""

    def __init__(
        self, group: Mapping[str, Any], source: Mapping[str, Any], media: Media, name: str
    ) -> None:
        """Plan its outputs.

        A silent input has no tracks of sound beside its pictures. What MediaConvert makes of it,
        AWS does not document.

        Args:
            group: One of the job's `OutputGroups`.
            source: The job's input.
            media: What that input is.
            name: A name among the job's groups, for the paths of its files.

        Raises:
            JobError: The settings do not fit the input.
        """
        settings = group["OutputGroupSettings"]["CmafGroupSettings"]
        destination, file_input = settings["Destination"], source["FileInput"]
        base = group_base(destination, file_input)
        pictures = [output for output in group["Outputs"] if "VideoDescription" in output]
        outputs = group["Outputs"] if media.audio or not pictures else pictures
        self.headers = s3_headers(settings)
        self._seconds = settings.get("SegmentLength", DEFAULT_SEGMENT_SECONDS)
        self._playlist, self._manifest = f"{base}.m3u8", f"{base}.mpd"
        self._bases = {
            f"{name}-{position}/segment.m3u8": output_base(destination, file_input, output)
            for position, output in enumerate(outputs)
        }
        self.encodes = {
            path: output_arguments(output, source, media, self._seconds)
            for path, output in zip(self._bases, outputs, strict=True)
        }
        variants = [f"{base}.m3u8" for base in self._bases.values()]
        self.uris = [self._manifest, self._playlist, *variants]

    def collect(self, folder: Path) -> tuple[list[OutputFile], WrittenGroup]:
        """Return what was written, each playlist after what it names; see `Group`."""
        files: list[OutputFile] = []
        variants = []
        for path, base in self._bases.items():
            variant = CmafVariant(folder / path, base)
            variants.append(variant)
            kind = variant.content_type
            files.append(OutputFile(variant.initialization, variant.initialization_uri, kind))
            files += [
                OutputFile(segment.path, variant.segment_uri(number), kind)
                for number, segment in enumerate(variant.segments, start=1)
            ]
            playlist = (folder / path).with_name("playlist.m3u8")
            playlist.write_text(variant.text())
            files.append(OutputFile(playlist, variant.uri, PLAYLIST_TYPE))
        files += self._main_files(folder / Path(next(iter(self._bases))).parent, variants)
        outputs = [_written(variant) for variant in variants]
        return files, WrittenGroup("CMAF_GROUP", outputs, [self._manifest, self._playlist])

    def _main_files(self, folder: Path, variants: list[CmafVariant]) -> list[OutputFile]:
        pictures = [variant for variant in variants if variant.media.video]
        sounds = [variant for variant in variants if not variant.media.video]
        lines = [sound.stream_inf(self._seconds) for sound in sounds]
        if pictures:
            largest = max(sounds, key=lambda each: each.peak_bits(self._seconds), default=None)
            lines = [_media(sound, position) for position, sound in enumerate(sounds)]
            lines += [picture.stream_inf(self._seconds, largest) for picture in pictures]
        playlist, manifest = folder / "main.m3u8", folder / "main.mpd"
        playlist.write_text(_HEAD + "".join(lines))
        manifest.write_text(dash_manifest(pictures, sounds, self._seconds))
        return [
            OutputFile(manifest, self._manifest, _MANIFEST_TYPE),
            OutputFile(playlist, self._playlist, PLAYLIST_TYPE),
        ]


def _media(sound: CmafVariant, position: int) -> str:
    """Return the line of a track of sound in the main playlist; the first is played by default."""
    language = sound.language
    attributes = [
        "TYPE=AUDIO",
        f'GROUP-ID="{SOUND_GROUP}"',
        f'NAME="Audio {position + 1}"',
        *([f'LANGUAGE="{language}"'] if language != UNDETERMINED else []),
        f"DEFAULT={'NO' if position else 'YES'}",
        "AUTOSELECT=YES",
        f'URI="{relative(sound.uri)}"',
    ]
    return f"#EXT-X-MEDIA:{','.join(attributes)}\n"


def _written(variant: CmafVariant) -> WrittenOutput:
    milliseconds, video = round(variant.seconds * 1000), variant.media.video
    if video is None:
        return WrittenOutput(None, milliseconds)
    return WrittenOutput(None, milliseconds, video.width, video.height, variant.average_bits())
