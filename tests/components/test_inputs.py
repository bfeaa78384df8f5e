"""What a caller may leave to other resources, and what of its options reaches the children."""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import Output
from pulumi.provider.experimental.util import camel_case

from components import ArgumentError, TranscodeFanout, TranscodeFanoutArgs
from components.arguments import INPUTS
from components.scope import FANOUT_TAG, PRESET_TAG
from tests.engine import COMPONENT, PARTS, ROOT, Program, run

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
FUNCTION = "aws:lambda/function:Function"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def later(value: Any) -> Output[Any]:
    """A value as another resource has it."""
    return Output.from_input(value)


def fanout(
    args: Callable[[], Mapping[str, Any]], opts: pulumi.ResourceOptions | None = None
) -> Program:
    """A program with one preset, these further arguments, and nothing else.

    Outputs belong to the event loop that runs the program, so they are made within it.
    """

    def program() -> None:
        arguments: Any = {"presets": [{"name": "720p"}], **args()}
        TranscodeFanout("films", arguments, opts)

    return run(program)


def test_an_alarm_notifies_a_topic_of_the_same_program() -> None:
    """`alarm_actions=[topic.arn]` is what people write."""

    def program() -> None:
        topic = aws.sns.Topic("alarms", name="alarms")
        TranscodeFanout(
            "films", TranscodeFanoutArgs(presets=[{"name": "720p"}], alarm_actions=[topic.arn])
        )

    alarms = run(program).of_type(ALARM)

    assert alarms
    assert {("arn:aws:sns:eu-central-1:111122223333:alarms",)} == {
        tuple(alarm.inputs["alarmActions"]) for alarm in alarms.values()
    }


PLAIN: Mapping[str, Any] = {
    "alarm_actions": ["arn:aws:sns:eu-central-1:111122223333:alarms"],
    "alarm_after_seconds": 7_200,
    "deletion_protection": True,
    "input_kms_key_arns": [KEY],
    "ledger_retention_days": 60,
    "log_retention_days": 90,
    "max_upload_bytes": 5_000,
    "maximum_concurrency": 3,
    "permissions_boundary": "arn:aws:iam::111122223333:policy/boundary",
    "tags": {"team": "video"},
}
"""A value of each argument that may be an Output."""


def holding(value: Any) -> Any:
    """The same list or object, with an Output in the place of each entry."""
    if isinstance(value, dict):
        return {key: later(entry) for key, entry in value.items()}
    return [later(entry) for entry in value]


def asked_for(program: Program) -> dict[str, Mapping[str, Any]]:
    """Every resource by URN, without archives, which are other objects in each run."""
    return {
        r.urn: {key: value for key, value in r.inputs.items() if key != "code"}
        for r in program.resources
    }


def test_an_output_is_as_good_as_its_value() -> None:
    """Whole, or within a list or an object, it comes to the same resources and properties."""
    whole = [name for name in INPUTS if name != "input_kms_key_arns"]
    filled = [name for name in INPUTS if isinstance(PLAIN[name], list | dict)]

    plain = asked_for(fanout(lambda: PLAIN))

    assert set(PLAIN) == set(INPUTS)
    assert plain == asked_for(fanout(lambda: {**PLAIN, **{n: later(PLAIN[n]) for n in whole}}))
    assert plain == asked_for(fanout(lambda: {**PLAIN, **{n: holding(PLAIN[n]) for n in filled}}))


def test_the_pages_for_other_programs_name_every_argument_that_may_be_an_output() -> None:
    """In the spelling of their languages."""
    own, other = (
        (ROOT / "docs" / f"{page}.md").read_text()
        for page in ("your-own-program", "from-other-languages")
    )

    assert [] == [name for name in INPUTS if f"`{name}`" not in own]
    assert [] == [name for name in INPUTS if f"`{camel_case(name)}`" not in other]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("presets", lambda: [{"name": later("720p")}]),
        ("suffixes", lambda: later([".mp4"])),
        ("force_destroy", lambda: later(True)),  # noqa: FBT003 -- a value
        ("input_kms_key_arns", lambda: later([KEY])),
    ],
)
def test_what_decides_what_is_created_has_to_be_known(name: str, value: Callable[[], Any]) -> None:
    """`if output:` is always true: nobody may come to rely on it."""
    with pytest.raises(ArgumentError, match=f"{name} holds an Output, whose value is known too"):
        fanout(lambda: {name: value()})


def test_a_wrong_value_beside_an_output_is_still_refused() -> None:
    """Only the Output itself cannot be looked at."""
    arn = "arn:aws:sns:eu-central-1:111122223333:alarms"
    with pytest.raises(ArgumentError, match=r'alarm_actions\[1\] is "me@example\.com"'):
        fanout(lambda: {"alarm_actions": [later(arn), "me@example.com"]})
    with pytest.raises(ArgumentError, match="begins with aws:"):
        fanout(lambda: {"tags": {"aws:team": later("video")}})


def test_tags_that_are_an_output_keep_the_fan_out_s_own() -> None:
    """Costs are split by these."""
    program = fanout(lambda: {"tags": later({"team": "video"})})

    [table] = program.of_type("aws:dynamodb/table:Table").values()
    assert {"team", FANOUT_TAG} == set(table.inputs["tags"])
    [pipeline] = program.of_type("aws:mediaconvert/queue:Queue").values()
    assert {"team", FANOUT_TAG, PRESET_TAG} == set(pipeline.inputs["tags"])


def with_options(options: Callable[[], pulumi.ResourceOptions]) -> tuple[Any, list[Any]]:
    """What the engine is told about the component, and about all that is below it."""
    arguments = TranscodeFanoutArgs(presets=[{"name": "720p"}])
    program = run(lambda: TranscodeFanout("films", arguments, options()))
    component = program.one(COMPONENT, "films").request
    below = {program.one(COMPONENT, "films").urn}
    children = []
    for resource in program.resources:
        if resource.request.parent in below:
            below.add(resource.urn)
            children.append(resource.request)
    assert set(PARTS) <= {child.type for child in children}
    others = {"pulumi:pulumi:Stack", "pulumi:providers:aws", COMPONENT}
    assert len(children) == len([r for r in program.resources if r.type not in others])
    return component, children


def test_protect_reaches_every_child() -> None:
    """`pulumi destroy` then refuses to delete any of them."""
    component, children = with_options(lambda: pulumi.ResourceOptions(protect=True))

    assert component.protect
    assert [] == [child.name for child in children if not child.protect]


@pytest.mark.parametrize("as_list", [True, False])
def test_a_provider_reaches_every_child(*, as_list: bool) -> None:
    """A fan-out in another region, or account, is all there."""

    def options() -> pulumi.ResourceOptions:
        other = aws.Provider("other", region="eu-west-1")
        return pulumi.ResourceOptions(providers=[other] if as_list else {"aws": other})

    _, children = with_options(options)

    children = [child for child in children if child.custom]
    assert [] == [child.name for child in children if "aws::other::" not in child.provider]


def test_an_alias_is_the_component_s_alone() -> None:
    """The engine derives a child's from its parent; one that is copied would be every child's."""
    component, children = with_options(
        lambda: pulumi.ResourceOptions(aliases=[pulumi.Alias(name="movies")])
    )

    assert ["movies"] == [alias.spec.name for alias in component.aliases]
    assert [] == [c.name for c in children for alias in c.aliases if alias.spec.name]


def test_a_transform_is_the_component_s_and_every_resource_is_below_it() -> None:
    """The engine calls a resource's transforms for the resource and for all that is below it."""
    component, children = with_options(lambda: pulumi.ResourceOptions(transforms=[lambda _: None]))

    assert 1 == len(component.transforms)
    assert [] == [child.name for child in children if child.transforms]
