"""Rendering again on purpose: the price first, then a question, then the work."""

import io
import json
import sys
from typing import Any

import pytest

from components.estimate import report
from components.presets import resolve
from operate.__main__ import main
from operate.clients import Clients
from operate.price import Price
from tests.operate.cloud import Cloud
from tests.operate.test_operate_reconcile import FakeLambda

HOUR_OF_720P = 0.9444
"""Dollars, as the estimate has it."""

COUNTED = {"finished": True, "place": "", "looked_at": 3, "asked_for": 3, "measured_seconds": 7200}


class Terminal(io.StringIO):
    """A person's answer."""

    def isatty(self) -> bool:
        """It is a terminal."""
        return True


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> FakeLambda:
    """The function of a stack with an estimate."""
    fake = FakeLambda([dict(COUNTED), dict(COUNTED)])
    monkeypatch.setattr(Clients, "functions", fake)
    cloud.outputs["estimate"] = report(resolve([{"name": "720p"}]))
    return fake


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Sit at a terminal and type."""
    monkeypatch.setattr(sys, "stdin", Terminal(text))


@pytest.mark.parametrize("text", ["y\n", "Yes\n"])
def test_the_price_is_told_and_a_yes_goes_on(
    cloud: Cloud,
    function: FakeLambda,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
) -> None:
    """It is counted in a dry run before, with the same request."""
    answer(monkeypatch, text)

    assert 0 == main(["render-again", "720p", "--prefix", "a/", "--outputs", cloud.outputs_file])

    request = {"task": "render-again", "preset": "720p", "place": "", "prefix": "a/"}
    assert [{**request, "dry_run": dry} for dry in (True, False)] == function.events
    assert "3 uploads to render again for 720p: about $1.89.\n" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["n\n", "\n", ""])
def test_anything_but_yes_renders_nothing(
    cloud: Cloud, function: FakeLambda, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """Nothing is the answer of somebody who does not know."""
    answer(monkeypatch, text)
    with pytest.raises(SystemExit) as end:
        main(["render-again", "720p", "--outputs", cloud.outputs_file])

    assert 1 == end.value.code
    assert [True] == [event["dry_run"] for event in function.events]


def test_nobody_to_ask_is_no_yes(
    cloud: Cloud,
    function: FakeLambda,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without a terminal and without --yes nothing is even counted."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    with pytest.raises(SystemExit) as end:
        main(["render-again", "720p", "--outputs", cloud.outputs_file])

    assert 2 == end.value.code
    assert "--yes" in capsys.readouterr().err
    assert [] == function.events


def test_yes_beforehand_asks_nobody(
    cloud: Cloud,
    function: FakeLambda,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And the line of JSON says what it cost, about."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    arguments = ["--key", "a.mp4", "--yes", "--json", "--outputs", cloud.outputs_file]

    assert 0 == main(["render-again", "720p", *arguments])

    [line] = map(json.loads, capsys.readouterr().out.splitlines())
    assert ("a.mp4", 3, False, pytest.approx(2 * HOUR_OF_720P, abs=1e-3)) == (
        line["key"],
        line["asked_for"],
        line["dry_run"],
        line["about_dollars"],
    )
    assert 2 == len(function.events)


def test_a_dry_run_needs_no_yes_and_renders_nothing(
    cloud: Cloud, function: FakeLambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It only counts."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    assert 0 == main(["render-again", "720p", "--dry-run", "--outputs", cloud.outputs_file])
    assert [True] == [event["dry_run"] for event in function.events]


def test_nothing_to_render_is_no_question(
    cloud: Cloud, function: FakeLambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A prefix without uploads ends well, after the count."""
    answer(monkeypatch, "y\n")
    function.answers = [{"finished": True, "place": ""}]

    assert 0 == main(["render-again", "720p", "--outputs", cloud.outputs_file])


def test_the_length_of_what_was_never_rendered_is_guessed_from_its_size() -> None:
    """An hour at the bitrate that the estimate assumes is an hour; the sentence says so."""
    estimate = report(resolve([{"name": "720p"}]))
    price = Price.of(estimate, "720p", {"unmeasured": 2, "unmeasured_bytes": 4_500_000_000})

    assert "about $0.94; the length of 2 of them is guessed from their size, at 10 Mbit/s" == (
        str(price)
    )


def test_a_price_that_lacks_something_is_a_least_one() -> None:
    """What the estimate has no price for is not in the sum."""
    presets: Any = [{"name": "720p", "deinterlace": True, "allow_professional_tier": True}]
    price = Price.of(report(resolve(presets)), "720p", {"measured_seconds": 3600})

    assert str(price).startswith("at least $")


def test_a_stack_without_an_estimate_has_no_price() -> None:
    """Outputs of another version, or of a preset that was added since."""
    assert None is Price.of({}, "720p", {"measured_seconds": 3600})
