"""Elastic Transcoder's system presets, as renditions of MediaConvert.

AWS switched Elastic Transcoder off on 2025-11-13. Its presets keep what they promised: the size of
the box, the bitrate (as the ceiling of QVBR), the frame rate and the sound. Changed on purpose:

* The picture is encoded with H.264's High profile and quality decides the bitrate, where the preset
  had a constant one, most often with the Baseline profile.
* The rotation that phones record is applied, and an mp4 plays from its first bytes.
* A size of an HLS playlist has its sound in it, and key frames follow the segments.

Not enlarging a picture is as it was: the presets said ShrinkToFit, which is FIT_NO_UPSCALE.

Sources: AWS's own converter (aws-samples, "migrate workflow from Amazon Elastic Transcoder to AWS
Elemental MediaConvert") with ten of the presets as the service returned them, for what a setting
becomes; Blitline's page "Transcode Presets" for every picture; AWS's developer guide for ids and
names. Sound that none of them gives is marked as assumed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from components.presets.catalogue import for_size
from components.presets.preset import AudioFile, Hls, Mp4, Picture, Sound
from components.wording import shown

_FAMILY = "1351620000001-"
"""What the id of every system preset begins with."""

_NTSC = Fraction(30_000, 1_001)
_SAMPLE_RATE = 44_100
"""Hz, the sample rate of every preset whose sound is known, except those for MPEG-DASH."""

_HLS_SOUND = 128
"""kbit/s: 400k and 600k as the service returned them; the others' names leave as much."""


@dataclass(frozen=True, kw_only=True)
class SystemPreset:
    """A system preset, and what it becomes."""

    name: str
    rendition: Mp4 | Hls | AudioFile
    sound_is_assumed: bool = False
    """Whether no source gives the bitrate of its sound."""


@dataclass(frozen=True, kw_only=True)
class RefusedPreset:
    """A system preset of which nothing is made here."""

    name: str
    reason: str


def _sound(kilobits: int) -> Sound:
    return Sound(bitrate=kilobits * 1_000, sample_rate=_SAMPLE_RATE)


def _picture(width: int, height: int, kilobits: int, frame_rate: Fraction | int | None) -> Picture:
    return Picture(
        width=width,
        height=height,
        quality=for_size(width, height).picture.quality,
        max_bitrate=kilobits * 1_000,
        frame_rate=None if frame_rate is None else Fraction(frame_rate),
    )


def _mp4(name: str, picture: Picture, kilobits: int | None = None) -> SystemPreset:
    """An mp4 preset; a sound that is not known is taken from the catalogue's size."""
    catalogue = for_size(picture.width, picture.height).sound.bitrate // 1_000
    return SystemPreset(
        name=name,
        rendition=Mp4(picture=picture, sound=_sound(kilobits or catalogue)),
        sound_is_assumed=kilobits is None,
    )


def _hls(name: str, width: int, height: int, kilobits: int) -> SystemPreset:
    size = name.lower().replace(" ", "-").replace(".", "-")
    picture = _picture(width, height, kilobits, None)
    return SystemPreset(
        name=name, rendition=Hls(pictures={size: picture}, sound=_sound(_HLS_SOUND))
    )


def _audio(kilobits: int) -> SystemPreset:
    return SystemPreset(
        name=f"Audio AAC - {kilobits}k", rendition=AudioFile(sound=_sound(kilobits))
    )


def _refused(name: str, reason: str) -> RefusedPreset:
    return RefusedPreset(name=name, reason=reason)


_INTERLACED = "it makes an interlaced picture; use the catalogue's 1080p"
_NO_MPEG2 = "it makes MPEG-2; give MediaConvert's settings yourself, in the field settings"
_NO_WEBM = "it makes WebM; give MediaConvert's settings yourself, in the field settings"
_NO_GIF = "it makes an animated GIF; give MediaConvert's settings yourself, in the field settings"
_NO_FLASH = "it makes Flash video, which no browser plays any more; use the catalogue's 720p"
_NO_MP3 = "it makes MP3, which is not made here; use kind: audio"
_NO_PCM = "it makes sound that is not compressed, or without loss; use kind: audio"
_NO_HLS_AUDIO = "it makes the sound of a playlist alone; each size of kind: hls has it"
_NO_FRAGMENTS = "it makes fragments of {} presentation; use kind: {}"

_GENERIC = {
    "000001": _mp4("Generic 1080p", _picture(1920, 1080, 5_400, _NTSC), 160),
    "000010": _mp4("Generic 720p", _picture(1280, 720, 2_400, _NTSC), 160),
    "000020": _mp4("Generic 480p 16:9", _picture(854, 480, 1_200, _NTSC), 128),
    "000030": _mp4("Generic 480p 4:3", _picture(640, 480, 900, _NTSC)),
    "000040": _mp4("Generic 360p 16:9", _picture(640, 360, 720, _NTSC)),
    "000050": _mp4("Generic 360p 4:3", _picture(480, 360, 600, _NTSC)),
    # 000061 replaced it because of its sound.
    "000060": _mp4("Generic 320x240 (deprecated)", _picture(320, 240, 300, 15)),
    "000061": _mp4("Generic 320x240", _picture(320, 240, 300, 15)),
}
_DEVICES = {
    "100020": _mp4("iPhone 4S and above", _picture(1920, 1080, 5_000, 30)),
    "100040": _mp4("iPod Touch", _picture(640, 480, 1_500, 30)),
    "100050": _mp4("Apple TV 2G", _picture(1280, 720, 5_000, 30)),
    "100060": _mp4("Apple TV 3G", _picture(1920, 1080, 5_000, 30)),
    "100070": _mp4("Web", _picture(1280, 720, 2_200, 30)),
    "100080": _mp4("Kindle Fire HD", _picture(1280, 720, 2_200, 30)),
    "100090": _mp4("Kindle Fire HD 8.9", _picture(1920, 1080, 5_400, 30)),
    "100150": _mp4("Kindle Fire HDX", _picture(1920, 1080, 5_000, 30)),
}
_SOUNDS = {
    "100110": _audio(256),
    "100120": _audio(160),
    "100130": _audio(128),
    "100141": _audio(64),
}
_HLS = {
    "200010": _hls("HLS 2M", 1024, 768, 1_872),
    "200015": _hls("HLS Video 2M", 1024, 768, 1_872),
    "200020": _hls("HLS 1.5M", 960, 640, 1_372),
    "200025": _hls("HLS Video 1.5M", 960, 640, 1_372),
    "200030": _hls("HLS 1M", 640, 432, 872),
    "200035": _hls("HLS Video 1M", 640, 432, 872),
    "200040": _hls("HLS 600k", 480, 320, 472),
    "200045": _hls("HLS Video 600k", 480, 320, 472),
    "200050": _hls("HLS 400k", 400, 288, 272),
    "200055": _hls("HLS Video 400k", 400, 288, 272),
}
_OTHERS = {
    "100160": _refused("NTSC - MPG", _NO_MPEG2),
    "100170": _refused("PAL - MPG", _NO_MPEG2),
    "100180": _refused("Full HD 1080i MP4", _INTERLACED),
    "100190": _refused("Full HD 1080i MP4", _INTERLACED),
    "100200": _refused("Gif (Animated)", _NO_GIF),
    "100210": _refused("Web: Flash Video", _NO_FLASH),
    "100220": _refused("XDCAM 422 1080i60", _NO_MPEG2),
    "100230": _refused("XDCAM 422 1080i50", _NO_MPEG2),
    "100240": _refused("Webm 720p", _NO_WEBM),
    "100250": _refused("Webm VP9 720p", _NO_WEBM),
    "100260": _refused("Webm VP9 360p", _NO_WEBM),
    "200060": _refused("HLS Audio 160k", _NO_HLS_AUDIO),
    "200071": _refused("HLS Audio 64k", _NO_HLS_AUDIO),
    "300010": _refused("Audio MP3 - 320k", _NO_MP3),
    "300020": _refused("Audio MP3 - 192k", _NO_MP3),
    "300030": _refused("Audio MP3 - 160k", _NO_MP3),
    "300040": _refused("Audio MP3 - 128k", _NO_MP3),
    "300110": _refused("Audio FLAC - CD", _NO_PCM),
    "300200": _refused("Audio WAV", _NO_PCM),
    "300300": _refused("Audio WAV", _NO_PCM),
}
_SMOOTH = ("3M", "2M", "1.5M", "1M", "800k", "600k", "500k", "400k")
_DASH = ("Video 4.8M", "Video 2.4M", "Video 1.2M", "Video 600k", "Audio 128k")
_FRAGMENTS = {
    f"400{index:02}0": _refused(f"Smooth {rate}", _NO_FRAGMENTS.format("a Smooth Streaming", "hls"))
    for index, rate in enumerate(_SMOOTH, start=1)
} | {
    f"500{index:02}0": _refused(f"MPEG-DASH {what}", _NO_FRAGMENTS.format("an MPEG-DASH", "cmaf"))
    for index, what in enumerate(_DASH, start=2)
}

SYSTEM_PRESETS: Mapping[str, SystemPreset] = {
    f"{_FAMILY}{suffix}": preset
    for suffix, preset in (_GENERIC | _DEVICES | _SOUNDS | _HLS).items()
}
"""Id to preset, for every system preset that becomes something."""

REFUSED_PRESETS: Mapping[str, RefusedPreset] = {
    f"{_FAMILY}{suffix}": preset for suffix, preset in (_OTHERS | _FRAGMENTS).items()
}
"""Id to preset, for every other one."""

HLS_PICTURES: Mapping[str, Mapping[str, Picture]] = {
    preset_id: preset.rendition.pictures
    for preset_id, preset in SYSTEM_PRESETS.items()
    if isinstance(preset.rendition, Hls)
}
"""Id to picture, by the name it gets in a playlist, for the presets that a ladder can have."""


def id_problems(preset_id: str) -> Iterator[str]:
    """Yield a sentence when an id stands for nothing that can be made.

    Args:
        preset_id: such as `1351620000001-000010`.
    """
    if preset_id in REFUSED_PRESETS:
        refused = REFUSED_PRESETS[preset_id]
        yield f"{preset_id} was {shown(refused.name)}: {refused.reason}."
    elif preset_id not in SYSTEM_PRESETS:
        yield (
            f"{shown(preset_id)} is no system preset of Elastic Transcoder; what a preset of your "
            "own said went with the service, so give its size and bitrates instead."
        )


def becomes(preset: SystemPreset) -> str:
    """Say in a line what a system preset becomes, for the documentation.

    Args:
        preset: one of `SYSTEM_PRESETS`.
    """
    sound = preset.rendition.sound
    heard = f"AAC {sound.bitrate // 1_000} kbit/s{' (assumed)' if preset.sound_is_assumed else ''}"
    match preset.rendition:
        case Mp4(picture=picture):
            return f"mp4, {_describe(picture)}, {heard}"
        case Hls(pictures=pictures):
            return f"hls, {'; '.join(map(_describe, pictures.values()))}, {heard}"
        case AudioFile():
            return f"m4a, {heard}"


def _describe(picture: Picture) -> str:
    rate = "" if picture.frame_rate is None else f", {float(picture.frame_rate):.4g} fps"
    return f"{picture.width}x{picture.height}, at most {picture.max_bitrate // 1_000} kbit/s{rate}"
