"""What the presets will cost, before anything has been spent.

MediaConvert's part follows from each preset's job document, so it holds for a job of the user's own
as well. What the rest of the fan-out uses for an upload is counted in two constants. The estimate
leans to the high side: every picture fills its box at its highest bitrate. Not in it is what is
billed whether or not anything is uploaded, such as alarms, logs and the polling of idle queues.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from components import prices
from components.defaults import FUNCTION_MEMORY_MB
from components.job_settings import job_document
from components.preset import Preset
from components.professional_tier import professional_settings

_HOUR_SECONDS = 3_600
_DIGITS = 8
"""Behind the point of a dollar: a single request costs a few tenths of a millionth."""

_BITS_PER_GB = 8e9
_PART_BITS = 8 * 8 * 2**20
"""What one S3 request moves, 8 MiB; MediaConvert does not say how it reads and writes."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """An upload: what the costs depend on.

    The defaults are a phone's or a screen recorder's video.
    """

    seconds: float
    frame_rate: float = 30
    height: int = 1_080
    bitrate: float = 10e6
    """Bit/s."""


@dataclass(frozen=True, kw_only=True)
class Use:
    """What the fan-out itself uses, beside MediaConvert and the bytes in S3."""

    function_calls: float = 0
    function_seconds: float = 0
    sqs_requests: float = 0
    sns_publishes: float = 0
    s3_puts: float = 0
    dynamodb_writes: float = 0
    dynamodb_reads: float = 0


UPLOAD_USE = Use(s3_puts=1, sns_publishes=2, dynamodb_writes=2)
"""For an upload: itself, S3's notification, the announcement of the asset and its ledger item."""

RENDITION_USE = Use(
    function_calls=2,
    function_seconds=1.5,
    sqs_requests=6,
    sns_publishes=1,
    dynamodb_writes=5,
    dynamodb_reads=2,
)
"""For an upload and preset: `submit_job` (1 s) and `job_outcome` (0.5 s), a message sent, received
and deleted in the queue of each, the announcement, and the ledger's claim, job, outcome, and
announcement owed and sent."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Dollars, by the service that bills them."""

    mediaconvert: float = 0
    functions: float = 0
    sqs: float = 0
    sns: float = 0
    s3: float = 0
    dynamodb: float = 0

    def __add__(self, other: "Cost") -> "Cost":
        """Add part by part."""
        return Cost(
            **{
                part.name: getattr(self, part.name) + getattr(other, part.name)
                for part in fields(self)
            }
        )

    def times(self, count: float) -> "Cost":
        """Multiply every part.

        Args:
            count: how many times.
        """
        return Cost(**{name: count * dollars for name, dollars in asdict(self).items()})

    def rounded(self) -> dict[str, float]:
        """Return the parts and their `total`, without the noise of floating point."""
        parts = asdict(self)
        return {
            name: round(dollars, _DIGITS)
            for name, dollars in {**parts, "total": sum(parts.values())}.items()
        }


def report(presets: Sequence[Preset], *, seconds: float = 600) -> dict[str, Any]:
    """Estimate an hour of source, and a thousand uploads, for each preset and in total.

    Args:
        presets: the fan-out's.
        seconds: the length of an upload.

    Returns:
        JSON: the date and region of the prices; `per_hour_of_source` and `per_thousand_uploads`,
        each with dollars by part for every one of `presets`, for what they have in `common`, and in
        `total`; `not_priced`, the settings that cost more than is counted, because AWS's factors
        for them are not known.
    """
    return {
        "currency": "USD",
        "prices_as_of": prices.AS_OF,
        "region": prices.REGION,
        "upload_seconds": seconds,
        "per_hour_of_source": _table(presets, Source(seconds=_HOUR_SECONDS), count=1),
        "per_thousand_uploads": _table(presets, Source(seconds=seconds), count=1_000),
        "not_priced": [
            f"{preset.name}: {setting}"
            for preset in presets
            for setting in professional_settings(job_document(preset))
        ],
    }


def _table(presets: Sequence[Preset], source: Source, *, count: int) -> dict[str, Any]:
    renditions = {preset.name: rendition_cost(preset, source) for preset in presets}
    common = _use_cost(UPLOAD_USE)
    return {
        "presets": {name: cost.times(count).rounded() for name, cost in renditions.items()},
        "common": common.times(count).rounded(),
        "total": sum(renditions.values(), common).times(count).rounded(),
    }


def rendition_cost(preset: Preset, source: Source) -> Cost:
    """Estimate what a preset makes of one upload: the job, the calls, and a month in S3.

    Args:
        preset: resolved.
        source: the upload.
    """
    outputs = list(_outputs(preset))
    bits = source.seconds * sum(map(_bitrate, outputs))
    parts_read = math.ceil(source.seconds * source.bitrate / _PART_BITS)
    parts_written = max(len(outputs), math.ceil(bits / _PART_BITS))
    in_s3 = (
        parts_read * prices.S3_GET
        + parts_written * prices.S3_PUT
        + bits / _BITS_PER_GB * prices.S3_GB_MONTH
    )
    encode = sum(_output_price(output, source) for output in outputs)
    return Cost(mediaconvert=encode, s3=in_s3) + _use_cost(RENDITION_USE)


def _use_cost(use: Use) -> Cost:
    gb_seconds = use.function_seconds * FUNCTION_MEMORY_MB / 1_024
    return Cost(
        functions=(
            use.function_calls * prices.LAMBDA_REQUEST + gb_seconds * prices.LAMBDA_GB_SECOND
        ),
        sqs=use.sqs_requests * prices.SQS_REQUEST,
        sns=use.sns_publishes * prices.SNS_PUBLISH,
        s3=use.s3_puts * prices.S3_PUT,
        dynamodb=(
            use.dynamodb_writes * prices.DYNAMODB_WRITE + use.dynamodb_reads * prices.DYNAMODB_READ
        ),
    )


def _outputs(preset: Preset) -> Iterator[Mapping[str, Any]]:
    for group in job_document(preset)["Settings"]["OutputGroups"]:
        yield from group["Outputs"]


def _output_price(output: Mapping[str, Any], source: Source) -> float:
    minutes = max(prices.SHORTEST_OUTPUT_SECONDS, math.ceil(source.seconds)) / 60
    video = output.get("VideoDescription")
    if video is None:
        return minutes * prices.SOUND_MINUTE
    height = video.get("Height", source.height)
    # AWS names no price for stills; they are counted as a video of their size, which is the most
    # that they could cost.
    factor = _factor(prices.RESOLUTION_FACTORS, height) * _factor(
        prices.FRAME_RATE_FACTORS, _frame_rate(video, source)
    )
    return minutes * factor * prices.NORMALIZED_MINUTE


def _factor(factors: Mapping[int, float], value: float) -> float:
    """Look a value up; beyond the table the highest factor counts."""
    fitting = (factor for highest, factor in factors.items() if value <= highest)
    return next(fitting, max(factors.values()))


def _codec_settings(video: Mapping[str, Any]) -> Mapping[str, Any]:
    settings: Mapping[str, Any] = next(
        (value for name, value in video.get("CodecSettings", {}).items() if name != "Codec"), {}
    )
    return settings


def _frame_rate(video: Mapping[str, Any], source: Source) -> float:
    settings = _codec_settings(video)
    if "FramerateNumerator" in settings and "FramerateDenominator" in settings:
        return float(settings["FramerateNumerator"] / settings["FramerateDenominator"])
    return source.frame_rate


def _bitrate(output: Mapping[str, Any]) -> float:
    video = _codec_settings(output.get("VideoDescription", {}))
    sounds = [
        value.get("Bitrate", 0)
        for audio in output.get("AudioDescriptions", [])
        for name, value in audio.get("CodecSettings", {}).items()
        if name != "Codec"
    ]
    return float(video.get("MaxBitrate", video.get("Bitrate", 0)) + sum(sounds))
