"""Clips that something could go wrong with, made by ffmpeg: `python -m tests.torture.clips DIR`.

Each shows the same second: a dark picture with a light corner at the top left, in which all turns
white at half time, and silence, in which a tone begins at that moment. So it can be seen in any
rendition whether it is upright, in the right colours, and in sync.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from local.mediaconvert.ffmpeg import executable
from tests.local.mediaconvert.clips import H264, make

SECONDS = 1.0
FLASH = 0.5
"""Seconds after which the picture is white and the tone begins."""

CORNER = 4
"""The light corner has a quarter of each side."""

_SDR = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709"
_TO_HDR = "zscale=transferin=709:primariesin=709:matrixin=709:primaries=2020:matrix=2020_ncl"
_SUBTITLE = "1\n00:00:00,000 --> 00:00:01,000\nWords\n"


def _picture(size: str = "640x360", rate: str = "30", seconds: float = SECONDS) -> tuple[str, ...]:
    """Return the input of a picture; its filters are `_DRAWN`."""
    return ("-f", "lavfi", "-i", f"color=0x303030:s={size}:r={rate}:d={seconds},{_DRAWN}")


_DRAWN = ",".join(
    (
        f"drawbox=w=iw/{CORNER}:h=ih/{CORNER}:c=white:t=fill",
        f"drawbox=c=white:t=fill:enable='gte(t,{FLASH - 0.001})'",
        _SDR,
    )
)
_SOUND = (
    *("-f", "lavfi", "-i"),
    f"sine=f=1000:r=48000:d={SECONDS},volume=8,volume=0:enable='lt(t,{FLASH})'",
)
_SILENCE = ("-f", "lavfi", "-i", f"anullsrc=r=48000:d={SECONDS}")
_AAC = ("-c:a", "aac")

Maker = Callable[[Path], Path]


@dataclass(frozen=True)
class Clip:
    """A clip, and what it is on a screen.

    Attributes:
        name: Of the file, without `.mp4`.
        about: What is special.
        make: Writes the file.
        width: Samples a line when it is upright; of a clip that plays.
        height: Lines when it is upright.
        pixel_aspect: Width of a sample relative to its height, when it is upright.
        rate: Frames a second that a rendition which follows the source has.
        seconds: Its length.
        has_sound: Whether there is sound.
        error: MediaConvert's code for what asks for a picture, or None.
        audio_error: MediaConvert's code for what asks for the sound alone, or None.
    """

    name: str
    about: str
    make: Maker
    width: int = 640
    height: int = 360
    pixel_aspect: Fraction = Fraction(1)
    rate: Fraction = Fraction(30)
    seconds: float = SECONDS
    has_sound: bool = True
    error: int | None = None
    audio_error: int | None = None


def _encoded(
    *more: str, picture: Sequence[str] | None = None, sound: Sequence[str] = _SOUND
) -> Maker:
    """Return the maker of a clip with H.264 and AAC, unless told otherwise."""
    return lambda path: make(path, *(picture or _picture()), *sound, *H264, *_AAC, *more)


def _turned(filters: str, display_rotation: int, size: str) -> Maker:
    """Return the maker of a clip whose samples lie, with the metadata that makes it upright."""

    def make_turned(path: Path) -> Path:
        lying = make(
            path.with_suffix(".lying.mp4"),
            *(*_picture(size), *_SOUND, "-vf", filters, *H264, *_AAC),
        )
        rotation = ("-display_rotation", str(display_rotation), "-i", str(lying))
        made = make(path, *rotation, "-c", "copy")
        lying.unlink()
        return made

    return make_turned


def _hdr(transfer: str) -> Maker:
    name = {"smpte2084": "smpte2084", "arib-std-b67": "arib-std-b67"}[transfer]
    return _encoded(
        *("-vf", f"{_TO_HDR}:transfer={name}:npl=203,format=yuv420p10le"),
        *("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error"),
        *("-pix_fmt", "yuv420p10le", "-tag:v", "hvc1"),
        *("-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc"),
    )


def _subtitled(path: Path) -> Path:
    words = path.with_suffix(".srt")
    words.write_text(_SUBTITLE)
    made = make(
        path,
        *(*_picture(), *_SOUND, "-i", str(words), *H264, *_AAC, "-c:s", "mov_text"),
        *("-map", "0", "-map", "1", "-map", "2"),
    )
    words.unlink()
    return made


def _cut(*more: str) -> Maker:
    """Return the maker of a clip of which the last third is missing."""

    def make_cut(path: Path) -> Path:
        whole = _encoded(*more)(path).read_bytes()
        path.write_bytes(whole[: len(whole) * 2 // 3])
        return path

    return make_cut


def _written(content: bytes) -> Maker:
    def write(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return write


def _frames(count: int) -> Maker:
    return _encoded("-frames:v", str(count), sound=())


CLIPS = (
    Clip("plain", "nothing is special", _encoded()),
    Clip("portrait", "upright phone: lying samples and a rotation of 90°",
         _turned("transpose=cclock", -90, "360x640"), width=360, height=640),
    Clip("upside-down", "phone held the other way round: a rotation of 180°",
         _turned("hflip,vflip", 180, "640x360")),
    Clip("square", "as wide as high", _encoded(picture=_picture("480x480")),
         width=480, height=480),
    Clip("ultra-wide", "21:9, wider than any box is at its height",
         _encoded(picture=_picture("2560x1080", rate="15")), width=2560, height=1080,
         rate=Fraction(15)),
    Clip("large", "4K, larger than most boxes",
         _encoded(picture=_picture("3840x2160", rate="5")), width=3840, height=2160,
         rate=Fraction(5)),
    Clip("odd", "odd width and height",
         _encoded("-pix_fmt", "yuv444p", "-c:v", "mpeg4", "-pix_fmt", "yuv420p",
                  picture=_picture("641x361")), width=641, height=361),
    Clip("dv", "4:3 with pixels that are not square",
         _encoded("-vf", "setsar=16/15", picture=_picture("720x576", rate="25")),
         width=720, height=576, pixel_aspect=Fraction(16, 15), rate=Fraction(25)),
    Clip("hdr10", "10-bit HEVC with PQ, as cameras record it", _hdr("smpte2084")),
    Clip("hlg", "10-bit HEVC with HLG, as phones record it", _hdr("arib-std-b67")),
    Clip("variable-rate", "frames at varying distances, 21 a second on average",
         _encoded("-vf", "select='not(mod(n,3))+lt(n,15)+eq(n,29)'", "-fps_mode", "vfr"),
         rate=Fraction(24)),
    Clip("120-fps", "120 frames a second", _encoded(picture=_picture(rate="120")),
         rate=Fraction(120)),
    Clip("15-fps", "15 frames a second", _encoded(picture=_picture(rate="15")),
         rate=Fraction(15)),
    Clip("ntsc", "30000/1001 frames a second", _encoded(picture=_picture(rate="30000/1001")),
         rate=Fraction(30000, 1001)),
    Clip("interlaced", "60 fields a second",
         _encoded("-vf", "interlace=lowpass=0", "-flags", "+ildct+ilme",
                  picture=_picture(rate="60"))),
    Clip("silent", "no sound track", _encoded(sound=()), has_sound=False, audio_error=1021),
    Clip("mono", "one channel", _encoded("-ac", "1")),
    Clip("surround", "5.1 channels", _encoded("-ac", "6")),
    Clip("sound-only", "no picture", lambda path: make(path, *_SOUND, *_AAC), error=1020),
    Clip("two-tracks", "a second sound track, which is silent",
         _encoded("-map", "0", "-map", "1", "-map", "2", sound=(*_SOUND, *_SILENCE))),
    Clip("no-frame", "no seconds: an index of nothing",
         lambda path: make(path, *_picture(), *H264, "-t", "0"), error=1020, audio_error=1021),
    Clip("one-frame", "a single frame", _frames(1), seconds=1 / 30, has_sound=False,
         audio_error=1021),
    Clip("two-frames", "two frames", _frames(2), seconds=2 / 30, has_sound=False,
         audio_error=1021),
    Clip("subtitles", "a subtitle track inside", _subtitled),
    Clip("cut", "the end is missing, the index in front is there", _cut("-movflags", "+faststart"),
         error=1076, audio_error=1076),
    Clip("cut-index", "the end with the index is missing", _cut(), error=1075, audio_error=1075),
    Clip("empty", "zero bytes", _written(b""), error=1010, audio_error=1010),
    Clip("text", "text that is called .mp4", _written(b"This is no video.\n"), error=1010,
         audio_error=1010),
    Clip("matroska", "Matroska that is called .mp4", _encoded("-f", "matroska")),
    Clip("webm", "WebM with VP9 and Opus that is called .mp4",
         _encoded("-c:v", "libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime",
                  "-c:a", "libopus", "-f", "webm")),
    Clip("quicktime", "QuickTime with PCM that is called .mp4",
         _encoded("-c:a", "pcm_s16le", "-f", "mov")),
)  # fmt: skip
"""All of them."""


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m tests.torture.clips DIR")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    sys.stderr.write(f"with {executable()}\n")
    for clip in CLIPS:
        sys.stdout.write(f"{clip.make(folder / f'{clip.name}.mp4')}\n")
