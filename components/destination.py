"""Where a preset's renditions go: the bucket, and the role that writes into it."""

import pulumi_aws as aws
from pulumi import Output

from components import policies
from components.intake import Intake
from components.outcome import Outcome
from components.presets import Preset
from components.presets.job_settings import writes_numbered_files
from components.reconcile import Reconcile
from components.roles import role
from components.scope import PRESET_TAG, Scope
from components.storage import private_bucket


class Destination:
    """The output bucket of a preset, and the role that its jobs run as.

    Both are there before the pipeline, and so the role is deleted after it: jobs that still run
    keep it. A role's trust names a pipeline that does not exist yet, by the pattern of its ARN.
    """

    def __init__(
        self,
        scope: Scope,
        preset: Preset,
        *,
        intake: Intake,
        outcome: Outcome,
        reconcile: Reconcile,
        pipeline_pattern: Output[str],
    ) -> None:
        """Create them.

        Args:
            scope: what they belong to.
            preset: whose renditions go there.
            intake: where the role reads uploads.
            outcome: removes surplus files, where the preset writes files with numbers.
            reconcile: does the same, and compares what is there with the ledger.
            pipeline_pattern: the ARN of the pipeline that runs the preset's jobs, with `?`.
        """
        name = f"{scope.name}-{preset.name}"
        scope = scope.tagged({PRESET_TAG: preset.name, **preset.tags})
        removers = [outcome.role.arn, reconcile.role.arn] if writes_numbered_files(preset) else []
        self.bucket = private_bucket(
            scope,
            f"{scope.name}-output-{preset.name}",
            versioned=False,
            lister_role_arns=list(dict.fromkeys([reconcile.role.arn, *removers])),
            remover_role_arns=removers,
        )
        self.role = role(
            scope, f"{name}-pipeline", pipeline_pattern.apply(policies.pipeline_may_assume)
        )
        self.permission = aws.iam.RolePolicy(
            f"{name}-pipeline-transcodes",
            role=self.role.name,
            policy=Output.json_dumps(
                Output.all(intake.bucket.arn, self.bucket.arn, scope.key_arn).apply(
                    lambda arns: policies.pipeline_may_transcode(
                        arns[0], arns[1], key_arn=arns[2], read_buckets=preset.read_buckets
                    )
                )
            ),
            opts=scope.options(),
        )
