"""What a preset promises of a rendition, checked on the files; what is broken, as sentences."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from components.presets.catalogue import CATALOGUE
from components.presets.preset import AudioFile, Hls, Mp4, Picture, Preset, Thumbnails
from components.presets.preset import Sound as PresetSound
from local.mediaconvert.iso_boxes import iso_boxes
from tests.torture.clips import FLASH, Clip
from tests.torture.look import Sight, listen, look

_BT709 = 1
_AAC_FRAME = 1024
"""Samples: what an encoder adds at the end of the sound."""

_AAC_DELAY = 0.05
"""Seconds by which the beginning of a tone may be spread by two lossy encoders."""

_ROUNDING = 2
"""Samples by which a side may miss the exact proportions, to be even."""


def broken(preset: Preset, clip: Clip, files: Mapping[str, Path]) -> Iterator[str]:
    """Yield a sentence for each promise that the files of a rendition break.

    Args:
        preset: what was promised.
        clip: what it was made of.
        files: by what follows the stem in their keys.
    """
    match preset.rendition:
        case Mp4() as mp4:
            yield from _file(files[f"-{preset.name}.mp4"], mp4, clip)
        case AudioFile(sound=sound):
            yield from _sound(files[f"-{preset.name}.m4a"], sound, clip)
        case Hls() as hls:
            yield from _hls(f"-{preset.name}/index", hls, clip, files)
        case Thumbnails() as stills:
            yield from _stills(f"-{preset.name}", stills, clip, files)


def _file(path: Path, mp4: Mp4, clip: Clip) -> Iterator[str]:
    boxes = [box.type for box in iso_boxes(path)]
    if boxes.index("moov") > boxes.index("mdat"):
        yield "it does not play from its first byte: the index comes last"
    yield from _film(path, mp4.picture, mp4.sound, clip)


def _film(path: Path, picture: Picture, sound: PresetSound, clip: Clip) -> Iterator[str]:
    sight, rate = look(path), picture.frame_rate or clip.rate
    yield from _box(sight, picture.width, picture.height, clip)
    yield from _colours(sight, "yuv420p")
    if sight.codec != "h264":
        yield f"the codec is {sight.codec}, not h264"
    if not sight.tracks <= {"video", "audio"}:
        yield f"there are tracks of {', '.join(sorted(sight.tracks))}"
    if not sight.starts_with_key_frame:
        yield "it does not begin with a key frame"
    if any(abs(step - 1 / rate) > 1 / 1_000 for step in sight.steps):
        yield f"frames are {sorted(sight.steps)} s apart, not 1/{rate} s"
    if sight.frames > 1 and abs(sight.seconds - clip.seconds) > 1 / rate + 1 / 1_000:
        yield f"it lasts {sight.seconds:.3f} s, not {clip.seconds:.3f} s"
    yield from _sync(path, sight, rate, clip)
    if clip.has_sound:
        yield from _sound(path, sound, clip)
    elif listen(path):
        yield "there is sound where there was none"


def _box(sight: Sight, width: int, height: int, clip: Clip) -> Iterator[str]:
    size = f"{sight.width}x{sight.height}"
    if sight.width % 2 or sight.height % 2:
        yield f"{size} is not even"
    source_width = float(clip.width * clip.pixel_aspect / sight.pixel_aspect)
    if sight.width > min(width, source_width) or sight.height > min(height, clip.height):
        yield f"{size} exceeds its box of {width}x{height}, or the source"
    shape: Fraction = Fraction(clip.width, clip.height) * clip.pixel_aspect
    wanted = sight.height * shape / sight.pixel_aspect
    if abs(sight.width - wanted) > _ROUNDING * max(1.0, float(shape)):
        yield f"{size} has not the source's proportions: {float(wanted):.0f} wide would be right"
    sides = ((sight.width, width, clip.width), (sight.height, height, clip.height))
    if not any(side >= min(box, source) - _ROUNDING for side, box, source in sides):
        yield f"{size} is smaller than it had to be"


def _upright(sight: Sight) -> Iterator[str]:
    top_left, *others = sight.light
    if top_left < 150 or max(others) > 100:
        yield f"the light corner is not at the top left: {sight.light}"


def _colours(sight: Sight, form: str) -> Iterator[str]:
    yield from _upright(sight)
    if sight.format != form:
        yield f"samples are {sight.format}, not {form}"
    if sight.transfer != _BT709:
        yield f"the transfer function is {sight.transfer}, not BT.709's"
    if sight.dark > 70:
        yield f"dark is {sight.dark}: it is washed out"


def _sync(path: Path, sight: Sight, rate: Fraction, clip: Clip) -> Iterator[str]:
    frame = max(1 / rate, 1 / clip.rate)
    if clip.seconds <= FLASH:
        return
    if sight.flash is None:
        yield "it never turns white"
    elif abs(sight.flash - FLASH) > frame:
        yield f"it turns white after {sight.flash:.3f} s, not {FLASH} s"
    elif clip.has_sound:
        sound = listen(path)
        if sound is None or sound.tone is None:
            yield "there is no tone"
        elif abs(sound.tone - sight.start - sight.flash) > frame + _AAC_DELAY:
            yield f"the tone begins {sound.tone - sight.start - sight.flash:+.3f} s after the flash"


def _sound(path: Path, promised: PresetSound, clip: Clip) -> Iterator[str]:
    sound = listen(path)
    if sound is None:
        yield "there is no sound"
        return
    if (sound.codec, sound.channels) != ("aac", promised.channels):
        yield f"sound is {sound.channels} channels of {sound.codec}, not {promised.channels} of aac"
    if sound.sample_rate != promised.sample_rate:
        yield f"sound has {sound.sample_rate} samples a second, not {promised.sample_rate}"
    slack = 3 * _AAC_FRAME / promised.sample_rate
    if abs(sound.seconds - clip.seconds) > slack:
        yield f"sound lasts {sound.seconds:.3f} s, not {clip.seconds:.3f} s"


def _hls(stem: str, hls: Hls, clip: Clip, files: Mapping[str, Path]) -> Iterator[str]:
    main = files[f"{stem}.m3u8"].read_text()
    for size, picture in hls.pictures.items():
        if f"\n{Path(stem).name}-{size}.m3u8\n" not in main:
            yield f"the playlist does not name {size}"
        film = _joined(files[f"{stem}-{size}.m3u8"])
        for problem in _film(film, picture, hls.sound, clip):
            yield f"{size}: {problem}"


def _joined(playlist: Path) -> Path:
    """Put the segments of a playlist together, as a player does."""
    lines = playlist.read_text().splitlines()
    segments = [playlist.with_name(line) for line in lines if not line.startswith("#")]
    joined = playlist.with_suffix(".ts")
    joined.write_bytes(b"".join(segment.read_bytes() for segment in segments))
    return joined


def _stills(stem: str, stills: Thumbnails, clip: Clip, files: Mapping[str, Path]) -> Iterator[str]:
    groups: tuple[tuple[str, int, int, int], ...] = (
        (stem, stills.width, stills.height, _captures(clip, stills.interval)),
        (f"{stem}_poster", 1280, 720, min(2, _captures(clip, stills.poster_at))),
    )
    for base, width, height, count in groups:
        images = [f"{base}.{number:07}.jpg" for number in range(count)]
        found = sorted(name for name in files if name.startswith(f"{base}.") and "jpg" in name)
        if images != found:
            yield f"stills are {', '.join(found)}, not {', '.join(images)}"
        for name in found[:1]:
            sight = look(files[name])
            if sight.pixel_aspect != 1:
                yield f"{name} has samples that are not square"
            yield from _box(sight, width, height, clip)
            yield from _upright(sight)
    yield from _file(files[f"{stem}.mp4"], CATALOGUE["240p"], clip)


def _captures(clip: Clip, interval: int) -> int:
    return 1 + int((clip.seconds - float(1 / clip.rate) / 2) // interval)


def seen(preset: Preset, files: Mapping[str, Path]) -> str:
    """Describe a rendition in a few words, from its files."""
    if isinstance(preset.rendition, AudioFile):
        return "sound"
    if isinstance(preset.rendition, Thumbnails):
        return f"{sum(name.endswith('.jpg') for name in files)} stills"
    if isinstance(preset.rendition, Hls):
        return f"{sum(name.endswith('.m3u8') for name in files) - 1} sizes"
    sight = look(files[f"-{preset.name}.mp4"])
    return f"{sight.width}x{sight.height}"
