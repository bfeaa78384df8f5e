"""Which settings make AWS bill a MediaConvert output beyond its basic tier.

AWS's comparison of the two tiers is a page that cannot be read by a program. What is known of it:
the basic tier has AVC in one pass, VP8 and VP9, clipping, stitching and static overlays (the
pricing page). What a source says to be professional is in the table with the source; so is what
processes picture or sound and no source speaks of, since a wrong guess costs several times the
price. What is in neither the table nor the pricing page's list is taken for basic, such as the
conversion of HDR to SDR.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from components.presets.service_model import Member, members


class Tier(Enum):
    """How an output with a setting is billed."""

    PROFESSIONAL = "professional"
    UNKNOWN = "not known"
    """No page of AWS's and no bill that could be read says it."""


@dataclass(frozen=True, kw_only=True)
class Feature:
    """A setting that may cost more than the basic price."""

    title: str
    members: tuple[str, ...]
    """Members of the model that turn it on, with the name of their object where others have them
    too."""

    values: frozenset[str] | None = None
    """Which values do; None where the member itself does."""

    basic_values: frozenset[str] = frozenset()
    """Which values do not."""

    tier: Tier = Tier.PROFESSIONAL
    source: str

    def is_on(self, member: Member) -> bool:
        """Tell whether a member of a document turns it on."""
        _, _, bare = member.name.rpartition(".")
        if member.name not in self.members and bare not in self.members:
            return False
        if self.values is not None:
            return member.value in self.values
        is_basic = isinstance(member.value, str) and member.value in self.basic_values
        return member.value != [] and not is_basic


class Costly(NamedTuple):
    """A setting of a document that may cost more than the basic price."""

    setting: str
    """Its path and value."""

    tier: Tier


_MODEL = "MediaConvert's service model"
_PRICING = "the pricing page"
_NOWHERE = "none found"

FEATURES = (
    Feature(
        title="accelerated transcoding",
        members=("AccelerationSettings.Mode",),
        basic_values=frozenset({"DISABLED"}),
        source=_MODEL,
    ),
    Feature(
        title="advanced input filter",
        members=("AdvancedInputFilter",),
        values=frozenset({"ENABLED"}),
        source=_MODEL,
    ),
    Feature(
        title="automated ABR",
        members=("AutomatedEncodingSettings",),
        source='the User Guide, "Automated ABR frequently asked questions"',
    ),
    Feature(
        title="two passes",
        members=("QualityTuningLevel",),
        values=frozenset({"MULTI_PASS_HQ"}),
        source=_MODEL,
    ),
    Feature(title="bandwidth reduction", members=("BandwidthReductionFilter",), source=_MODEL),
    Feature(
        title="motion-compensated frame rates",
        members=("FramerateConversionAlgorithm",),
        values=frozenset({"FRAMEFORMER"}),
        source=_MODEL,
    ),
    Feature(
        title="other video codecs than H.264, VP8 and VP9",
        members=("VideoCodecSettings.Codec",),
        basic_values=frozenset({"FRAME_CAPTURE", "H_264", "PASSTHROUGH", "VP8", "VP9"}),
        source=_PRICING,
    ),
    Feature(
        title="Dolby audio",
        members=("AudioCodecSettings.Codec",),
        values=frozenset({"AC3", "AC4", "EAC3", "EAC3_ATMOS"}),
        source=_PRICING,
    ),
    Feature(
        title="audio normalization",
        members=("AudioNormalizationSettings",),
        source=f"{_PRICING}: an add-on of the professional tier",
    ),
    Feature(title="Dolby Vision, HDR10+", members=("DolbyVision", "Hdr10Plus"), source=_PRICING),
    Feature(
        title="deinterlacing",
        members=("Deinterlacer",),
        source=(
            "the change logs of two of AWS's solutions, video-on-demand-on-aws 5.3.0 and "
            "video-on-demand-on-aws-foundation 1.1.0"
        ),
    ),
    Feature(
        title="captions in the picture",
        members=("CaptionDestinationSettings.DestinationType",),
        values=frozenset({"BURN_IN"}),
        source=f"{_PRICING}, as a public comparison of prices reads it",
    ),
    Feature(
        title="noise reduction",
        members=("NoiseReducer",),
        tier=Tier.UNKNOWN,
        source=_NOWHERE,
    ),
    Feature(
        title="noise reduction and deblocking of the input",
        members=("DenoiseFilter", "DeblockFilter"),
        values=frozenset({"ENABLED"}),
        tier=Tier.UNKNOWN,
        source=_NOWHERE,
    ),
    Feature(
        title="motion images and video overlays",
        members=("MotionImageInserter", "MotionImageInserters", "VideoOverlays"),
        tier=Tier.UNKNOWN,
        source=f"{_PRICING} has static overlays in the basic tier",
    ),
    Feature(
        title="watermarks of Kantar, Nielsen and NexGuard",
        members=("KantarWatermark", "NielsenNonLinearWatermark", "PartnerWatermarking"),
        tier=Tier.UNKNOWN,
        source=_NOWHERE,
    ),
    Feature(
        title="H.264 with 10 bits or 4:2:2",
        members=("H264Settings.CodecProfile",),
        values=frozenset({"HIGH_10BIT", "HIGH_422", "HIGH_422_10BIT"}),
        tier=Tier.UNKNOWN,
        source=f'{_PRICING} has "limited AVC" in the basic tier',
    ),
    Feature(
        title="encrypted segments (DRM)",
        members=(
            "CmafGroupSettings.Encryption",
            "DashIsoGroupSettings.Encryption",
            "HlsGroupSettings.Encryption",
            "MsSmoothGroupSettings.Encryption",
        ),
        tier=Tier.UNKNOWN,
        source=_NOWHERE,
    ),
)
"""What may cost more, with who says so."""


def costly_settings(job: Mapping[str, Any]) -> Iterator[Costly]:
    """Yield every setting that leaves the basic tier, or may.

    Args:
        job: a valid job document.
    """
    for member in members(job):
        for feature in FEATURES:
            if feature.is_on(member):
                value = f" {member.value}" if isinstance(member.value, str) else ""
                yield Costly(f"{member.path}{value}", feature.tier)
