"""One size of an HLS output group: its segments, its playlist, and its line in the main one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import av

from local.mediaconvert.probe import probe

_FORMAT = "mpegts"
"""Of the segments; one of few bytes would not be recognised."""

_AAC_LC = "mp4a.40.2"
"""RFC 6381's name of it, which is the only sound that is made."""

_SPS = re.compile(rb"\x00\x00\x01[\x07\x27\x47\x67](...)", re.DOTALL)
"""H.264's sequence parameter set: its first bytes are profile, constraints and level."""

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
    """One output of a group, after ffmpeg has written it."""

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
        self.media = probe(self.segments[0].path, _FORMAT)
        self.seconds = sum(segment.seconds for segment in self.segments)

    def segment_uri(self, number: int) -> str:
        """Return where a segment goes; they are counted from 1."""
        return f"{self._uri_base}_{number:05}.ts"

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

    def stream_inf(self, target_seconds: int) -> str:
        """Return its two lines in the main playlist."""
        codecs = [_AAC_LC] if self.media.audio else []
        attributes = [
            f"BANDWIDTH={self.peak_bits(target_seconds)}",
            f"AVERAGE-BANDWIDTH={self.average_bits()}",
        ]
        if self.media.video:
            codecs.insert(0, _h264_name(self.segments[0].path))
            attributes.append(f"RESOLUTION={self.media.video.width}x{self.media.video.height}")
        attributes.append(f'CODECS="{",".join(codecs)}"')
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


def _h264_name(segment: Path) -> str:
    """Return RFC 6381's name of a segment's picture, such as `avc1.640028`."""
    with av.open(str(segment), format=_FORMAT) as container:
        parameters = _SPS.search(container.streams.video[0].codec_context.extradata or b"")
    if parameters is None:
        raise ValueError(f"{segment} has no sequence parameter set.")
    return f"avc1.{parameters[1].hex()}"
