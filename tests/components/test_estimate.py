"""What presets are estimated to cost, checked against arithmetic by hand."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.estimate import Source, rendition_cost, report
from components.estimate_text import table
from components.preset import Preset, PresetArgs
from components.presets import CATALOGUE, resolve


def _preset(**fields: Any) -> Preset:
    return _catalogue("own", **fields)


def _catalogue(name: str, **fields: Any) -> Preset:
    entry: Any = {"name": name, **fields}
    (preset,) = resolve([entry])
    return preset


def test_an_hour_of_720p_by_hand() -> None:
    """60 min x 2 normalized minutes x $0.0075 are $0.90; 4.16 Mbit/s for an hour are 1.872 GB."""
    cost = rendition_cost(_catalogue("720p"), Source(seconds=3600)).rounded()

    assert 0.9 == cost["mediaconvert"]
    # 10 Mbit/s read in 537 parts, 4.16 Mbit/s written in 224 parts, and kept for a month.
    assert round(537 * 0.0000004 + 224 * 0.000005 + 1.872 * 0.023, 8) == cost["s3"]
    # Two calls and 1.5 s of half a GB.
    assert round(2 * 0.0000002 + 0.75 * 0.0000133334, 8) == cost["functions"]
    assert (0.0000024, 0.0000005, 0.00000338) == (cost["sqs"], cost["sns"], cost["dynamodb"])


@pytest.mark.parametrize(
    ("preset", "normalized_minutes"),
    [
        pytest.param(_catalogue("480p"), 1, id="standard definition"),
        pytest.param(_catalogue("720p"), 2, id="high definition begins at 720 lines"),
        pytest.param(_catalogue("1080p"), 2, id="high definition ends at 1080 lines"),
        pytest.param(_catalogue("1440p"), 4, id="beyond it"),
        pytest.param(_catalogue("480p", frame_rate=60), 1.25, id="more than 30 frames per second"),
        pytest.param(_catalogue("720p", frame_rate=29.97), 2, id="up to 30 frames per second"),
        pytest.param(_preset(width=2160, height=4096), 4, id="beyond the table"),
        pytest.param(_preset(kind="hls", ladder=["240p", "720p"]), 3, id="every size counts"),
        pytest.param(_preset(kind="thumbnails"), 1 + 2 + 1, id="stills, poster and video count"),
    ],
)
def test_a_minute_counts_by_resolution_and_frame_rate(
    preset: Preset, normalized_minutes: float
) -> None:
    """A minute of output is so many normalized minutes at $0.0075."""
    cost = rendition_cost(preset, Source(seconds=60)).rounded()

    assert round(normalized_minutes * 0.0075, 8) == cost["mediaconvert"]


def test_sound_alone_has_a_price_of_its_own() -> None:
    """A minute without a picture is $0.005."""
    cost = rendition_cost(_preset(kind="audio"), Source(seconds=60)).rounded()

    assert 0.005 == cost["mediaconvert"]


def test_a_fast_source_costs_more() -> None:
    """A preset that keeps the source's frame rate costs what that rate costs."""
    cost = rendition_cost(_catalogue("480p"), Source(seconds=60, frame_rate=60)).rounded()

    assert round(1.25 * 0.0075, 8) == cost["mediaconvert"]


@pytest.mark.parametrize(("seconds", "billed"), [(0.1, 10), (10, 10), (10.2, 11), (59.5, 60)])
def test_seconds_are_rounded_up_from_ten(seconds: float, billed: int) -> None:
    """An output is billed in whole seconds, and for ten at least."""
    cost = rendition_cost(_catalogue("480p"), Source(seconds=seconds)).rounded()

    assert round(billed / 60 * 0.0075, 8) == cost["mediaconvert"]


def test_presets_and_what_they_share_add_up() -> None:
    """The total is what every preset costs, and the upload itself once."""
    presets = resolve([{"name": "720p"}, {"name": "1080p"}])
    hour = report(presets)["per_hour_of_source"]

    assert ["720p", "1080p"] == list(hour["presets"])
    assert hour["total"]["total"] == pytest.approx(
        hour["presets"]["720p"]["total"]
        + hour["presets"]["1080p"]["total"]
        + hour["common"]["total"]
    )


def test_a_thousand_uploads_are_a_thousand_times_one() -> None:
    """Nothing is shared between uploads."""
    preset = _catalogue("720p")
    thousand = report([preset], seconds=90)["per_thousand_uploads"]["presets"]["720p"]

    assert rendition_cost(preset, Source(seconds=90)).times(1_000).rounded() == thousand


def test_what_has_no_known_price_is_named() -> None:
    """A setting of the professional tier is told, since its factor is not known."""
    presets = [_catalogue("720p", deinterlace=True, allow_professional_tier=True)]

    assert [
        "720p: Settings.OutputGroups[0].Outputs[0].VideoDescription.VideoPreprocessors.Deinterlacer"
    ] == report(presets)["not_priced"]


def test_the_table_for_people() -> None:
    """The table has a row for each preset, one for what they share, and the total."""
    presets = resolve(
        [
            {"name": "720p"},
            {"name": "480p", "deinterlace": True, "allow_professional_tier": True},
        ]
    )

    first, titles, *rows, last = table(report(presets, seconds=60)).splitlines()

    assert "US dollars in us-east-1, prices of 2026-09-29; an upload has 60 s." == first
    assert "1 h source 1000 uploads MediaConvert Lambda SQS SNS S3 DynamoDB" == " ".join(
        titles.split()
    )
    assert [
        "720p 0.9444 15.7579 15.0000 0.0104 0.0024 0.0005 0.7412 0.0034",
        "480p 0.4622 7.7249 7.5000 0.0104 0.0024 0.0005 0.2082 0.0034",
        "for all 0.0000 0.0073 0.0000 0.0000 0.0000 0.0010 0.0050 0.0013",
        "total 1.4066 23.4900 22.5000 0.0208 0.0048 0.0020 0.9544 0.0080",
    ] == [" ".join(row.split()) for row in rows]
    assert (
        "Costs more than is shown, by a factor that is not known: 480p: Settings.OutputGroups[0]."
        "Outputs[0].VideoDescription.VideoPreprocessors.Deinterlacer"
    ) == last


def test_columns_stand_below_their_titles() -> None:
    """Every row of the table is as wide as the titles."""
    _, *lines = table(report([_catalogue("720p")])).splitlines()

    assert 1 == len({len(line) for line in lines})


@given(
    name=st.sampled_from(list(CATALOGUE)),
    seconds=st.floats(0, 1e5),
    longer=st.floats(0, 1e5),
)
def test_a_longer_upload_never_costs_less(name: str, seconds: float, longer: float) -> None:
    """Every part of the cost grows with the length of the upload, or stays."""
    entry: PresetArgs = {"name": name}
    (preset,) = resolve([entry])
    short = rendition_cost(preset, Source(seconds=seconds)).rounded()
    long = rendition_cost(preset, Source(seconds=seconds + longer)).rounded()

    assert all(short[part] <= long[part] for part in short)
