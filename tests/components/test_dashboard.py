"""The dashboard shows what there is, and CloudWatch takes it."""

import json
from itertools import combinations
from typing import Any

import pytest

from components import ArgumentError
from components.dashboard import dashboard_problems
from components.presets import resolve
from tests.components.conftest import SEVEN, TWO, stack
from tests.engine import PHYSICAL_SUFFIX, Program

DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
GRID_COLUMNS = 24


def widgets(program: Program) -> list[dict[str, Any]]:
    """What is on the page."""
    page = program.one(DASHBOARD, "videoconverter-dashboard").inputs
    found: list[dict[str, Any]] = json.loads(page["dashboardBody"])["widgets"]
    return found


@pytest.fixture(scope="module", params=[TWO, SEVEN], ids=["2", "7"])
def shown(request: pytest.FixtureRequest) -> Program:
    """Stacks that ask for it."""
    return stack(*request.param, dashboard=True)


def test_every_preset_has_every_number(shown: Program) -> None:
    """One column each, in the order in which an upload meets the numbers."""
    columns: dict[str, list[str]] = {}
    for widget in widgets(shown):
        preset, colon, number = widget["properties"]["title"].partition(": ")
        if colon:
            columns.setdefault(preset, []).append(number)

    assert shown.exports["queue_urls"].keys() == columns.keys()
    expected = ["waiting", "longest wait, seconds", "jobs completed", "jobs failed", "dead letters"]
    assert all(expected == numbers for numbers in columns.values())


def test_what_is_counted_is_of_the_chosen_time_and_what_waits_waits_now(shown: Program) -> None:
    """The most that ever waited in a month would look like an outage."""
    numbers = [w["properties"] for w in widgets(shown) if w["type"] == "metric"]

    assert {("Sum", True), ("Maximum", False)} == {
        (number["stat"], number["setPeriodToTimeRange"]) for number in numbers
    }


def test_every_number_is_of_something_that_exists(shown: Program) -> None:
    """A name that is misspelt shows nothing, and nobody would notice."""
    there = {r.outputs.get("name") for r in shown.resources} | {
        r.outputs.get("arn") for r in shown.resources
    }
    presets = shown.exports["queue_urls"].keys()
    metrics = [w["properties"]["metrics"][0] for w in widgets(shown) if w["type"] == "metric"]
    values = {value for metric in metrics for value in metric[3::2]}

    assert values
    assert set() == values - there - presets


def test_every_alarm_is_on_the_page(shown: Program) -> None:
    """Whoever looks sees at once whether something rings."""
    [listed] = [w["properties"]["alarms"] for w in widgets(shown) if w["type"] == "alarm"]
    alarms = shown.of_type("aws:cloudwatch/metricAlarm:MetricAlarm").values()

    assert sorted(alarm.outputs["arn"] for alarm in alarms) == sorted(listed)


def test_nothing_overlaps_and_nothing_sticks_out(shown: Program) -> None:
    """CloudWatch refuses a page that is wider than its grid, and shuffles what overlaps."""
    cells = [
        {
            (x, y)
            for x in range(w["x"], w["x"] + w["width"])
            for y in range(w["y"], w["y"] + w["height"])
        }
        for w in widgets(shown)
    ]

    assert all(one.isdisjoint(other) for one, other in combinations(cells, 2))
    assert all(0 <= x < GRID_COLUMNS for cell in cells for x, _ in cell)


def test_two_stacks_have_two_pages(shown: Program, program: Program) -> None:
    """A page has no ending of Pulumi's; the topic's name is unique. Without the option is none."""
    page = shown.one(DASHBOARD, "videoconverter-dashboard").inputs

    assert f"videoconverter-topic{PHYSICAL_SUFFIX}" == page["dashboardName"]
    assert {} == program.of_type(DASHBOARD)


def test_more_presets_than_a_page_holds_are_refused() -> None:
    """CloudWatch takes 500 widgets: two, and five for each preset."""
    presets = resolve([{"name": f"p{n}", "width": 320, "height": 180} for n in range(100)])

    assert [] == dashboard_problems(presets[:99])
    assert ["dashboard is true and there are 100 presets; it holds at most 99"] == (
        dashboard_problems(presets)
    )
    with pytest.raises(ArgumentError, match="dashboard is"):
        stack("720p", dashboard="yes")
