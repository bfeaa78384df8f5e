"""A bucket as every bucket here is: private, encrypted, TLS only, without forgotten leftovers."""

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import Output

from components import defaults, policies
from components.scope import Scope


def private_bucket(
    scope: Scope,
    name: str,
    *,
    versioned: bool,
    lister_role_arns: Sequence[Output[str]] = (),
    remover_role_arns: Sequence[Output[str]] = (),
) -> aws.s3.Bucket:
    """Create a bucket that only its owner's account can reach, and only over TLS.

    Pulumi never deletes it, nor one of its settings, unless the scope says `force_destroy`.

    Args:
        scope: what the bucket belongs to.
        name: the logical name; the settings of the bucket are named after it.
        versioned: give every upload a version of its own; overwritten ones are kept for
            `OVERWRITTEN_UPLOAD_DAYS`.
        lister_role_arns: roles of shared functions that may read the names of its objects.
        remover_role_arns: roles of shared functions that may delete its objects.
    """
    opts = scope.data_options()
    bucket = aws.s3.Bucket(name, force_destroy=scope.force_destroy, tags=scope.tags, opts=opts)
    aws.s3.BucketPublicAccessBlock(
        f"{name}-blocks-public-access",
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=opts,
    )
    aws.s3.BucketOwnershipControls(
        f"{name}-owns-its-objects",
        bucket=bucket.bucket,
        rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
        opts=opts,
    )
    aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-is-encrypted",
        bucket=bucket.bucket,
        rules=[
            aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                apply_server_side_encryption_by_default=aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                    sse_algorithm="AES256" if scope.key_arn is None else "aws:kms",
                    kms_master_key_id=scope.key_arn,
                ),
                # One call of KMS for many objects.
                bucket_key_enabled=None if scope.key_arn is None else True,
            )
        ],
        opts=opts,
    )
    aws.s3.BucketPolicy(
        f"{name}-refuses-plain-http",
        bucket=bucket.bucket,
        policy=Output.json_dumps(
            Output.all(
                bucket.arn, Output.all(*lister_role_arns), Output.all(*remover_role_arns)
            ).apply(
                lambda arns: policies.bucket_refuses_plain_http(
                    arns[0], lister_role_arns=arns[1], remover_role_arns=arns[2]
                )
            )
        ),
        opts=opts,
    )
    if versioned:
        aws.s3.BucketVersioning(
            f"{name}-keeps-versions",
            bucket=bucket.bucket,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(
                status="Enabled"
            ),
            opts=opts,
        )
    aws.s3.BucketLifecycleConfiguration(
        f"{name}-removes-leftovers",
        bucket=bucket.bucket,
        rules=_leftovers(versioned=versioned),
        opts=opts,
    )
    return bucket


def _leftovers(*, versioned: bool) -> list[aws.s3.BucketLifecycleConfigurationRuleArgs]:
    everything = aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix="")
    abandoned = aws.s3.BucketLifecycleConfigurationRuleArgs(
        id="abandoned-uploads",
        status="Enabled",
        filter=everything,
        abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
            days_after_initiation=defaults.ABANDONED_UPLOAD_DAYS
        ),
    )
    overwritten = aws.s3.BucketLifecycleConfigurationRuleArgs(
        id="overwritten-uploads",
        status="Enabled",
        filter=everything,
        noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
            noncurrent_days=defaults.OVERWRITTEN_UPLOAD_DAYS
        ),
    )
    return [abandoned, overwritten] if versioned else [abandoned]
