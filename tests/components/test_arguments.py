"""Arguments and configuration that cannot work are refused while the program runs."""

import json
import logging
from typing import Any

import pulumi
import pytest
from pulumi.runtime import set_all_config

from components import ArgumentError, PresetError, TranscodeFanout, TranscodeFanoutArgs
from components.arguments import from_config
from tests.components.conftest import stack
from tests.engine import run, run_main

KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize(
    ("argument", "wrong", "told"),
    [
        ("function_timeout", "10s", 'function_timeout is "10s"; it must be a whole number'),
        ("max_upload_bytes", -1, "max_upload_bytes is -1; it must be a whole number of bytes from"),
        ("max_upload_seconds", 0.5, "max_upload_seconds is 0.5; it must be"),
        ("pipeline_quota", -1, "pipeline_quota is -1; it must be a whole number of pipelines"),
        ("log_retention_days", True, "log_retention_days is true"),
        ("log_retention_days", [30], "log_retention_days is [30]"),
        ("force_destroy", "yes", 'force_destroy is "yes"; it must be true or false'),
        ("deletion_protection", 1, "deletion_protection is 1; it must be true or false"),
        ("suffixes", [], "suffixes is []; it must be a list of at least one, such as .mp4"),
        ("suffixes", ".mp4", 'suffixes is ".mp4"; it must be a list'),
        ("suffixes", ["mp4", ".", 4], 'suffixes: "mp4" is no ending of a file name'),
        ("suffixes", [".a,b"], 'suffixes: ".a,b" is no ending of a file name'),
        ("alarm_actions", ["me@example.com"], 'alarm_actions[0] is "me@example.com"; it must be'),
        ("alarm_actions", "arn:aws:sns:r:1:t", "it must be a list of ARNs"),
        (
            "alarm_actions",
            [f"arn:aws:sns:eu-central-1:111122223333:{n}" for n in range(6)],
            "alarm_actions has 6 entries; there may be at most 5",
        ),
        ("tags", {"team": 5}, 'tags is {"team": 5}; it must be an object whose values are text'),
        ("tags", {"aws:team": "a"}, "begins with aws:, which is reserved for AWS"),
        ("input_kms_key_arns", KEY, "it must be a list of ARNs of keys"),
        (
            "input_kms_key_arns",
            [KEY, "arn:aws:kms:eu-central-1:111122223333:alias/films"],
            "input_kms_key_arns[1] is",
        ),
    ],
)
def test_a_value_that_cannot_work_is_refused(argument: str, wrong: Any, told: str) -> None:
    """By name, with the value and with what was expected."""
    with pytest.raises(ArgumentError) as caught:
        stack("720p", **{argument: wrong})

    assert told in str(caught.value)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    """One run is enough to mend it."""
    with pytest.raises(ArgumentError) as caught:
        stack("720p", supfixes=[".mov"], function_timeout=0, tags=[], suffixes=["mp4", "mov"])

    assert ["supfixes", "function_timeout", "suffixes:", "suffixes:", "tags"] == [
        line.split()[1] for line in str(caught.value).splitlines()[1:]
    ]


def test_an_unknown_key_of_the_configuration_is_refused_with_the_nearest_name() -> None:
    """A slip would leave the default in place, and say nothing."""
    with pytest.raises(ArgumentError, match=r'supfixes does not exist \(did you mean "suffixes"\?'):
        stack("720p", supfixes=[".mov"])


def test_an_unknown_argument_is_refused_from_every_language() -> None:
    """A program that uses the component hands over a plain dictionary."""
    args: Any = {"presets": [{"name": "720p"}], "alarm_action": []}

    with pytest.raises(ArgumentError, match='did you mean "alarm_actions"'):
        run(lambda: TranscodeFanout("films", args))


def test_a_configuration_without_presets_is_refused_by_name() -> None:
    """They are the only setting without a default."""
    with pytest.raises(ArgumentError, match="presets is missing"):
        run(lambda: TranscodeFanout("films", TranscodeFanoutArgs()))  # type: ignore[typeddict-item]  # what is wrong
    with pytest.raises(PresetError, match=r"presets is \[\]"):
        run(lambda: TranscodeFanout("films", TranscodeFanoutArgs(presets=[])))


def test_no_arguments_at_all_are_told_as_such() -> None:
    """A caller without a type checker reads what to write."""
    nothing: Any = None

    with pytest.raises(ArgumentError, match=r"args is null; write TranscodeFanoutArgs"):
        run(lambda: TranscodeFanout("films", nothing))


@pytest.mark.parametrize("name", sorted(TranscodeFanoutArgs.__annotations__))
def test_an_argument_that_is_none_is_told_by_name(name: str) -> None:
    """None is what a variable holds that was forgotten, and not the default."""
    args: Any = {"presets": [{"name": "720p"}], name: None}

    with pytest.raises(ArgumentError, match=f"{name} is null; give it a value"):
        run(lambda: TranscodeFanout("films", args))


def test_keys_of_other_namespaces_are_not_the_program_s() -> None:
    """A stack configures its providers beside the project."""
    values: dict[str, Any] = {}

    def program() -> None:
        config = {"test:suffixes": '[".mov"]', "aws:region": "eu-north-1", "pulumi:x": "1"}
        set_all_config({**config, "testing:presets": "[]", "other:test:tags": "{}"})
        values.update(from_config(pulumi.Config("test")))

    run(program)

    assert {"suffixes": [".mov"]} == values


def test_the_engine_s_configuration_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That is where Pulumi's language host puts it, all keys in one object."""
    monkeypatch.setenv(
        "PULUMI_CONFIG", json.dumps({"videoconverter:supfixes": "[]", "aws:region": "eu-north-1"})
    )

    with pytest.raises(ArgumentError, match="supfixes does not exist"):
        run_main({"presets": [{"name": "720p"}]})


class TestKeysOfUploads:
    """Objects that are encrypted with a customer's key (SSE-KMS)."""

    POLICY = "aws:iam/rolePolicy:RolePolicy"

    def test_nobody_may_decrypt_by_default(self) -> None:
        """A permission that nobody asked for is not given."""
        assert "kms:" not in str([r.inputs for r in stack("720p").of_type(self.POLICY).values()])

    def test_a_pipeline_may_decrypt_uploads_with_the_keys(self) -> None:
        """These keys, through S3 of their region, from the input bucket, and nothing else."""
        program = stack("720p", input_kms_key_arns=[KEY])
        policy = program.one(self.POLICY, "videoconverter-720p-pipeline-decrypts-uploads")
        bucket = "arn:aws:s3:::videoconverter-input-0a1b2c3"

        assert "videoconverter-720p-pipeline-0a1b2c3" == policy.inputs["role"]
        [statement] = policy.policy()["Statement"]
        assert "kms:Decrypt" == statement["Action"]
        assert [KEY] == statement["Resource"]
        assert {
            "StringEquals": {"kms:ViaService": ["s3.eu-central-1.amazonaws.com"]},
            "ArnLike": {"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/*"]},
        } == statement["Condition"]

    def test_submit_job_may_decrypt_where_it_asks_how_long_an_upload_is(self) -> None:
        """Probe reads in the name of its caller; without a longest duration nobody asks."""
        name = "videoconverter-720p-function-decrypts-uploads"
        without = stack("720p", input_kms_key_arns=[KEY])
        asking = stack("720p", input_kms_key_arns=[KEY], max_upload_seconds=60)

        assert name not in without.of_type(self.POLICY)
        assert (
            "videoconverter-720p-function-0a1b2c3" == asking.one(self.POLICY, name).inputs["role"]
        )

    def test_no_message_is_taken_before_its_upload_can_be_decrypted(self) -> None:
        """A job that starts without the permission ends in an error for good."""
        program = stack("720p", input_kms_key_arns=[KEY])
        mapping = program.one(
            "aws:lambda/eventSourceMapping:EventSourceMapping",
            "videoconverter-720p-queue-triggers-function",
        )

        assert "videoconverter-720p-pipeline-decrypts-uploads" in mapping.waits_for


def test_concurrent_jobs_says_that_the_number_stays(caplog: pytest.LogCaptureFixture) -> None:
    """Where it is set, because where it is taken out the program no longer knows of it."""
    caplog.set_level(logging.INFO)

    run_main({"presets": [{"name": "720p", "concurrent_jobs": 5}, {"name": "480p"}]})

    assert ["720p: concurrent_jobs is 5. MediaConvert keeps the number"] == [
        record.getMessage()[:57] for record in caplog.records if "concurrent" in record.getMessage()
    ]
