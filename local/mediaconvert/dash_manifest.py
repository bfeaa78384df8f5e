"""The manifest (MPD) that DASH players read, of tracks in segments of fragmented mp4."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from local.mediaconvert.cmaf_variant import CmafVariant
from local.mediaconvert.media import UNDETERMINED
from local.mediaconvert.variant import relative

_NAMESPACE = "urn:mpeg:dash:schema:mpd:2011"
_PROFILE = "urn:mpeg:dash:profile:isoff-main:2011"
_TIMESCALE = 90_000
"""Units a second in which segments are measured."""


def dash_manifest(
    pictures: Sequence[CmafVariant], sounds: Sequence[CmafVariant], target_seconds: int
) -> str:
    """Return the text of a manifest.

    Args:
        pictures: What a player chooses from.
        sounds: Of these a player plays one beside the picture.
        target_seconds: What a segment should last.
    """
    seconds = max(variant.seconds for variant in (*pictures, *sounds))
    manifest = ET.Element(
        "MPD",
        {
            "xmlns": _NAMESPACE,
            "profiles": _PROFILE,
            "type": "static",
            "minBufferTime": f"PT{target_seconds}S",
            "mediaPresentationDuration": f"PT{seconds:.3f}S",
        },
    )
    period = ET.SubElement(manifest, "Period", {"id": "1", "start": "PT0S"})
    sets = [*([pictures] if pictures else []), *([sound] for sound in sounds)]
    number = 0
    for variants in sets:
        adaptation = ET.SubElement(period, "AdaptationSet", _adaptation(variants[0]))
        for variant in variants:
            number += 1
            adaptation.append(_representation(variant, str(number), target_seconds))
    ET.indent(manifest)
    return ET.tostring(manifest, encoding="unicode", xml_declaration=True) + "\n"


def _adaptation(variant: CmafVariant) -> dict[str, str]:
    kind, _, _ = variant.content_type.partition("/")
    language = variant.language
    return {
        "contentType": kind,
        "mimeType": variant.content_type,
        "segmentAlignment": "true",
        "startWithSAP": "1",
        **({"lang": language} if language and language != UNDETERMINED else {}),
    }


def _representation(variant: CmafVariant, number: str, target_seconds: int) -> ET.Element:
    attributes = {
        "id": number,
        "bandwidth": str(variant.peak_bits(target_seconds)),
        "codecs": ",".join(variant.codecs),
    }
    if video := variant.media.video:
        attributes |= {"width": str(video.width), "height": str(video.height)}
        if video.frame_rate:
            attributes["frameRate"] = str(video.frame_rate)
    if variant.media.audio:
        attributes["audioSamplingRate"] = str(variant.media.audio[0].sample_rate)
    representation = ET.Element("Representation", attributes)
    template = ET.SubElement(
        representation,
        "SegmentTemplate",
        {
            "timescale": str(_TIMESCALE),
            "media": variant.template,
            "initialization": relative(variant.initialization_uri),
            "startNumber": "1",
        },
    )
    timeline = ET.SubElement(template, "SegmentTimeline")
    start, seconds = 0, 0.0
    for segment in variant.segments:
        seconds += segment.seconds
        end = round(seconds * _TIMESCALE)
        ET.SubElement(timeline, "S", {"t": str(start), "d": str(end - start)})
        start = end
    return representation
