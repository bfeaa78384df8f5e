"""Programs in other languages get the component over gRPC, from a plugin that is really started."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import grpc  # type: ignore[import-untyped]  # it has no types
import pytest
import yaml
from pulumi.runtime.proto import provider_pb2

from components import PresetArgs, TranscodeFanoutArgs
from components.presets.fields import FIELDS
from provider.schema import COPY
from tests.engine import COMPONENT, PARTS, ROOT
from tests.resource_monitor import UNKNOWN, Plugin, plain, plugin, secret

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
FUNCTION = "aws:lambda/function:Function"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
TABLE = "aws:dynamodb/table:Table"
PIPELINE = "aws:mediaconvert/queue:Queue"

ONE: Mapping[str, Any] = {"presets": [{"name": "720p"}]}


@pytest.fixture(scope="module")
def started() -> Iterator[Plugin]:
    """Start the plugin once; each Construct is a program of its own."""
    with plugin() as running:
        yield running


@pytest.fixture
def schema(started: Plugin) -> dict[str, Any]:
    """Ask for the schema, as `pulumi package add` does."""
    answer = started.stub.GetSchema(provider_pb2.GetSchemaRequest(version=0))
    found: dict[str, Any] = json.loads(answer.schema)
    return found


class TestSchema:
    """What SDKs are made of."""

    def test_it_is_the_one_in_the_repository(self, schema: dict[str, Any]) -> None:
        """A change of it is seen in review; `make docs` rewrites the copy."""
        assert json.loads(COPY.read_text("utf-8")) == schema

    def test_the_manifest_names_the_folder_that_was_started(self) -> None:
        """Pulumi starts `main`, below the manifest."""
        manifest = yaml.safe_load((ROOT / "PulumiPlugin.yaml").read_text())

        assert "python" == manifest["runtime"]["name"]
        assert (ROOT / manifest["main"] / "__main__.py").is_file()

    def test_presets_have_a_type_of_their_own(self, schema: dict[str, Any]) -> None:
        """Misspelt fields of one are found by the compilers of the languages that have one."""
        fanout = schema["resources"][COMPONENT]
        preset = schema["types"]["videoconverter:index:PresetArgs"]

        items = fanout["inputProperties"]["presets"]["items"]
        assert "#/types/videoconverter:index:PresetArgs" == items["$ref"]
        assert ["presets"] == fanout["requiredInputs"]
        assert ["name"] == preset["required"]
        assert len(PresetArgs.__annotations__) == len(preset["properties"]) == 1 + len(FIELDS)
        assert len(TranscodeFanoutArgs.__annotations__) == len(fanout["inputProperties"])

    def test_only_a_job_of_one_s_own_is_any(self, schema: dict[str, Any]) -> None:
        """Everything else has a type, and a description."""
        untyped = [
            name
            for described in (schema["resources"][COMPONENT], *schema["types"].values())
            for name, spec in {
                **described["properties"],
                **described.get("inputProperties", {}),
            }.items()
            for inner in (spec, spec.get("items", {}), spec.get("additionalProperties", {}))
            if inner.get("$ref") == "pulumi.json#/Any"
        ]
        undescribed = [
            name
            for described in (schema["resources"][COMPONENT], *schema["types"].values())
            for name, spec in {
                **described["properties"],
                **described.get("inputProperties", {}),
            }.items()
            if not spec.get("description")
        ]

        assert {"settings", "estimate"} == set(untyped)
        assert [] == undescribed

    def test_it_keeps_the_rules_of_pulumi_s_metaschema(self, schema: dict[str, Any]) -> None:
        """Those under which its parts come: pkg/codegen/schema/pulumi.json of pulumi/pulumi.

        Beyond them, every reference and every required name leads somewhere.
        """
        fanout = schema["resources"][COMPONENT]
        bags = [
            (fanout["inputProperties"], fanout["requiredInputs"]),
            (fanout["properties"], fanout["required"]),
            *((kind["properties"], kind["required"]) for kind in schema["types"].values()),
        ]

        assert schema.keys() <= {
            *("name", "version", "displayName", "resources", "types", "language", "dependencies"),
        }
        assert re.fullmatch(r"[a-zA-Z][-a-zA-Z0-9_]*", schema["name"])
        assert re.fullmatch(r"\d+\.\d+\.\d+(-[0-9a-zA-Z.-]+)?", schema["version"])
        for token in (*schema["resources"], *schema["types"]):
            assert re.fullmatch(r"[a-zA-Z][-a-zA-Z0-9_]*:index:[^0-9][a-zA-Z0-9._/-]*", token)
        assert fanout["isComponent"] is True
        for properties, required in bags:
            assert set(required) <= set(properties)
            for spec in properties.values():
                self.follow(spec, schema)

    def follow(self, spec: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
        """A type is a primitive, an array, a map or a reference, and exactly one of them."""
        assert spec.keys() - {"description", "plain"} in (
            {"type"},
            {"type", "items"},
            {"type", "additionalProperties"},
            {"$ref"},
        )
        if "$ref" in spec:
            name = spec["$ref"].removeprefix("#/types/")
            assert name == "pulumi.json#/Any" or name in schema["types"]
        elif "items" in spec:
            assert "array" == spec["type"]
            self.follow(spec["items"], schema)
        elif "additionalProperties" in spec:
            assert "object" == spec["type"]
            self.follow(spec["additionalProperties"], schema)
        else:
            assert spec["type"] in {"boolean", "integer", "number", "string"}


class TestConstruct:
    """What a program in another language gets."""

    def test_nested_presets_arrive_in_python_s_names(self, started: Plugin) -> None:
        """Numbers come as floats over the wire, and are whole again in what functions are given."""
        started.construct(
            {
                "presets": [
                    {"name": "720p", "maxBitrate": 3_000_000, "concurrentJobs": 2},
                    {"name": "film", "kind": "hls", "ladder": ["240p"], "segmentSeconds": 4},
                ],
                "functionTimeout": 12,
                "maxUploadBytes": 5_000,
                "suffixes": [".mov"],
            }
        )

        pipelines = started.monitor.of_type(PIPELINE)
        assert {"films-720p", "films-film"} == set(pipelines)
        assert 2 == pipelines["films-720p"]["concurrentJobs"]
        function = started.monitor.of_type(FUNCTION)["films-720p"]
        variables = function["environment"]["variables"]
        assert "5000" == variables["MAX_UPLOAD_BYTES"]
        assert 12 == function["timeout"]
        document = json.loads(function["code"]["assets"]["job.json"]["text"])
        picture = document["Settings"]["OutputGroups"][0]["Outputs"][0]["VideoDescription"]
        bitrate = picture["CodecSettings"]["H264Settings"]["MaxBitrate"]
        assert ("3000000", int) == (str(bitrate), type(bitrate))

    def test_the_outputs_have_the_schema_s_names(
        self, started: Plugin, schema: dict[str, Any]
    ) -> None:
        """Each is there, and none that nobody declared."""
        state = plain(started.construct(ONE).state)

        assert set(schema["resources"][COMPONENT]["properties"]) == set(state)
        assert {"720p": "films-output-720p-0a1b2c3"} == state["outputBuckets"]

    def test_every_resource_is_below_the_component(self, started: Plugin) -> None:
        """Its URN is what the response says."""
        urn = started.construct(ONE).urn

        # A component that was refused before may still be on its way; it has no children.
        children = [r for r in started.monitor.requests if r.type != COMPONENT]
        parts = {child.parent for child in children} - {urn}
        assert [] == [child.name for child in children if not child.parent]
        assert {urn.split("::")[-2] for urn in parts} == set(PARTS)

    def test_a_secret_stays_one(self, started: Plugin) -> None:
        """In every property that it becomes a part of."""
        started.construct({**ONE, "tags": {"team": secret("video")}})

        [table] = started.monitor.of_type(TABLE).values()
        expected = {"team": "video", "videoconverter:fanout": "films-topic-0a1b2c3"}
        assert secret(expected) == table["tags"]

    @pytest.mark.parametrize("wrapped", [True, False])
    def test_what_is_not_known_in_a_preview_stays_unknown(
        self, started: Plugin, *, wrapped: bool
    ) -> None:
        """A topic that the same program creates is no reason to fail, nor is a number."""
        later = {
            "alarmActions": [UNKNOWN] if wrapped else UNKNOWN,
            "tags": {"team": UNKNOWN} if wrapped else UNKNOWN,
            "logRetentionDays": UNKNOWN,
            "maxUploadBytes": UNKNOWN,
            "inputKmsKeyArns": [UNKNOWN],
        }

        response = started.construct({**ONE, **later}, preview=True)

        assert UNKNOWN == plain(response.state)["outputBuckets"]
        for alarm in started.monitor.of_type(ALARM).values():
            assert alarm["alarmActions"] in (UNKNOWN, [UNKNOWN])
        for group in started.monitor.of_type(LOG_GROUP).values():
            assert UNKNOWN == group["retentionInDays"]

    @pytest.mark.parametrize(
        ("inputs", "told"),
        [
            ({"presets": [{"name": "720p", "maxBitrat": 1}]}, 'mean "maxBitrate"?'),
            ({**ONE, "alarmAction": []}, 'alarmAction does not exist (did you mean "alarmActions"'),
            ({"presets": [{"name": "720p", "width": 3}]}, "width is 3; it must be an even number"),
            ({"presets": [{"name": UNKNOWN}]}, "presets holds an Output"),
            ({"presets": secret([{"name": "720p"}])}, "presets holds an Output"),
            ({**ONE, "functionTimeout": UNKNOWN}, "function_timeout holds an Output"),
            ({**ONE, "functionTimeout": 10.5}, "function_timeout is 10.5; it must be"),
        ],
    )
    def test_what_cannot_work_is_refused_in_the_preview(
        self, started: Plugin, inputs: Mapping[str, Any], told: str
    ) -> None:
        """A misspelt field too: Pulumi's own provider drops it."""
        with pytest.raises(grpc.RpcError) as caught:
            started.construct(inputs, preview=True)

        assert told in str(caught.value)

    def test_missing_presets_are_told_by_name(self, started: Plugin) -> None:
        """As Pulumi tells it."""
        with pytest.raises(grpc.RpcError) as caught:
            started.construct({})

        assert "Missing required input 'presets'" in str(caught.value.trailing_metadata())
