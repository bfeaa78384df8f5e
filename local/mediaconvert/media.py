"""What there is to know about a media file."""

from dataclasses import dataclass
from fractions import Fraction

DEMUXERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mxf,mpegts,mpeg,avi,wav,mp3,flac,ogg,asf"
"""The containers that MediaConvert reads, by FFmpeg's names. A playlist or a script named .mp4 is
never opened: those formats can make FFmpeg read other files."""

PROTOCOLS = "file"
"""How FFmpeg may reach what an input refers to: as a local file, never over the network."""

UNDETERMINED = "und"
"""ISO 639's code of an unknown language."""

PQ, HLG = 16, 18
"""Transfer characteristics of SMPTE ST 2084 and ARIB STD-B67 (ITU-T H.273)."""


@dataclass(frozen=True)
class VideoTrack:
    """The picture of a file.

    Attributes:
        index: Position among the file's streams.
        codec: FFmpeg's name of the codec.
        fourcc: Four-character code in the container; empty when it has none.
        width: Stored samples per line, before rotation.
        height: Stored lines, before rotation.
        rotation: Degrees clockwise that make it upright: 0, 90, 180 or 270.
        pixel_aspect: Width of a stored sample relative to its height, before rotation.
        frame_rate: Frames a second, the average when it varies; None when one frame tells none.
        frames: How many there are.
        is_variable: Whether the distance of the frames varies.
        chroma: How colour is sampled: `420`, `422` or `444`.
        bit_depth: Bits per sample.
        bit_rate: Bits a second; None when the container does not tell.
        transfer: Transfer characteristics (ITU-T H.273).
        matrix: Matrix coefficients (ITU-T H.273).
        is_interlaced: Whether its frames are made of two fields.
    """

    index: int
    codec: str
    fourcc: str
    width: int
    height: int
    rotation: int
    pixel_aspect: Fraction
    frame_rate: Fraction | None
    frames: int
    is_variable: bool
    chroma: str
    bit_depth: int
    bit_rate: int | None
    transfer: int
    matrix: int
    is_interlaced: bool

    @property
    def is_hdr(self) -> bool:
        """Whether its transfer function is PQ or HLG."""
        return self.transfer in (PQ, HLG)


@dataclass(frozen=True)
class AudioTrack:
    """One sound track of a file.

    Attributes:
        index: Position among the file's streams.
        codec: FFmpeg's name of the codec.
        channels: Number of channels.
        sample_rate: Samples a second.
        language: ISO 639 code, UNDETERMINED when the file does not tell.
    """

    index: int
    codec: str
    channels: int
    sample_rate: int
    language: str


@dataclass(frozen=True)
class Media:
    """A file: its length in seconds, its picture if it has one, its sound tracks."""

    duration: float
    video: VideoTrack | None
    audio: tuple[AudioTrack, ...]
