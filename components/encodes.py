"""How a picture and a sound are encoded, in MediaConvert's terms.

The values follow AWS's advice and its own MP4 presets. None of them leaves MediaConvert's basic
price tier, except the deinterlacer.
"""

from typing import Any

from components.preset import Picture, Sound

AUDIO_SELECTOR = "Audio Selector 1"
"""The input's selector that every sound is taken from."""

CODING_MODES = {1: "CODING_MODE_1_0", 2: "CODING_MODE_2_0"}
"""MediaConvert's word for a number of channels."""

_GOP_SECONDS = 2.0
"""Seconds between key frames, which is how exactly a player can seek. AWS's MP4 presets use it."""

_HRD_SECONDS = 2
"""The decoder's buffer, as seconds at the bitrate ceiling. AWS's MP4 presets use it."""


def video_description(picture: Picture) -> dict[str, Any]:
    """Return the `VideoDescription` that fits the picture into its box and encodes it as H.264.

    Args:
        picture: its size and quality.
    """
    description = {
        # Both sides and FIT_NO_UPSCALE: with one side the other could turn out odd (1040),
        # and the default behaviour pads and enlarges.
        "Width": picture.width,
        "Height": picture.height,
        "ScalingBehavior": "FIT_NO_UPSCALE",
        "ColorMetadata": "INSERT",
        "CodecSettings": {"Codec": "H_264", "H264Settings": _h264(picture)},
    }
    preprocessors = _preprocessors(picture)
    return description | ({"VideoPreprocessors": preprocessors} if preprocessors else {})


def _h264(picture: Picture) -> dict[str, Any]:
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
        "GopSizeUnits": "SECONDS",
        "GopSize": _GOP_SECONDS,
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


def _preprocessors(picture: Picture) -> dict[str, Any]:
    preprocessors: dict[str, Any] = {}
    if picture.deinterlace:
        # NORMAL leaves frames alone that are not marked as interlaced; ADAPTIVE tells telecined
        # film from video by itself.
        preprocessors["Deinterlacer"] = {
            "Mode": "ADAPTIVE",
            "Control": "NORMAL",
            "Algorithm": "INTERPOLATE",
        }
    if picture.hdr_to_sdr:
        preprocessors["ColorCorrector"] = {
            "ColorSpaceConversion": "FORCE_709",
            "HdrToSdrToneMapper": "PRESERVE_DETAILS",
        }
    return preprocessors


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
