"""What presets are estimated to cost, checked against arithmetic by hand."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.estimate.encode_price import Source
from components.estimate.report import NOT_PRICED, rendition_cost, report, upload_cost
from components.estimate.text import text
from components.presets import Preset, PresetArgs, resolve
from components.presets.catalogue import CATALOGUE


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
    assert round(2 * 0.0000002 + 0.75 * 0.0000133334, 8) == cost["lambda"]
    assert (0.0000024, 0.0000005) == (cost["sqs"], cost["sns"])
    assert round(16 * 0.000000625 + 4 * 0.000000125, 8) == cost["dynamodb"]


def test_an_upload_itself_by_hand() -> None:
    """What does not depend on presets: an hour at 10 Mbit/s is 4.5 GB, kept for a month."""
    cost = upload_cost(Source(seconds=3600)).rounded()

    assert round(537 * 0.000005 + 4.5 * 0.023, 8) == cost["s3"]
    assert (0, 0, 0) == (cost["mediaconvert"], cost["lambda"], cost["sqs"])
    assert 0.000001 == cost["sns"]
    assert round(7 * 0.000000625 + 2 * 0.000000125, 8) == cost["dynamodb"]


def _webm() -> dict[str, Any]:
    """A job of the user's own in the other codec of the basic tier."""
    output = {
        "ContainerSettings": {"Container": "WEBM"},
        "VideoDescription": {
            "Width": 640,
            "Height": 360,
            "CodecSettings": {"Codec": "VP9", "Vp9Settings": {"RateControlMode": "VBR"}},
        },
    }
    group = {"Type": "FILE_GROUP_SETTINGS", "FileGroupSettings": {}}
    return {"Inputs": [{}], "OutputGroups": [{"OutputGroupSettings": group, "Outputs": [output]}]}


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
    plain, costly = (
        _catalogue("480p"),
        _catalogue("720p", deinterlace=True, allow_professional_tier=True),
    )

    assert [*NOT_PRICED] == report([plain])["not_priced"]
    *general, last = report([plain, costly])["not_priced"]
    assert [*NOT_PRICED] == general
    assert (
        "720p: Settings.OutputGroups[0].Outputs[0].VideoDescription.VideoPreprocessors.Deinterlacer"
        " is billed at the professional tier, whose factors are not in the table of prices"
    ) == last


def test_what_is_counted_like_something_else_is_named() -> None:
    """Once for each preset, whatever the number of its outputs."""
    *general, last = report([_preset(kind="thumbnails")])["not_priced"]

    assert [*NOT_PRICED] == general
    assert "own: FRAME_CAPTURE is counted like H.264 of its size, the most it costs" == last


def _row_titles(*presets: Preset) -> list[str]:
    """Return the first column of the table for an hour of source."""
    table = text(report(presets)).split("\n\n")[1]
    _, _, *rows = table.splitlines()
    return [row.split("  ")[0] for row in rows]


@pytest.mark.parametrize(
    "preset",
    [
        pytest.param(
            _preset(width=640, height=360, deinterlace=True, allow_professional_tier=True),
            id="the professional tier",
        ),
        pytest.param(_preset(settings=_webm()), id="a codec without a price"),
    ],
)
def test_the_table_says_at_least_where_no_more_is_known(preset: Preset) -> None:
    """Nobody takes the least that something can cost for its price."""
    assert ["480p", "own, at least", "upload itself", "total, at least"] == _row_titles(
        _catalogue("480p"), preset
    )


def test_the_table_says_between_which_prices_an_upright_picture_lies() -> None:
    """By its width 720x1280 is high definition, by its height more; AWS does not say which."""
    upright = _preset(width=720, height=1280)
    table = report([upright], seconds=60)["per_hour_of_source"]

    assert 60 * 4 * 0.0075 == pytest.approx(table["presets"]["own"]["mediaconvert"])
    assert 60 * 2 * 0.0075 == pytest.approx(table["lowest"]["presets"]["own"]["mediaconvert"])
    assert ["own, from", "own, to", "upload itself", "total, from", "total, to"] == _row_titles(
        upright
    )


def test_the_total_is_no_more_certain_than_its_parts() -> None:
    """With a part whose price is not known the total is the least of every part."""
    upright = _catalogue("240p", width=720, height=1280)
    costly = _preset(width=640, height=360, deinterlace=True, allow_professional_tier=True)
    hour = report([upright, costly])["per_hour_of_source"]

    assert hour["lowest"]["total"] == hour["total"]
    assert 60 * (2 + 1) * 0.0075 == pytest.approx(hour["total"]["mediaconvert"])


def test_a_ladder_of_one_size_makes_no_copies() -> None:
    """There is nothing to compare it with."""
    assert [] == report([_preset(kind="hls", ladder=["720p"])])["copies"]
    assert [] == report([_preset(kind="cmaf", ladder=["720p"])])["copies"]


def test_copies_cost_at_least_what_is_known() -> None:
    """The frame rate counts, and a price that is not known is not promised."""
    ladder = _preset(
        kind="hls",
        ladder=["360p", "480p"],
        frame_rate=60,
        deinterlace=True,
        allow_professional_tier=True,
    )
    (sentence,) = report([ladder])["copies"]

    assert sentence.endswith("each billed: at least $1.12 for an hour instead of $0.56")


def test_what_a_ladder_costs_a_small_upload_is_said() -> None:
    """Three sizes of an upload that fills none but the smallest are the same picture."""
    ladder = _preset(kind="hls", ladder=["720p", "360p", "1080p"])
    estimate = report([ladder, _catalogue("1080p")])

    sentence = (
        "own: an upload of 640x360 or less becomes 3 equal pictures (720p, 360p, 1080p), each "
        "billed: $1.35 for an hour instead of $0.45"
    )

    assert [sentence] == estimate["copies"]
    assert f"  - {sentence}" in text(estimate).splitlines()


def test_the_tables_for_people() -> None:
    """Two tables have a row for each preset, one for what they share, and the total."""
    presets = resolve([{"name": "720p"}, {"name": "480p"}])

    lines = [" ".join(line.split()) for line in text(report(presets, seconds=90)).splitlines()]

    titles = "total MediaConvert Lambda SQS SNS S3 DynamoDB"
    assert [
        "US dollars, us-east-1, prices of 2026-09-29. An upload is taken to have 1080 lines,",
        "30 frames per second and 10 Mbit/s; S3 keeps it and its renditions for a month.",
        "",
        "An hour of source",
        titles,
        "720p 0.9444 0.9000 <0.0001 <0.0001 <0.0001 0.0444 <0.0001",
        "480p 0.4622 0.4500 <0.0001 <0.0001 <0.0001 0.0122 <0.0001",
        "upload itself 0.1062 0.0000 0.0000 0.0000 <0.0001 0.1062 <0.0001",
        "total 1.5128 1.3500 <0.0001 <0.0001 <0.0001 0.1628 <0.0001",
        "",
        "1,000 uploads of 1.5 min",
        titles,
        "720p 23.6358 22.5000 0.0104 0.0024 0.0005 1.1120 0.0105",
    ] == lines[:13]
    assert "Not in it:" in lines
    assert [f"- {what}" for what in NOT_PRICED] == lines[-len(NOT_PRICED) :]


def test_columns_stand_below_their_titles() -> None:
    """Every row of a table is as wide as its titles, and a small window holds it."""
    table = text(report(resolve([{"name": "720p"}]))).split("\n\n")[2]
    _, *rows = table.splitlines()

    assert 1 == len({len(row) for row in rows})
    assert len(rows[0]) <= 80


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
