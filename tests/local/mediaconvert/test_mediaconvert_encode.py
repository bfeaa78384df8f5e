"""What comes out of ffmpeg is what the job document says."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from statistics import mean
from typing import Any

import av
import pytest
from av.video.frame import PictureType, VideoFrame

from local.mediaconvert.encode import output_arguments
from local.mediaconvert.errors import JobError
from local.mediaconvert.ffmpeg import Cancellation, encode
from local.mediaconvert.iso_boxes import iso_boxes
from local.mediaconvert.media import VideoTrack
from local.mediaconvert.probe import probe
from tests.local.mediaconvert import clips
from tests.local.mediaconvert.documents import (
    aac_of,
    h264_of,
    job_document,
    output_of,
    source_of,
)

BT601 = (
    "scale=out_color_matrix=bt601,"
    "setparams=color_primaries=smpte170m:color_trc=smpte170m:colorspace=smpte170m"
)

Transcode = Callable[[Path, dict[str, Any]], Path]


@pytest.fixture
def transcode(tmp_path: Path) -> Transcode:
    """Encode a file as a job document says."""

    def run(source: Path, document: dict[str, Any]) -> Path:
        target = tmp_path / "output.mp4"
        arguments = output_arguments(output_of(document), source_of(document), probe(source))
        encode(
            source,
            tmp_path,
            {target.name: arguments},
            on_progress=lambda _: None,
            cancellation=Cancellation(),
        )
        return target

    return run


def document(**video: Any) -> dict[str, Any]:
    """Return a job document whose VideoDescription has these members."""
    changed = job_document()
    output_of(changed)["VideoDescription"].update(video)
    return changed


def h264(**settings: Any) -> dict[str, Any]:
    """Return a job document whose H264Settings have these members."""
    changed = job_document()
    h264_of(changed).update(settings)
    return changed


def converted(**corrector: Any) -> dict[str, Any]:
    """Return a job document with a conversion to BT.709."""
    return document(
        VideoPreprocessors={"ColorCorrector": {"ColorSpaceConversion": "FORCE_709", **corrector}}
    )


def picture_of(path: Path) -> VideoTrack:
    """Describe the picture of an output."""
    video = probe(path).video
    assert video is not None
    return video


def frames(path: Path) -> Iterator[VideoFrame]:
    """Decode the pictures of a file."""
    with av.open(str(path)) as container:
        yield from container.decode(video=0)


def luma(frame: VideoFrame) -> list[bytes]:
    """Return the rows of a picture's luma."""
    plane = frame.planes[0]
    samples = bytes(plane)
    starts = range(0, plane.line_size * frame.height, plane.line_size)
    return [samples[start : start + frame.width] for start in starts]


def brightness(frame: VideoFrame, x: float, y: float) -> int:
    """Return the luma at a place, which is given as parts of width and height."""
    return luma(frame)[int(y * frame.height)][int(x * frame.width)]


def peak_of_buffer(path: Path, ceiling: int) -> float:
    """Return the most bits that a decoder has to hold back when they arrive at the ceiling."""
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    rate = Fraction(clips.FRAME_RATE)
    level = peak = 0.0
    for packet in packets:
        level = max(0.0, level + packet.size * 8 - float(ceiling / rate))
        peak = max(peak, level)
    return peak


# Size


@pytest.mark.parametrize(
    ("behavior", "expected"),
    [
        ("FIT_NO_UPSCALE", (320, 180)),
        ("FIT", (640, 360)),
        ("DEFAULT", (640, 480)),
        ("FILL", (640, 480)),
        ("STRETCH_TO_OUTPUT", (640, 480)),
    ],
)
def test_a_small_picture_in_a_larger_box(
    transcode: Transcode, clip: Path, behavior: str, expected: tuple[int, int]
) -> None:
    """Only FIT_NO_UPSCALE leaves a picture smaller than its box; the others enlarge it."""
    picture = picture_of(transcode(clip, document(ScalingBehavior=behavior, Width=640, Height=480)))
    assert expected == (picture.width, picture.height)
    assert Fraction(1) == picture.pixel_aspect


def test_default_pads_with_black_in_equal_parts(transcode: Transcode, tmp_path: Path) -> None:
    """What DEFAULT adds is black, above as below, and the picture between is whole."""
    white = clips.make(tmp_path / "white.mp4", *clips.picture("color=white"), *clips.H264)
    output = transcode(white, document(ScalingBehavior="DEFAULT", Width=320, Height=240))
    frame = next(frames(output))
    rows = [brightness(frame, 0.5, y) for y in (0.02, 0.1, 0.15, 0.85, 0.9, 0.98)]
    assert [True, True, False, False, True, True] == [row < 50 for row in rows]


def test_odd_and_portrait_sources_come_out_even(transcode: Transcode, tmp_path: Path) -> None:
    """A source with odd sides loses a line or a column, and is not enlarged."""
    source = clips.make(
        tmp_path / "odd.mp4", *clips.picture(size="181x321", seconds=0.2), "-c:v", "mpeg4"
    )
    picture = picture_of(transcode(source, document()))
    assert (180, 320) == (picture.width, picture.height)


# Rotation


@pytest.mark.parametrize(
    ("matrix", "corner"), [(90, (0.1, 0.9)), (-90, (0.9, 0.1)), (180, (0.9, 0.9))]
)
def test_auto_rotation_makes_the_picture_upright(
    transcode: Transcode, tmp_path: Path, matrix: int, corner: tuple[float, float]
) -> None:
    """A light in the stored top left corner lands where the display matrix puts it."""
    light = clips.make(
        tmp_path / "light.mp4",
        *clips.picture("color=black"),
        *("-vf", "drawbox=w=iw/4:h=ih/4:color=white:t=fill", *clips.H264),
    )
    phone = clips.make(
        tmp_path / "phone.mp4", "-display_rotation", str(matrix), "-i", str(light), "-c", "copy"
    )
    output = transcode(phone, document())
    picture = picture_of(output)
    assert 0 == picture.rotation
    assert (matrix != 180) == (picture.height > picture.width)
    frame = next(frames(output))
    corners = {(x, y) for x in (0.1, 0.9) for y in (0.1, 0.9)}
    assert {corner} == {place for place in corners if brightness(frame, *place) > 128}


@pytest.mark.parametrize(
    ("rotate", "expected"),
    [("DEGREE_0", (320, 180)), ("DEGREES_90", (180, 320)), ("DEGREES_180", (320, 180))],
)
def test_a_given_rotation_replaces_the_metadata(
    transcode: Transcode, tmp_path: Path, rotate: str, expected: tuple[int, int]
) -> None:
    """A number of degrees turns the stored picture, and the display matrix is never passed on."""
    changed = job_document()
    source_of(changed)["VideoSelector"]["Rotate"] = rotate
    picture = picture_of(transcode(clips.portrait(tmp_path / "phone.mp4", 90), changed))
    assert (*expected, 0) == (picture.width, picture.height, picture.rotation)


# Shape of the samples


def test_samples_keep_their_shape_unless_one_is_given(transcode: Transcode, tmp_path: Path) -> None:
    """ParControl follows the source, turned samples included, or makes what is specified."""
    wide = clips.make(
        tmp_path / "wide.mp4", *clips.picture(size="352x288"), "-vf", "setsar=16/11", *clips.H264
    )
    assert Fraction(16, 11) == picture_of(transcode(wide, document())).pixel_aspect
    turned = document()
    source_of(turned)["VideoSelector"]["Rotate"] = "DEGREES_90"
    assert Fraction(11, 16) == picture_of(transcode(wide, turned)).pixel_aspect
    square = picture_of(
        transcode(wide, h264(ParControl="SPECIFIED", ParNumerator=1, ParDenominator=1))
    )
    assert (512, 288, Fraction(1)) == (square.width, square.height, square.pixel_aspect)


# Frames


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, Fraction(30)),
        (
            {
                "FramerateControl": "SPECIFIED",
                "FramerateNumerator": 24000,
                "FramerateDenominator": 1001,
            },
            Fraction(24000, 1001),
        ),
    ],
)
def test_the_frame_rate_is_the_sources_or_the_specified_one(
    transcode: Transcode, clip: Path, settings: dict[str, Any], expected: Fraction
) -> None:
    """INITIALIZE_FROM_SOURCE keeps the rate; SPECIFIED changes it and not the length."""
    output = transcode(clip, h264(**settings))
    assert expected == picture_of(output).frame_rate
    assert 1.0 == pytest.approx(probe(output).duration, abs=0.05)


def test_a_clip_shorter_than_a_frame_has_one(transcode: Transcode, tmp_path: Path) -> None:
    """A clip of a fifth of a second is one frame at one frame a second."""
    short = clips.make(tmp_path / "short.mp4", *clips.picture(seconds=0.2), *clips.H264)
    output = transcode(
        short, h264(FramerateControl="SPECIFIED", FramerateNumerator=1, FramerateDenominator=1)
    )
    assert 1 == len(list(frames(output)))


def test_a_varying_rate_becomes_constant(transcode: Transcode, tmp_path: Path) -> None:
    """Frames at varying distances come out evenly, at the next standard rate above the average."""
    phone = clips.make(
        tmp_path / "phone.mp4",
        *clips.picture(),
        *("-vf", "select='lt(n,15)+not(mod(n,3))'", "-fps_mode", "vfr", *clips.H264),
    )
    picture = picture_of(transcode(phone, job_document()))
    assert (Fraction(24), False) == (picture.frame_rate, picture.is_variable)


@pytest.mark.parametrize(
    ("units", "size", "expected"), [("SECONDS", 0.5, [0, 15, 30, 45]), ("FRAMES", 20, [0, 20, 40])]
)
def test_key_frames_come_at_the_gop_size(
    transcode: Transcode, tmp_path: Path, units: str, size: float, expected: list[int]
) -> None:
    """GopSize in seconds or frames is the distance of the key frames."""
    source = clips.make(tmp_path / "clip.mp4", *clips.picture(seconds=2), *clips.H264)
    output = transcode(source, h264(GopSizeUnits=units, GopSize=size))
    assert expected == [number for number, frame in enumerate(frames(output)) if frame.key_frame]


def test_b_frames_are_as_many_as_asked(transcode: Transcode, clip: Path) -> None:
    """No B-frames means none; a static number means that many in a row."""
    for wanted in (0, 2):
        output = transcode(
            clip, h264(NumberBFramesBetweenReferenceFrames=wanted, DynamicSubGop="STATIC")
        )
        types = "".join(PictureType(frame.pict_type).name for frame in frames(output))
        assert wanted == max(len(run) for run in types.replace("I", "P").split("P"))


def test_profile_level_and_references(transcode: Transcode, clip: Path) -> None:
    """CodecProfile and CodecLevel are what the stream declares."""
    output = transcode(
        clip,
        h264(
            CodecProfile="BASELINE",
            CodecLevel="LEVEL_3_1",
            EntropyEncoding="CAVLC",
            NumberBFramesBetweenReferenceFrames=0,
            NumberReferenceFrames=3,
        ),
    )
    with av.open(str(output)) as container:
        context = container.streams.video[0].codec_context
        assert ("Constrained Baseline", 31) == (context.profile, context.level)


def test_interlaced_pictures_lose_their_combs(transcode: Transcode, tmp_path: Path) -> None:
    """With a Deinterlacer, neighbouring lines of a moving picture come from one moment."""
    source = clips.make(
        tmp_path / "fields.mp4",
        *clips.picture("testsrc2", rate="60", seconds=0.5),
        *("-vf", "interlace=lowpass=0", *clips.H264, "-flags", "+ildct+ilme"),
    )
    deinterlacer = {"Mode": "ADAPTIVE", "Control": "NORMAL", "Algorithm": "INTERPOLATE"}
    woven = combing(transcode(source, document()))
    clean = combing(transcode(source, document(VideoPreprocessors={"Deinterlacer": deinterlacer})))
    assert clean < 0.7 * woven


def combing(path: Path) -> float:
    """Return how much lines differ from the mean of their neighbours, on average."""
    rows = luma(list(frames(path))[5])
    return mean(
        abs(sample - (above + below) / 2)
        for upper, row, lower in zip(rows, rows[1:], rows[2:], strict=False)
        for above, sample, below in zip(upper, row, lower, strict=True)
    )


# Bitrate


def test_noise_stays_under_the_ceiling(transcode: Transcode, tmp_path: Path) -> None:
    """Noise that QVBR would give many megabits never exceeds MaxBitrate beyond its buffer."""
    noise = clips.make(
        tmp_path / "noise.mp4",
        *clips.picture("color", seconds=2),
        *("-vf", "noise=alls=100:allf=t", *clips.H264, "-crf", "10"),
    )
    ceiling, buffer = 500_000, 250_000
    limited = transcode(noise, h264(MaxBitrate=ceiling, HrdBufferSize=buffer))
    assert peak_of_buffer(limited, ceiling) <= buffer
    assert limited.stat().st_size * 8 <= 2 * ceiling + buffer + 2 * 160_000
    unlimited = transcode(noise, h264(MaxBitrate=50_000_000, HrdBufferSize=50_000_000))
    assert peak_of_buffer(unlimited, ceiling) > 4 * buffer


def test_a_better_quality_level_costs_more_bits(transcode: Transcode, clip: Path) -> None:
    """Below the ceiling, QvbrQualityLevel decides the size."""
    low, middle, high = (
        picture_of(transcode(clip, h264(QvbrSettings={"QvbrQualityLevel": level}))).bit_rate or 0
        for level in (3, 7, 10)
    )
    assert low * 1.3 < middle
    assert middle * 1.3 < high


def test_a_constant_rate_fills_up_a_simple_picture(transcode: Transcode, tmp_path: Path) -> None:
    """CBR spends Bitrate even on black."""
    black = clips.make(
        tmp_path / "black.mp4", *clips.picture("color=black", seconds=2), *clips.H264
    )
    changed = h264(RateControlMode="CBR", Bitrate=400_000, HrdBufferSize=100_000)
    for name in ("QvbrSettings", "MaxBitrate"):
        del h264_of(changed)[name]
    assert 400_000 == pytest.approx(picture_of(transcode(black, changed)).bit_rate, rel=0.15)


# Sound


@pytest.mark.parametrize(
    ("mode", "channels"), [("CODING_MODE_1_0", 1), ("CODING_MODE_2_0", 2), ("CODING_MODE_5_1", 6)]
)
def test_the_coding_mode_decides_the_channels(
    transcode: Transcode, clip: Path, mode: str, channels: int
) -> None:
    """Mono sound comes out as the CodingMode says, at its sample rate, as AAC LC."""
    changed = job_document()
    aac_of(changed).update(CodingMode=mode, SampleRate=44100, Bitrate=384000)
    (sound,) = probe(transcode(clip, changed)).audio
    assert ("aac", channels, 44100) == (sound.codec, sound.channels, sound.sample_rate)


def test_a_silent_file_stays_silent(transcode: Transcode, tmp_path: Path) -> None:
    """Without sound in the input, the output has no audio track and the job does not fail."""
    silent = clips.make(tmp_path / "silent.mp4", *clips.picture(), *clips.H264)
    assert () == probe(transcode(silent, job_document())).audio


def test_a_track_that_is_missing_is_an_error(transcode: Transcode, clip: Path) -> None:
    """A selector with Tracks insists on that track: error 1040, as from MediaConvert."""
    changed = job_document()
    source_of(changed)["AudioSelectors"]["Audio Selector 1"]["Tracks"] = [2]
    with pytest.raises(JobError, match=r"Audio track \[2\] not found") as caught:
        transcode(clip, changed)
    assert JobError.INCOMPATIBLE_SETTINGS == caught.value.code


def test_the_named_track_is_taken_with_its_language(transcode: Transcode, tmp_path: Path) -> None:
    """Tracks counts the audio tracks from one; its language follows it, or is configured."""
    two = clips.make(
        tmp_path / "two.mp4",
        *(*clips.picture(), *clips.SOUND, *clips.H264),
        *("-map", "0", "-map", "1", "-map", "1", "-c:a", "aac"),
        *("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=fra"),
    )
    changed = job_document()
    source_of(changed)["AudioSelectors"]["Audio Selector 1"]["Tracks"] = [2]
    assert ["fra"] == [sound.language for sound in probe(transcode(two, changed)).audio]
    output_of(changed)["AudioDescriptions"][0].update(
        LanguageCodeControl="USE_CONFIGURED", LanguageCode="DEU"
    )
    assert ["deu"] == [sound.language for sound in probe(transcode(two, changed)).audio]


def test_sound_without_a_picture_is_no_video(transcode: Transcode, tmp_path: Path) -> None:
    """An audio file is error 1020 for an output that has a picture."""
    song = clips.make(tmp_path / "song.m4a", *clips.SOUND)
    with pytest.raises(JobError) as caught:
        transcode(song, job_document())
    assert JobError.NO_VIDEO == caught.value.code


# Container and colours


@pytest.mark.parametrize(
    ("placement", "expected"), [("PROGRESSIVE_DOWNLOAD", True), ("NORMAL", False)]
)
def test_moov_comes_first_for_progressive_download(
    transcode: Transcode, clip: Path, placement: str, *, expected: bool
) -> None:
    """A player can start before the end of the file has arrived, unless NORMAL is asked for."""
    changed = job_document()
    output_of(changed)["ContainerSettings"]["Mp4Settings"]["MoovPlacement"] = placement
    types = [box.type for box in iso_boxes(transcode(clip, changed))]
    assert expected == (types.index("moov") < types.index("mdat"))


def test_the_files_own_metadata_stays_behind(transcode: Transcode, tmp_path: Path) -> None:
    """Title and location of a phone's clip do not reach the output."""
    tagged = clips.video(
        tmp_path / "tagged.mp4", "-metadata", "title=Home", "-metadata", "location=+52.5+013.4/"
    )
    with av.open(str(transcode(tagged, job_document()))) as container:
        assert not {"title", "location"} & container.metadata.keys()


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
@pytest.mark.parametrize("mapper", ["PRESERVE_DETAILS", "VIBRANT"])
def test_hdr_is_converted_or_refused(
    transcode: Transcode, tmp_path: Path, transfer: str, mapper: str
) -> None:
    """HDR becomes a picture tagged and coded as BT.709, or is refused with the setting it lacks."""
    color = f"setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc"
    hdr = clips.make(
        tmp_path / "hdr.mp4",
        *(*clips.picture(seconds=0.1), "-vf", color, *clips.H264, "-pix_fmt", "yuv420p10le"),
    )
    with pytest.raises(JobError, match="ColorSpaceConversion") as caught:
        transcode(hdr, job_document())
    assert JobError.INCOMPATIBLE_SETTINGS == caught.value.code
    picture = picture_of(transcode(hdr, converted(HdrToSdrToneMapper=mapper)))
    assert (1, 1, "420", 8) == (
        picture.transfer,
        picture.matrix,
        picture.chroma,
        picture.bit_depth,
    )


def test_colour_metadata_is_kept_converted_or_dropped(transcode: Transcode, tmp_path: Path) -> None:
    """ColorMetadata INSERT keeps the source's, IGNORE writes none; FORCE_709 converts to BT.709."""
    source = clips.make(tmp_path / "sd.mp4", *clips.picture("color=red"), "-vf", BT601, *clips.H264)
    matrices = [
        picture_of(transcode(source, changed)).matrix
        for changed in (document(), document(ColorMetadata="IGNORE"), converted())
    ]
    assert [6, 2, 1] == matrices


@pytest.mark.parametrize("tags", ["", "bt709"])
def test_conversion_leaves_a_picture_alone_that_needs_none(tmp_path: Path, tags: str) -> None:
    """For SDR in BT.709, or without colour metadata, FORCE_709 changes no argument of ffmpeg."""
    color = f"setparams=color_primaries={tags}:color_trc={tags}:colorspace={tags}"
    source = clips.make(
        tmp_path / "sdr.mp4",
        *clips.picture(seconds=0.1),
        *(("-vf", color) if tags else ()),
        *clips.H264,
    )
    kept, forced = (
        output_arguments(output_of(changed), source_of(changed), probe(source))
        for changed in (document(), converted())
    )
    assert kept == forced


def test_conversion_changes_the_samples_not_only_the_tags(
    transcode: Transcode, tmp_path: Path
) -> None:
    """The same red has another luma in BT.709 than in BT.601."""
    source = clips.make(
        tmp_path / "red.mp4", *clips.picture("color=red"), "-vf", BT601, *clips.H264
    )
    before = brightness(next(frames(source)), 0.5, 0.5)
    after = brightness(next(frames(transcode(source, converted()))), 0.5, 0.5)
    assert abs(before - after) > 5
