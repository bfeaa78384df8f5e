"""One output of a group in segments: these, its playlist, and its line in the main one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import ClassVar
from urllib.parse import quote

import av

from local.mediaconvert.probe import probe

_AAC_LC = "mp4a.40.2"
"""RFC 6381's name of it, which is the only sound that is made."""

SOUND_GROUP = "program_audio"
"""What a main playlist calls the sound that is apart from the pictures."""

_LEVEL = re.compile(rb"(?:\x00\x00\x01[\x07\x27\x47\x67]|\A\x01)(...)", re.DOTALL)
"""Profile, constraints and level of H.264: the first bytes of its sequence parameter set, and in
mp4 of the decoder configuration, whose version (1) comes before them."""

_DURATION = re.compile(r"#EXTINF:([0-9.]+)")


@dataclass(frozen=True)
class Segment:
    """A segment of a playlist: its file, and how many seconds it lasts."""

    path: Path
    seconds: float

    @property
    def bits(self) -> int:
        """Its size."""
        return self.path.stat().st_size * 8


class Variant:
    """One output of a group, after ffmpeg has written it as MPEG transport streams."""

    form: ClassVar[str] = "mpegts"
    """FFmpeg's name of the segments' format; one of few bytes would not be recognised."""

    def __init__(self, playlist: Path, uri_base: str) -> None:
        """Read it.

        Args:
            playlist: As ffmpeg wrote it, beside its segments.
            uri_base: Where it goes, without `.m3u8` or the number of a segment.
        """
        self.uri = f"{uri_base}.m3u8"
        self._uri_base = uri_base
        self._playlist = playlist
        self.segments = list(_segments(playlist))
        self._sample = self._readable()
        self.media = probe(self._sample, self.form)
        self.seconds = sum(segment.seconds for segment in self.segments)

    def _readable(self) -> Path:
        """Return a file that holds the first segment and can be read by itself."""
        return self.segments[0].path

    def segment_uri(self, number: int) -> str:
        """Return where a segment goes; they are counted from 1."""
        return f"{self._uri_base}_{number:05}.ts"

    @property
    def codecs(self) -> list[str]:
        """RFC 6381's names of what is in it."""
        picture = [_h264_name(self._sample, self.form)] if self.media.video else []
        return [*picture, *([_AAC_LC] if self.media.audio else [])]

    def text(self) -> str:
        """Return the playlist with the names that the segments will have."""
        numbers = iter(range(1, len(self.segments) + 1))
        lines = [
            line if line.startswith("#") else relative(self.segment_uri(next(numbers)))
            for line in self._playlist.read_text().splitlines()
        ]
        return "\n".join(lines) + "\n"

    def average_bits(self) -> int:
        """Return the bits a second of the whole."""
        return round(sum(segment.bits for segment in self.segments) / self.seconds)

    def peak_bits(self, target_seconds: int) -> int:
        """Return the most bits a second of any segment.

        Args:
            target_seconds: What a segment should last. One of less than half that length does not
                count, as RFC 8216 has it.
        """
        rates = [
            segment.bits / segment.seconds
            for segment in self.segments
            if segment.seconds >= target_seconds / 2
        ]
        return max(round(max(rates, default=0)), self.average_bits())

    def stream_inf(self, target_seconds: int, sound: "Variant | None" = None) -> str:
        """Return its two lines in the main playlist.

        Args:
            target_seconds: What a segment should last.
            sound: What is played beside it, from the group SOUND_GROUP.
        """
        played = [self, sound] if sound else [self]
        attributes = [
            f"BANDWIDTH={sum(each.peak_bits(target_seconds) for each in played)}",
            f"AVERAGE-BANDWIDTH={sum(each.average_bits() for each in played)}",
        ]
        if self.media.video:
            attributes.append(f"RESOLUTION={self.media.video.width}x{self.media.video.height}")
        attributes.append(f'CODECS="{",".join(name for each in played for name in each.codecs)}"')
        if sound:
            attributes.append(f'AUDIO="{SOUND_GROUP}"')
        return f"#EXT-X-STREAM-INF:{','.join(attributes)}\n{relative(self.uri)}\n"


def relative(uri: str) -> str:
    """Return the name of a file as a playlist beside it has it."""
    return quote(PurePosixPath(uri).name)


def _segments(playlist: Path) -> Iterator[Segment]:
    seconds = 0.0
    for line in playlist.read_text().splitlines():
        if match := _DURATION.match(line):
            seconds = float(match[1])
        elif not line.startswith("#"):
            yield Segment(playlist.parent / line, seconds)


def _h264_name(segment: Path, form: str) -> str:
    """Return RFC 6381's name of a segment's picture, such as `avc1.640028`."""
    with av.open(str(segment), format=form) as container:
        level = _LEVEL.search(container.streams.video[0].codec_context.extradata or b"")
    if level is None:
        raise ValueError(f"{segment} does not tell its profile and level.")
    return f"avc1.{level[1].hex()}"
