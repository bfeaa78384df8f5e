"""The MediaConvert queues: one for each preset, or fewer where presets share one."""

import re
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws
from pulumi import Output

from components.destination import Destination
from components.presets import Preset
from components.scope import PRESET_TAG, Scope

_NOTE = (
    "{}: concurrent_jobs is {}. MediaConvert keeps the number when the field is taken out later: "
    "set another instead. If this is more than the account's quota leaves, the update asks again "
    "for up to an hour before it fails."
)
"""Terraform's provider, which Pulumi's is made of, repeats a queue that is refused with 429 (pull
request 41012 of hashicorp/terraform-provider-aws)."""

_SUFFIX = "-" + "?" * 7
"""What Pulumi's auto-naming adds to a logical name, as a pattern of IAM: seven characters."""


class PipelineNameError(ValueError):
    """A pipeline got a name that the trust of its role does not expect."""


def arn_pattern(scope: Scope, pipeline: str, topic_arn: Output[str]) -> Output[str]:
    """The ARN that a pipeline is going to have, with `?` for what auto-naming makes up.

    Args:
        scope: what it belongs to.
        pipeline: name of the pipeline, as presets say it.
        topic_arn: any ARN of the same region and account.
    """

    def pattern(arn: str) -> str:
        _, partition, _, region, account, _ = arn.split(":")
        name = f"{scope.name}-{pipeline}{_SUFFIX}"
        return f"arn:{partition}:mediaconvert:{region}:{account}:queues/{name}"

    return topic_arn.apply(pattern)


def pipelines(
    scope: Scope,
    presets: Sequence[Preset],
    parts: Mapping[str, Scope],
    destinations: Mapping[str, Destination],
) -> Mapping[str, aws.mediaconvert.Queue]:
    """Create the pipelines that the presets name.

    A job is billed to the tags of its pipeline, so a pipeline is tagged like its preset; one that
    several presets share bears the name of the pipeline in place of theirs.

    Args:
        scope: what shared ones belong to.
        parts: what the pipeline of one preset alone belongs to, by preset.
        presets: of which those that share a pipeline agree on its settings.
        destinations: by preset; the roles in them are deleted only after the pipelines.
    """
    by_name = {preset.pipeline: preset for preset in presets}
    users = {
        name: [preset.name for preset in presets if preset.pipeline == name] for name in by_name
    }
    created = {
        name: aws.mediaconvert.Queue(
            f"{scope.name}-{name}",
            # The provider's documentation names another default than the one it has.
            status="PAUSED" if preset.paused else "ACTIVE",
            pricing_plan="ON_DEMAND",
            concurrent_jobs=preset.concurrent_jobs,
            tags=scope.tagged({PRESET_TAG: name, **preset.tags}).tags,
            opts=(parts[users[name][0]] if len(users[name]) == 1 else scope).options(
                depends_on=[destinations[user].permission for user in users[name]]
            ),
        )
        for name, preset in by_name.items()
    }
    for name, preset in by_name.items():
        if preset.concurrent_jobs is not None:
            pulumi.log.info(_NOTE.format(name, preset.concurrent_jobs), created[name])
    return created


def trusted_arn(pipeline: aws.mediaconvert.Queue, pattern: Output[str]) -> Output[str]:
    """The ARN of a pipeline; `pulumi up` fails when the role of its jobs would not trust it."""
    return Output.all(pipeline.arn, pattern).apply(lambda pair: check_trust(*pair))


def check_trust(arn: str, pattern: str) -> str:
    """Return the ARN of a pipeline if the pattern matches it.

    Args:
        arn: the pipeline's.
        pattern: what the role of its jobs trusts, with `?` for any character.

    Raises:
        PipelineNameError: it has another form.
    """
    if not re.fullmatch(re.escape(pattern).replace(r"\?", "."), arn):
        raise PipelineNameError(
            f"The pipeline is {arn}; expected {pattern}, which the role of its jobs trusts. Leave "
            "the names of aws:mediaconvert/queue:Queue to Pulumi's default auto-naming (config "
            "pulumi:autonaming)."
        )
    return arn
