"""ColorMetadata and ColorSpaceConversion as filters of ffmpeg."""

from collections.abc import Mapping
from typing import Any

from local.mediaconvert.errors import JobError
from local.mediaconvert.media import PQ, VideoTrack

_BT601 = frozenset({5, 6})
_BT2020 = frozenset({9, 10})
"""Matrix coefficients (ITU-T H.273)."""

_TO_BT709 = "primaries=709:transfer=709:matrix=709:range=limited"

_SDR_SOURCES: Mapping[str, str] = {
    "601": "primariesin=170m:transferin=601:matrixin=170m",
    "2020": "primariesin=2020:transferin=2020_10:matrixin=2020_ncl",
}

_CURVES: Mapping[str, str] = {"PRESERVE_DETAILS": "hable", "VIBRANT": "mobius"}
"""HdrToSdrToneMapper as ffmpeg's curves: hable compresses highlights, mobius keeps mid-tones."""


def color_filters(description: Mapping[str, Any], track: VideoTrack) -> list[str]:
    """Return the filters that end in 8-bit 4:2:0 with the colours that a VideoDescription asks for.

    Raises:
        JobError: 1040, when the input is HDR and no conversion is asked for. MediaConvert would
            make an 8-bit picture with HDR tags, which most players show washed out.
    """
    corrector = description.get("VideoPreprocessors", {}).get("ColorCorrector", {})
    is_converted = corrector.get("ColorSpaceConversion", "NONE") == "FORCE_709"
    if track.is_hdr and not is_converted:
        raise JobError(
            JobError.INCOMPATIBLE_SETTINGS,
            "The input is HDR (PQ or HLG) and the output 8-bit: without a conversion it would look"
            " washed out. Set VideoPreprocessors.ColorCorrector.ColorSpaceConversion to FORCE_709.",
        )
    conversion = _to_bt709(corrector, track) if is_converted else []
    filters = [*conversion, "format=yuv420p"]
    if description.get("ColorMetadata", "INSERT") == "IGNORE":
        filters.append("setparams=color_primaries=unknown:color_trc=unknown:colorspace=unknown")
    elif conversion:
        filters.append("setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709")
    return filters


def _to_bt709(corrector: Mapping[str, Any], track: VideoTrack) -> list[str]:
    """Return what a picture needs to become BT.709: nothing when it is, or does not say."""
    if track.is_hdr:
        mapper = corrector.get("HdrToSdrToneMapper", "PRESERVE_DETAILS")
        return _tone_mapping(track, mapper if track.transfer == PQ else "PRESERVE_DETAILS")
    if track.matrix in _BT2020:
        return [f"zscale={_SDR_SOURCES['2020']}:{_TO_BT709}"]
    if track.matrix in _BT601:
        return [f"zscale={_SDR_SOURCES['601']}:{_TO_BT709}"]
    return []


def _tone_mapping(track: VideoTrack, mapper: str) -> list[str]:
    """HDR to SDR: linear light relative to 100 nits, BT.709 primaries, then a curve."""
    transfer = "smpte2084" if track.transfer == PQ else "arib-std-b67"
    return [
        f"zscale=primariesin=2020:transferin={transfer}:matrixin=2020_ncl:transfer=linear:npl=100",
        "format=gbrpf32le",
        "zscale=primaries=709",
        f"tonemap={_CURVES[mapper]}:desat=0",
        f"zscale={_TO_BT709}",
    ]
