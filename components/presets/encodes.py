"""How a picture and a sound are encoded, in MediaConvert's terms.

The values follow AWS's advice and its own MP4 presets. None of them leaves MediaConvert's basic
price tier, except the deinterlacer.
"""

from typing import Any

from components.presets.preset import Picture, Sound, Thumbnails

AUDIO_SELECTOR = "Audio Selector 1"
"""The input's selector that every sound is taken from."""

CODING_MODES = {1: "CODING_MODE_1_0", 2: "CODING_MODE_2_0"}
"""MediaConvert's word for a number of channels."""

_GOP_SECONDS = 2.0
"""Seconds between key frames, which is how exactly a player can seek. AWS's MP4 presets use it."""

_JPEG_QUALITY = 80
"""Of 1 to 100. AWS's solution "Video on Demand on AWS" captures frames with it."""

_HRD_SECONDS = 2
"""The decoder's buffer, as seconds at the bitrate ceiling. AWS's MP4 presets use it."""


def video_description(picture: Picture, *, segmented: bool = False) -> dict[str, Any]:
    """Return the `VideoDescription` that fits the picture into its box and encodes it as H.264.

    Args:
        picture: its size and quality.
        segmented: whether it is cut into segments, whose length decides the key frames.
    """
    return {
        **_box(picture.width, picture.height),
        "ColorMetadata": "INSERT",
        "CodecSettings": {"Codec": "H_264", "H264Settings": _h264(picture, segmented=segmented)},
        **_preprocessors(deinterlace=picture.deinterlace, hdr_to_sdr=picture.hdr_to_sdr),
    }


def stills_description(
    stills: Thumbnails, *, width: int, height: int, interval: int, most: int | None = None
) -> dict[str, Any]:
    """Return the `VideoDescription` that captures the first frame, then one at each interval.

    Args:
        stills: what else is done to the picture.
        width: of the box in pixels.
        height: of the box in pixels.
        interval: seconds.
        most: how many frames are captured. Default: all.
    """
    capture = {"FramerateNumerator": 1, "FramerateDenominator": interval, "Quality": _JPEG_QUALITY}
    return {
        **_box(width, height),
        "CodecSettings": {
            "Codec": "FRAME_CAPTURE",
            "FrameCaptureSettings": capture | ({"MaxCaptures": most} if most else {}),
        },
        **_preprocessors(deinterlace=stills.deinterlace, hdr_to_sdr=stills.hdr_to_sdr),
    }


def _box(width: int, height: int) -> dict[str, Any]:
    # Both sides and FIT_NO_UPSCALE: with one side the other could turn out odd (1040), and the
    # default behaviour pads and enlarges.
    return {"Width": width, "Height": height, "ScalingBehavior": "FIT_NO_UPSCALE"}


def _h264(picture: Picture, *, segmented: bool) -> dict[str, Any]:
    return {
        "CodecProfile": "HIGH",
        "CodecLevel": "AUTO",
        "EntropyEncoding": "CABAC",
        "RateControlMode": "QVBR",
        "QvbrSettings": {"QvbrQualityLevel": picture.quality},
        "MaxBitrate": picture.max_bitrate,
        "HrdBufferSize": _HRD_SECONDS * picture.max_bitrate,
        # The best that the basic tier has; MULTI_PASS_HQ is professional.
        "QualityTuningLevel": "SINGLE_PASS_HQ",
        "SceneChangeDetect": "TRANSITION_DETECTION",
        "AdaptiveQuantization": "AUTO",
        # MediaConvert takes no GOP size where it cuts segments.
        **({} if segmented else {"GopSizeUnits": "SECONDS", "GopSize": _GOP_SECONDS}),
        "GopClosedCadence": 1,
        "InterlaceMode": "PROGRESSIVE",
        **_frame_rate(picture),
        # The one way of conversion that is not an add-on and invents no frames. A variable frame
        # rate is always converted, since an output has a constant one.
        "FramerateConversionAlgorithm": "DUPLICATE_DROP",
        "ParControl": "INITIALIZE_FROM_SOURCE",
    }


def _frame_rate(picture: Picture) -> dict[str, Any]:
    if picture.frame_rate is None:
        return {"FramerateControl": "INITIALIZE_FROM_SOURCE"}
    return {
        "FramerateControl": "SPECIFIED",
        "FramerateNumerator": picture.frame_rate.numerator,
        "FramerateDenominator": picture.frame_rate.denominator,
    }


def _preprocessors(*, deinterlace: bool, hdr_to_sdr: bool) -> dict[str, Any]:
    preprocessors: dict[str, Any] = {}
    if deinterlace:
        # NORMAL leaves frames alone that are not marked as interlaced; ADAPTIVE tells telecined
        # film from video by itself.
        preprocessors["Deinterlacer"] = {
            "Mode": "ADAPTIVE",
            "Control": "NORMAL",
            "Algorithm": "INTERPOLATE",
        }
    if hdr_to_sdr:
        # Without it an HDR clip becomes an 8-bit picture that still claims to be HDR.
        preprocessors["ColorCorrector"] = {"ColorSpaceConversion": "FORCE_709"}
    return {"VideoPreprocessors": preprocessors} if preprocessors else {}


def audio_description(sound: Sound) -> dict[str, Any]:
    """Return the `AudioDescription` that encodes the sound as AAC LC.

    Args:
        sound: its bitrate, sample rate and channels.
    """
    return {
        "AudioSourceName": AUDIO_SELECTOR,
        "LanguageCodeControl": "FOLLOW_INPUT",
        "CodecSettings": {
            "Codec": "AAC",
            "AacSettings": {
                "CodecProfile": "LC",
                "RateControlMode": "CBR",
                "Bitrate": sound.bitrate,
                "SampleRate": sound.sample_rate,
                "CodingMode": CODING_MODES[sound.channels],
            },
        },
    }
