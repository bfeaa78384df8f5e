"""The deployer creates what it knows and refuses the rest by name."""

import hashlib
import io
import json
import textwrap
import zipfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pulumi
import pytest
from botocore import handlers
from pulumi.runtime import MockCallArgs, MockResourceArgs

from components import policies
from components.aws_requests import refuse_what_aws_refuses
from local import program
from local.clients import Clients
from local.deploy import Deployer
from local.errors import DeployError
from local.inputs import Inputs
from local.resources.archive import zipped
from local.resources.aws_shape import aws_shape
from local.resources.events import also_from_here
from local.resources.iam import also_for_root
from local.resources.powertools import PARAMETERS, layer_arn
from local.resources.sqs import also_in_batches
from operate.stack_config import StackConfig


def create(aws: Clients, typ: str, name: str, **inputs: Any) -> tuple[str | None, dict[str, Any]]:
    """Ask the deployer for a resource."""
    return Deployer(aws).new_resource(
        MockResourceArgs(typ=typ, name=name, inputs=inputs, custom=True)
    )


def call(aws: Clients, token: str, **arguments: Any) -> dict[str, Any]:
    """Ask the deployer for the result of a function."""
    result, _ = Deployer(aws).call(MockCallArgs(token=token, args=arguments, provider=""))
    return result


class TestWhatIsNotKnown:
    """An error that names it."""

    def test_a_resource_type(self, aws: Clients) -> None:
        """A type without a creator is an error, not a resource that is missing later."""
        with pytest.raises(DeployError, match=r"aws:ec2/vpc:Vpc 'net'.* not known"):
            create(aws, "aws:ec2/vpc:Vpc", "net")

    def test_a_property(self, aws: Clients) -> None:
        """A property that no creator takes is an error."""
        with pytest.raises(DeployError, match=r"aws:sqs/queue:Queue 'q'.* fifoQueue"):
            create(aws, "aws:sqs/queue:Queue", "q", fifoQueue=True)

    def test_a_nested_property(self, aws: Clients) -> None:
        """So is one inside a structure that is taken apart."""
        bucket, _ = create(aws, "aws:s3/bucket:Bucket", "nested")
        _, topic = create(aws, "aws:sns/topic:Topic", "nested")
        notification = {
            "id": "upload",
            "topicArn": topic["arn"],
            "events": ["s3:ObjectCreated:*"],
            "filterTag": "x",
        }

        with pytest.raises(DeployError, match=r"topics\[0\]\.filterTag"):
            create(
                aws,
                "aws:s3/bucketNotification:BucketNotification",
                "nested",
                bucket=bucket,
                topics=[notification],
            )

    def test_a_member_of_a_structure_that_is_passed_on(self, aws: Clients) -> None:
        """And one that AWS's own service model does not have."""
        bucket, _ = create(aws, "aws:s3/bucket:Bucket", "passed-on")

        with pytest.raises(DeployError, match="Colour"):
            create(
                aws,
                "aws:s3/bucketVersioning:BucketVersioning",
                "passed-on",
                bucket=bucket,
                versioningConfiguration={"status": "Enabled", "colour": "red"},
            )

    def test_a_function(self, aws: Clients) -> None:
        """A function of the provider without an answer is an error."""
        with pytest.raises(DeployError, match="aws:index/getRegions:getRegions"):
            call(aws, "aws:index/getRegions:getRegions")

    def test_an_argument_of_a_function(self, aws: Clients) -> None:
        """So is an argument that no answer takes."""
        name = f"{PARAMETERS}arm64/python3.13/{version('aws-lambda-powertools')}"

        with pytest.raises(DeployError, match="withDecryption"):
            call(aws, "aws:ssm/getParameter:getParameter", name=name, withDecryption=True)

    def test_a_missing_input(self, aws: Clients) -> None:
        """What AWS cannot do without is named when it is missing."""
        with pytest.raises(DeployError, match="assumeRolePolicy is missing"):
            create(aws, "aws:iam/role:Role", "role")

    def test_what_aws_would_refuse(self, aws: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
        """The deployer's clients look by themselves, not only where the tests make them."""
        theirs = [
            entry for entry in handlers.BUILTIN_HANDLERS if entry[1] is not refuse_what_aws_refuses
        ]
        monkeypatch.setattr(handlers, "BUILTIN_HANDLERS", theirs)
        own = Clients(
            aws.client("iam").meta.endpoint_url,
            mediaconvert_endpoint="http://127.0.0.1:1",
            ca_bundle=Path("/unused"),
            region=aws.region,
        )

        with pytest.raises(DeployError, match="IAM CreateRole: RoleName is 68 characters"):
            create(own, "aws:iam/role:Role", "r" * 60, assumeRolePolicy='{"Statement": []}')

    def test_what_aws_refuses(self, aws: Clients) -> None:
        """An error of AWS carries the resource's type and name."""
        with pytest.raises(DeployError, match=r"QueuePolicy 'nobody'.*NonExistentQueue"):
            create(
                aws,
                "aws:sqs/queuePolicy:QueuePolicy",
                "nobody",
                queueUrl="https://127.0.0.1/0/nobody",
                policy="{}",
            )


class TestWhatIsCreated:
    """The real thing, by Pulumi's names."""

    def test_names_are_made_as_pulumi_makes_them(self, aws: Clients) -> None:
        """A resource without a physical name gets its logical one and seven characters.

        They follow from stack and logical name, so that the next local cloud has the same names.
        """
        bucket, _ = create(aws, "aws:s3/bucket:Bucket", "same")
        other, _ = create(aws, "aws:s3/bucket:Bucket", "other")

        endings = [
            hashlib.sha256(f"{pulumi.get_stack()}/{name}".encode()).hexdigest()[:7]
            for name in ("same", "other")
        ]
        assert [f"same-{endings[0]}", f"other-{endings[1]}"] == [bucket, other]

    def test_outputs(self, aws: Clients) -> None:
        """Outputs are what AWS answered, over the inputs."""
        url, queue = create(aws, "aws:sqs/queue:Queue", "outputs", visibilityTimeoutSeconds=60.0)
        attributes = aws.client("sqs").get_queue_attributes(
            QueueUrl=queue["url"], AttributeNames=["All"]
        )["Attributes"]

        assert url == queue["url"]
        assert attributes["QueueArn"] == queue["arn"]
        assert "60" == attributes["VisibilityTimeout"]

    def test_a_component(self, aws: Clients) -> None:
        """A component is its children only."""
        args = MockResourceArgs(typ="a:b:C", name="c", inputs={"x": 1}, custom=False)

        assert (None, {"x": 1}) == Deployer(aws).new_resource(args)


class TestTranslations:
    """Where the local cloud differs from AWS."""

    def test_rules_also_match_the_local_service(self) -> None:
        """A rule for MediaConvert's events matches the local service's too, and no others."""
        pattern = {"source": ["aws.mediaconvert"], "detail": {"status": ["ERROR"]}}

        assert {
            "source": ["aws.mediaconvert", "local.mediaconvert"],
            "detail": {"status": ["ERROR"]},
        } == json.loads(also_from_here(json.dumps(pattern)))

    def test_other_rules_are_left_alone(self) -> None:
        """A rule for another source is not changed."""
        pattern = {"source": ["aws.s3"]}

        assert pattern == json.loads(also_from_here(json.dumps(pattern)))

    def test_who_may_send_to_a_queue_may_send_in_batches(self) -> None:
        """In AWS that goes without saying; nothing else is allowed besides."""
        policy = policies.queue_takes_from(
            "arn:aws:sqs:eu-central-1:1:q",
            topic_arn="arn:aws:sns:eu-central-1:1:t",
            sender_role_arns=["arn:aws:iam::1:role/r"],
        )
        actions = [
            s["Action"] for s in json.loads(also_in_batches(json.dumps(policy)))["Statement"]
        ]

        assert [["sqs:SendMessage", "sqs:SendMessageBatch"]] * 2 + ["sqs:*"] == actions

    def test_root_may_assume_what_mediaconvert_may(self) -> None:
        """The program's own statements stay as they are, one for root is added."""
        statement = {"Principal": {"Service": "mediaconvert.amazonaws.com"}, "Condition": {}}
        policy = json.loads(also_for_root(json.dumps({"Statement": [statement]})))

        kept, added = policy["Statement"]

        assert statement == kept
        assert {"AWS": "arn:aws:iam::000000000000:root"} == added["Principal"]

    def test_other_roles_are_left_alone(self) -> None:
        """Root gets no statement in the trust of other services' roles."""
        policy = {"Statement": [{"Principal": {"Service": "lambda.amazonaws.com"}}]}

        assert policy == json.loads(also_for_root(json.dumps(policy)))

    def test_another_powertools_than_the_installed_one(self) -> None:
        """Functions run with the installed Powertools, so no other version is promised."""
        with pytest.raises(ValueError, match=r"the program asks for 1\.0\.0"):
            layer_arn(f"{PARAMETERS}arm64/python3.13/1.0.0", "eu-central-1")

    def test_another_layer(self, aws: Clients) -> None:
        """A layer that functions would miss is an error."""
        with pytest.raises(DeployError, match=r"layers.*ffmpeg"):
            create(
                aws,
                "aws:lambda/function:Function",
                "f",
                layers=["arn:aws:lambda:eu-central-1:1:layer:ffmpeg:1"],
            )


class TestInputs:
    """What a resource was given."""

    def test_whole_numbers(self) -> None:
        """Pulumi sends every number as a float; AWS gets integers where they are whole."""
        inputs = Inputs({"a": 10.0, "b": 0.5, "c": {"d": [1.0]}, "e": True})

        assert [10, 0.5, {"d": [1]}, True] == [inputs.take(name) for name in "abce"]
        assert isinstance(Inputs({"a": 10.0}).take("a"), int)

    def test_what_is_left(self) -> None:
        """What nobody took is listed with its path."""
        inputs = Inputs({"a": 1, "b": {"c": 1, "d": 1}, "e": [{"f": 1}]})
        inputs.structure("b").take("c")
        inputs.structures("e")

        assert ["a", "b.d", "e[0].f"] == inputs.left()

    def test_shapes(self) -> None:
        """Members are renamed as AWS spells them, at every depth."""
        assert [{"ID": "x", "Filter": {"Prefix": ""}}, {"SSEAlgorithm": "AES256"}] == aws_shape(
            [{"id": "x", "filter": {"prefix": ""}}, {"sseAlgorithm": "AES256"}]
        )


class TestArchive:
    """Code for Lambda."""

    def names_and_texts(self, archive: pulumi.Archive) -> Mapping[str, bytes]:
        """Zip and look."""
        with zipfile.ZipFile(io.BytesIO(zipped(archive))) as zip_file:
            return {name: zip_file.read(name) for name in zip_file.namelist()}

    def test_files_and_texts(self, tmp_path: Path) -> None:
        """Files and texts are zipped under the names that the archive gives them."""
        (tmp_path / "a.py").write_text("code")
        archive = pulumi.AssetArchive(
            {
                "handlers/a.py": pulumi.FileAsset(str(tmp_path / "a.py")),
                "more": pulumi.AssetArchive({"job.json": pulumi.StringAsset("{}")}),
            }
        )

        assert {"handlers/a.py": b"code", "more/job.json": b"{}"} == self.names_and_texts(archive)

    def test_anything_else(self) -> None:
        """A part that cannot be zipped is an error that names it."""
        archive = pulumi.AssetArchive({"x": pulumi.RemoteAsset("https://example.com")})

        with pytest.raises(TypeError, match=r"x: .*RemoteAsset"):
            zipped(archive)


class TestProgram:
    """A program without Pulumi's engine."""

    def run(self, folder: Path, aws: Clients, text: str) -> dict[str, Any]:
        """Run a program that consists of this text."""
        (folder / "__main__.py").write_text(textwrap.dedent(text))
        stack = StackConfig(
            "project", "dev", {"project:size": 5, "project:names": ["a"], "aws:region": "r"}
        )
        return program.run(folder, stack, Deployer(aws))

    def test_config_and_exports(self, tmp_path: Path, aws: Clients) -> None:
        """A program reads its stack's config and exports plain values, as under Pulumi."""
        exports = self.run(
            tmp_path,
            aws,
            """
            import pulumi, pulumi_aws as aws
            config = pulumi.Config()
            topic = aws.sns.Topic("topic", name="exported")
            pulumi.export("topic", {"name": topic.name, "arn": topic.arn})
            pulumi.export("size", config.require_int("size") + 1)
            pulumi.export("names", config.require_object("names"))
            pulumi.export("where", [pulumi.get_project(), pulumi.get_stack()])
            """,
        )

        assert {
            "topic": {
                "name": "exported",
                "arn": "arn:aws:sns:eu-central-1:000000000000:exported",
            },
            "size": 6,
            "names": ["a"],
            "where": ["project", "dev"],
        } == exports

    def test_modules_beside_it(self, tmp_path: Path, aws: Clients) -> None:
        """A program imports what lies beside it."""
        (tmp_path / "beside_this_program.py").write_text("VALUE = 1")

        exports = self.run(
            tmp_path,
            aws,
            """
            import pulumi
            from beside_this_program import VALUE
            pulumi.export("value", VALUE)
            """,
        )

        assert {"value": 1} == exports

    def test_a_resource_that_fails(self, tmp_path: Path, aws: Clients) -> None:
        """The error of a resource ends the run and names the resource."""
        with pytest.raises(DeployError, match="aws:ec2/vpc:Vpc 'net'"):
            self.run(tmp_path, aws, "import pulumi_aws as aws\naws.ec2.Vpc('net')")

    def test_a_program_that_fails(self, tmp_path: Path, aws: Clients) -> None:
        """The error of the program itself ends the run as it is."""
        with pytest.raises(ZeroDivisionError):
            self.run(tmp_path, aws, "1 / 0")
