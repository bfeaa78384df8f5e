"""Entries of the configuration that the reference allows, for tests of what holds for all."""

from typing import Any

from hypothesis import strategies as st

from components.presets.catalogue import CATALOGUE
from components.presets.codec_rules import aac_bitrates
from components.presets.elastic_transcoder import SYSTEM_PRESETS


def _even(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low // 2, high // 2).map(lambda half: 2 * half)


_NUMBERS: dict[str, st.SearchStrategy[Any]] = {
    "quality": st.integers(1, 10),
    "max_bitrate": st.integers(1_000, 150_000_000),
    "frame_rate": st.integers(1, 60) | st.sampled_from([23.976, 29.97, 59.94]),
    "hdr_to_sdr": st.booleans(),
    "deinterlace": st.booleans(),
    "audio_bitrate": st.sampled_from(aac_bitrates("CODING_MODE_2_0", 48_000)),
    "priority": st.integers(-50, 50),
}
_SIZES: dict[str, st.SearchStrategy[Any]] = {"width": _even(32, 4096), "height": _even(32, 2160)}
_KNOWN: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {"name": st.sampled_from(list(CATALOGUE))}, optional=_NUMBERS
)
_NEW: st.SearchStrategy[Any] = st.fixed_dictionaries(
    # No reserved word begins with a or b, and no name that ends in one of them ends in `-dlq`.
    {"name": st.from_regex(r"[ab0-9]([a-z0-9-]{0,30}[ab0-9])?", fullmatch=True), **_SIZES},
    optional=_NUMBERS,
)
_UPRIGHT = _NEW.map(lambda entry: {**entry, "width": entry["height"], "height": entry["width"]})


_SOUNDS: dict[str, st.SearchStrategy[Any]] = {
    "audio_bitrate": st.sampled_from([64_000, 128_000, 256_000]),
    "audio_sample_rate": st.sampled_from([44_100, 48_000]),
    "audio_channels": st.sampled_from([1, 2]),
}
_PICTURES: dict[str, st.SearchStrategy[Any]] = {
    "hdr_to_sdr": st.booleans(),
    "deinterlace": st.booleans(),
}
_OTHER_KINDS: st.SearchStrategy[Any] = st.one_of(
    st.fixed_dictionaries(
        {"name": st.just("own"), "kind": st.sampled_from(["hls", "cmaf"])},
        optional={
            "ladder": st.lists(st.sampled_from(list(CATALOGUE)), min_size=1, unique=True),
            "segment_seconds": st.integers(1, 30),
            "frame_rate": _NUMBERS["frame_rate"],
            **_PICTURES,
            **_SOUNDS,
        },
    ),
    st.fixed_dictionaries(
        {"name": st.just("own"), "kind": st.just("thumbnails")},
        optional={
            "width": _even(32, 4096),
            "height": _even(32, 4096),
            "interval": st.integers(1, 3600),
            "poster_at": st.integers(1, 3600),
            **_PICTURES,
        },
    ),
    st.fixed_dictionaries({"name": st.just("own"), "kind": st.just("audio")}, optional=_SOUNDS),
)
_TRANSLATED: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {
        "name": st.just("own"),
        "elastic_transcoder_preset": st.sampled_from(list(SYSTEM_PRESETS)),
    }
)

ENTRIES: st.SearchStrategy[Any] = _KNOWN | _NEW | _UPRIGHT | _OTHER_KINDS | _TRANSLATED
"""Every field within its limits; `allow_professional_tier` has to be added."""
