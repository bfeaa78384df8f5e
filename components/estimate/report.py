"""What the presets will cost, before anything has been spent.

MediaConvert's part follows from each preset's job document, so it holds for a job of the user's own
as well. What the rest of the fan-out uses for an upload is counted in two constants. The estimate
leans to the high side: every picture fills its box at its highest bitrate.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

from components.defaults import FUNCTION_MEMORY_MB
from components.estimate import prices
from components.estimate.cost import Cost
from components.estimate.encode_price import (
    CHEAPER_CODECS,
    UNPRICED_CODECS,
    Source,
    highest_bitrate,
    output_price,
    video_codec,
)
from components.presets import Preset
from components.presets.job_settings import job_document
from components.presets.preset import Ladder
from components.presets.professional_tier import Tier, costly_settings

UPLOAD_SECONDS = 600
"""Length of an upload, unless another one is asked for."""

_HOUR_SECONDS = 3_600
_BITS_PER_GB = 8e9
_PART_BITS = 8 * 8 * 2**20
"""What one S3 request moves, 8 MiB, as AWS's own clients do; MediaConvert does not say."""

NOT_PRICED = (
    "what is billed without any upload: alarms, logs, and the requests with which Lambda polls",
    "downloads, and other traffic that leaves AWS or its region",
    "S3 after the first month",
    "attempts that are repeated, and what reconcile reads and sends again",
)
"""What a bill has and the estimate has not."""


@dataclass(frozen=True, kw_only=True)
class Use:
    """What the fan-out itself uses, beside MediaConvert and the bytes in S3."""

    function_calls: float = 0
    function_seconds: float = 0
    sqs_requests: float = 0
    sns_publishes: float = 0
    dynamodb_writes: float = 0
    dynamodb_reads: float = 0


UPLOAD_USE = Use(sns_publishes=2, dynamodb_writes=7, dynamodb_reads=2)
"""For an upload: S3's notification and the asset's announcement. In the ledger the newest version,
the asset's beginning and end, two of them with both indexes; the branches and the renditions read.
"""

RENDITION_USE = Use(
    function_calls=2,
    function_seconds=1.5,
    sqs_requests=6,
    sns_publishes=1,
    dynamodb_writes=16,
    dynamodb_reads=4,
)
"""For an upload and preset: `submit_job` (1 s) and `job_outcome` (0.5 s); a message sent, received
and deleted in the queue of each; the announcement. In the ledger six writes (claim, job, outcome,
announced, and the asset told of it, which is two), ten more that the indexes take for them, and
the asset and the rendition read once, the newest version twice."""


def report(presets: Sequence[Preset], *, seconds: float = UPLOAD_SECONDS) -> dict[str, Any]:
    """Estimate an hour of source, and a thousand uploads, for each preset and in total.

    Args:
        presets: the fan-out's.
        seconds: the length of an upload.

    Returns:
        JSON: the date and region of the prices; the `upload` that is assumed;
        `per_hour_of_source` (one upload of an hour) and `per_thousand_uploads`, each with dollars
        by part for every one of `presets`, for what they have in `common`, and in `total`, the same
        at its `lowest`, and the presets that cost `at_least` that; `copies`, what is paid for
        sizes above an upload's; `not_priced`, what a bill has beyond it.
    """
    source = Source(seconds=seconds)
    return {
        "currency": "USD",
        "prices_as_of": prices.AS_OF,
        "region": prices.REGION,
        "upload": asdict(source),
        "per_hour_of_source": _table(presets, Source(seconds=_HOUR_SECONDS), count=1),
        "per_thousand_uploads": _table(presets, source, count=1_000),
        "copies": list(chain.from_iterable(map(_copies, presets))),
        "not_priced": [*NOT_PRICED, *chain.from_iterable(map(_without_price, presets))],
    }


def rendition_cost(preset: Preset, source: Source, *, lowest: bool = False) -> Cost:
    """Estimate what a preset makes of one upload: the job, the calls, and a month in S3.

    Args:
        preset: resolved.
        source: the upload.
        lowest: whether the lower of two possible prices counts, as of an upright picture.
    """
    outputs = list(_outputs(preset))
    bits = source.seconds * sum(map(highest_bitrate, outputs))
    reading = _parts(source.seconds * source.bitrate) * prices.S3_GET
    # Every output is a file of its own.
    writing = max(len(outputs), _parts(bits)) * prices.S3_PUT
    return _use_cost(RENDITION_USE) + Cost(
        mediaconvert=sum(output_price(output, source, lowest=lowest) for output in outputs),
        s3=reading + writing + _month(bits),
    )


def upload_cost(source: Source) -> Cost:
    """Estimate what an upload costs once, whatever the presets: the calls, and a month in S3.

    Args:
        source: the upload.
    """
    bits = source.seconds * source.bitrate
    writing = max(1, _parts(bits)) * prices.S3_PUT
    return _use_cost(UPLOAD_USE) + Cost(s3=writing + _month(bits))


def has_unknown_price(preset: Preset) -> bool:
    """Tell whether a preset costs more than can be said, so that its cost is the least it can be.

    Args:
        preset: resolved.
    """
    has_other_codec = any(video_codec(output) in UNPRICED_CODECS for output in _outputs(preset))
    return has_other_codec or any(costly_settings(job_document(preset)))


def _table(presets: Sequence[Preset], source: Source, *, count: int) -> dict[str, Any]:
    at_least = [preset.name for preset in presets if has_unknown_price(preset)]
    lowest = {preset.name: rendition_cost(preset, source, lowest=True) for preset in presets}
    highest = {preset.name: rendition_cost(preset, source) for preset in presets}
    known = highest | {name: lowest[name] for name in at_least}
    common = upload_cost(source)
    return {
        "presets": _rounded(known, count),
        "common": common.times(count).rounded(),
        "total": _total(lowest if at_least else known, common, count),
        "lowest": {"presets": _rounded(lowest, count), "total": _total(lowest, common, count)},
        "at_least": at_least,
    }


def _rounded(costs: Mapping[str, Cost], count: int) -> dict[str, dict[str, float]]:
    return {name: cost.times(count).rounded() for name, cost in costs.items()}


def _total(costs: Mapping[str, Cost], common: Cost, count: int) -> dict[str, float]:
    return sum(costs.values(), common).times(count).rounded()


def _use_cost(use: Use) -> Cost:
    gb_seconds = use.function_seconds * FUNCTION_MEMORY_MB / 1_024
    return Cost(
        lambda_=use.function_calls * prices.LAMBDA_REQUEST + gb_seconds * prices.LAMBDA_GB_SECOND,
        sqs=use.sqs_requests * prices.SQS_REQUEST,
        sns=use.sns_publishes * prices.SNS_PUBLISH,
        dynamodb=(
            use.dynamodb_writes * prices.DYNAMODB_WRITE + use.dynamodb_reads * prices.DYNAMODB_READ
        ),
    )


def _parts(bits: float) -> int:
    return math.ceil(bits / _PART_BITS)


def _month(bits: float) -> float:
    return bits / _BITS_PER_GB * prices.S3_GB_MONTH


def _outputs(preset: Preset) -> Iterator[Mapping[str, Any]]:
    for group in job_document(preset)["Settings"]["OutputGroups"]:
        yield from group["Outputs"]


def _copies(preset: Preset) -> Iterator[str]:
    """Say what a ladder costs an upload that is smaller than its sizes: no picture is enlarged."""
    if not isinstance(preset.rendition, Ladder) or len(preset.rendition.pictures) == 1:
        return
    outputs = [output for output in _outputs(preset) if "VideoDescription" in output]
    pictures = [output["VideoDescription"] for output in outputs]
    areas = [picture["Width"] * picture["Height"] for picture in pictures]
    smallest = areas.index(min(areas))
    one = output_price(outputs[smallest], Source(seconds=_HOUR_SECONDS))
    box = f"{pictures[smallest]['Width']}x{pictures[smallest]['Height']}"
    yield (
        f"{preset.name}: an upload of {box} or less becomes {len(outputs)} equal pictures "
        f"({', '.join(preset.rendition.pictures)}), each billed: "
        f"{'at least ' if has_unknown_price(preset) else ''}${one * len(outputs):.2f} for an hour "
        f"instead of ${one:.2f}"
    )


def _without_price(preset: Preset) -> Iterator[str]:
    for setting, tier in costly_settings(job_document(preset)):
        is_billed = "is billed" if tier is Tier.PROFESSIONAL else "may be billed, AWS does not say,"
        yield (
            f"{preset.name}: {setting} {is_billed} at the professional tier, whose factors are not "
            "in the table of prices"
        )
    codecs = dict.fromkeys(video_codec(output) for output in _outputs(preset))
    for codec in codecs:
        if codec in CHEAPER_CODECS:
            yield f"{preset.name}: {codec} is counted like H.264 of its size, the most it costs"
        elif codec in UNPRICED_CODECS:
            yield (
                f"{preset.name}: {codec} is counted like H.264 of its size; its factors are not in "
                "the table of prices"
            )
