"""Who may do what: IAM and resource policies as plain dictionaries.

Pure functions, ARNs in, policy out. Each is named for the permission it gives, every statement's
Sid reads as a sentence, no action is a wildcard, and where a service is the principal it is held
to the resource and the account that it acts for.
"""

from collections.abc import Sequence
from typing import Any

from components.key_statements import use_for_objects, use_the_key
from handlers.names import LEDGER_INDEX, LEDGER_WAIT_INDEX

Policy = dict[str, Any]
Statement = dict[str, Any]


def document(*statements: Statement) -> Policy:
    """A policy of these statements.

    The version matters: with the older one the provider finds a difference at every update.
    """
    return {"Version": "2012-10-17", "Statement": list(statements)}


def account_of(arn: str) -> str:
    """The account that owns a resource; S3's ARNs have none."""
    return arn.split(":")[4]


def refuse_plain_http(resources: str | Sequence[str], actions: str) -> Statement:
    """Deny everybody these actions when the request is not encrypted in transit.

    Args:
        resources: what the statement protects.
        actions: what nobody may do. A wildcard is right in a Deny: nothing should pass it.
    """
    return {
        "Sid": "NobodyMayUsePlainHttp",
        "Effect": "Deny",
        "Principal": "*",
        "Action": actions,
        "Resource": resources,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def bucket_refuses_plain_http(
    bucket_arn: str, *, lister_role_arns: Sequence[str] = (), remover_role_arns: Sequence[str] = ()
) -> Policy:
    """Nobody reaches the bucket or its objects without TLS; shared functions may do what it says.

    Each of many buckets says so itself, as in `queue_takes_from`.

    Args:
        bucket_arn: the bucket.
        lister_role_arns: roles that may read the names of its objects.
        remover_role_arns: roles that may delete its objects, and read or write none.
    """
    return document(
        *([_functions_may_list(lister_role_arns, bucket_arn)] if lister_role_arns else []),
        *([_functions_may_remove(remover_role_arns, bucket_arn)] if remover_role_arns else []),
        refuse_plain_http([bucket_arn, f"{bucket_arn}/*"], "s3:*"),
    )


def _functions_may_list(role_arns: Sequence[str], bucket_arn: str) -> Statement:
    return {
        "Sid": "TheSharedFunctionsMayListNames",
        "Effect": "Allow",
        "Principal": {"AWS": list(role_arns)},
        "Action": "s3:ListBucket",
        "Resource": bucket_arn,
    }


def _functions_may_remove(role_arns: Sequence[str], bucket_arn: str) -> Statement:
    return {
        "Sid": "TheSharedFunctionsMayRemoveSurplusFiles",
        "Effect": "Allow",
        "Principal": {"AWS": list(role_arns)},
        "Action": "s3:DeleteObject",
        "Resource": f"{bucket_arn}/*",
    }


def bucket_may_publish(topic_arn: str, bucket_arn: str) -> Policy:
    """S3 may publish on the topic, for this bucket of this account only.

    An explicit topic policy replaces the default one, which lets the account's own identities act;
    they still do, by their identity policies.
    """
    return document(
        {
            "Sid": "TheInputBucketMayPublish",
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": topic_arn,
            "Condition": {
                "ArnLike": {"aws:SourceArn": bucket_arn},
                # A bucket's ARN holds no account: a bucket of that name could come to be another's.
                "StringEquals": {"aws:SourceAccount": account_of(topic_arn)},
            },
        },
        refuse_plain_http(topic_arn, "sns:Publish"),
    )


def topic_refuses_plain_http(topic_arn: str) -> Policy:
    """Nobody publishes without TLS."""
    return document(refuse_plain_http(topic_arn, "sns:Publish"))


def queue_takes_from(
    queue_arn: str, *, topic_arn: str, sender_role_arns: Sequence[str] = ()
) -> Policy:
    """The topic may put messages on the queue, and so may these roles; nobody may without TLS.

    Args:
        queue_arn: the queue.
        topic_arn: the only topic that may send.
        sender_role_arns: roles of shared functions. Each of many queues says so itself: in the
            roles the list would outgrow the 10,240 characters that inline policies may have.
    """
    return document(
        _service_may_send("TheTopicMaySend", "sns.amazonaws.com", queue_arn, topic_arn),
        *([_functions_may_send(sender_role_arns, queue_arn)] if sender_role_arns else []),
        refuse_plain_http(queue_arn, "sqs:*"),
    )


def rule_may_send(queue_arn: str, rule_arn: str) -> Policy:
    """The EventBridge rule may put events on the queue; nobody may without TLS."""
    return document(
        _service_may_send("TheRuleMaySend", "events.amazonaws.com", queue_arn, rule_arn),
        refuse_plain_http(queue_arn, "sqs:*"),
    )


def _service_may_send(sid: str, service: str, queue_arn: str, source_arn: str) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        # The ARN holds the account. `aws:SourceAccount` beside it would refuse every delivery of a
        # service that does not send it: AWS's pages on access policies for SNS -> SQS and for
        # EventBridge -> SQS have the ARN alone, and say nothing of the account.
        "Condition": {"ArnEquals": {"aws:SourceArn": source_arn}},
    }


def _functions_may_send(role_arns: Sequence[str], queue_arn: str) -> Statement:
    return {
        "Sid": "TheSharedFunctionsMaySend",
        "Effect": "Allow",
        "Principal": {"AWS": list(role_arns)},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
    }


def service_may_assume(service: str) -> Policy:
    """The trust of a role that Lambda or SNS takes on.

    Neither service documents a source condition for these roles; one that it does not send would
    keep it from using the role.

    Args:
        service: the principal, such as `lambda.amazonaws.com`.
    """
    return document(
        {
            "Sid": "TheServiceMayAssumeThisRole",
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
        }
    )


def pipeline_may_assume(pipeline_arn: str) -> Policy:
    """MediaConvert takes the role on for jobs of this pipeline only.

    Its user guide asks for the ARN of the queue as the source (confused deputy prevention).

    Args:
        pipeline_arn: the ARN, in which `?` stands for a character that is not known yet.
    """
    return document(
        {
            "Sid": "ThePipelineMayAssumeThisRole",
            "Effect": "Allow",
            "Principal": {"Service": "mediaconvert.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "ArnLike": {"aws:SourceArn": pipeline_arn},
                "StringEquals": {"aws:SourceAccount": account_of(pipeline_arn)},
            },
        }
    )


def pipeline_may_transcode(
    input_bucket_arn: str,
    output_bucket_arn: str,
    *,
    key_arn: str | None = None,
    read_buckets: Sequence[str] = (),
) -> Policy:
    """A pipeline reads uploads and writes the renditions of its own branch.

    It reads what a job of the user's own adds, too, from the buckets with the names given. To write
    under a customer key takes Decrypt as well (MediaConvert's user guide, error 1401).
    """
    partition = input_bucket_arn.split(":")[1]
    additions: Statement = {
        "Sid": "ReadWhatTheJobAdds",
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": [f"arn:{partition}:s3:::{name}/*" for name in read_buckets],
    }
    return document(
        {
            "Sid": "ReadUploads",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": f"{input_bucket_arn}/*",
        },
        *([additions] if read_buckets else []),
        {
            "Sid": "WriteTheRenditionsOfThisBranch",
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": f"{output_bucket_arn}/*",
        },
        *(
            [
                use_for_objects(
                    "EncryptTheRenditionsOfThisBranch",
                    ["kms:Decrypt", "kms:GenerateDataKey"],
                    [key_arn],
                    output_bucket_arn,
                )
            ]
            if key_arn is not None
            else []
        ),
    )


def role_may_decrypt_uploads(input_bucket_arn: str, key_arns: Sequence[str]) -> Policy:
    """Whoever reads uploads may decrypt them, through S3 and from the input bucket only."""
    return document(use_for_objects("DecryptUploads", "kms:Decrypt", key_arns, input_bucket_arn))


def topic_may_log(delivery_log_arns: Sequence[str]) -> Policy:
    """SNS writes the delivery status of messages into these log groups.

    They exist beforehand, with a retention, so SNS needs no permission to create them.
    """
    return document(write_logs("WriteDeliveryLogs", delivery_log_arns))


def write_logs(sid: str, log_group_arns: Sequence[str]) -> Statement:
    """Add lines to these log groups, which exist beforehand."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": [f"{arn.removesuffix(':*')}:*" for arn in log_group_arns],
    }


def consume(queue_arn: str) -> Statement:
    """What an event source mapping needs of the queue that it reads, in the function's name."""
    return {
        "Sid": "ConsumeTheQueue",
        "Effect": "Allow",
        "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        "Resource": queue_arn,
    }


def function_may_submit_jobs(
    *,
    queue_arn: str,
    dead_letter_queue_arn: str,
    pipeline_arn: str,
    pipeline_role_arn: str,
    input_bucket_arn: str,
    output_bucket_arn: str,
    ledger_arn: str,
    completed_topic_arn: str,
    log_group_arn: str,
    key_arn: str | None = None,
) -> Policy:
    """What `submit_job` of one branch may do: everything it needs, on this branch's things only."""
    return document(
        consume(queue_arn),
        {
            "Sid": "HideMessagesThatAreRefusedForNow",
            "Effect": "Allow",
            "Action": "sqs:ChangeMessageVisibility",
            "Resource": queue_arn,
        },
        {
            # Into its own queue: the next attempt, where job_outcome died before it asked for it.
            "Sid": "AskForAnotherAttemptAndSetAsideWhatIsGivenUp",
            "Effect": "Allow",
            "Action": "sqs:SendMessage",
            "Resource": [queue_arn, dead_letter_queue_arn],
        },
        {
            "Sid": "SubmitJobsToThePipeline",
            "Effect": "Allow",
            "Action": ["mediaconvert:CreateJob", "mediaconvert:ListJobs"],
            "Resource": pipeline_arn,
        },
        cancel_overtaken_jobs(pipeline_arn),
        {
            # Only where S3's notices cannot tell which of two uploads is newer. It reads no media.
            "Sid": "SeeWhichUploadOfAKeyIsTheNewest",
            "Effect": "Allow",
            "Action": "s3:ListBucketVersions",
            "Resource": input_bucket_arn,
        },
        {
            "Sid": "SeeWhetherARenditionIsThere",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": f"{output_bucket_arn}/*",
        },
        {
            # Without it S3 answers that a missing object is forbidden.
            "Sid": "TellMissingFromForbidden",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": output_bucket_arn,
        },
        {
            "Sid": "HandThePipelineItsRole",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": pipeline_role_arn,
            "Condition": {"StringEquals": {"iam:PassedToService": "mediaconvert.amazonaws.com"}},
        },
        use_the_ledger(ledger_arn),
        announce(completed_topic_arn),
        write_logs("WriteLogs", [log_group_arn]),
        *use_the_key(key_arn),
        *(
            # To read of an object that it is there takes its key.
            [use_for_objects("SeeEncryptedRenditions", "kms:Decrypt", [key_arn], output_bucket_arn)]
            if key_arn is not None
            else []
        ),
    )


def function_may_read_uploads(input_bucket_arn: str) -> Policy:
    """What `submit_job` may do besides where uploads have a longest duration.

    Probe reads a file in the name of its caller, and knows no resource to be bound to.
    """
    return document(
        {
            "Sid": "AskHowLongAnUploadIs",
            "Effect": "Allow",
            "Action": "mediaconvert:Probe",
            "Resource": "*",
        },
        {
            "Sid": "ReadUploads",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": f"{input_bucket_arn}/*",
        },
    )


def function_may_record_outcomes(
    *,
    queue_arn: str,
    ledger_arn: str,
    completed_topic_arn: str,
    log_group_arn: str,
    key_arn: str | None = None,
) -> Policy:
    """What `job_outcome` may do itself; the queues of the branches say that it may send to them."""
    return document(
        consume(queue_arn),
        use_the_ledger(ledger_arn),
        announce(completed_topic_arn),
        write_logs("WriteLogs", [log_group_arn]),
        *use_the_key(key_arn),
    )


def function_may_reconcile(
    *,
    input_bucket_arn: str,
    ledger_arn: str,
    completed_topic_arn: str,
    log_group_arn: str,
    key_arn: str | None = None,
) -> Policy:
    """What `reconcile` may do itself; the branches say what it may do with their things."""
    return document(
        {
            "Sid": "ListUploads",
            "Effect": "Allow",
            "Action": "s3:ListBucketVersions",
            "Resource": input_bucket_arn,
        },
        cancel_overtaken_jobs(completed_topic_arn),
        use_the_ledger(ledger_arn),
        {
            "Sid": "FindWhatIsNotSettled",
            "Effect": "Allow",
            "Action": "dynamodb:Query",
            "Resource": [
                f"{ledger_arn}/index/{index}" for index in (LEDGER_INDEX, LEDGER_WAIT_INDEX)
            ],
        },
        announce(completed_topic_arn),
        write_logs("WriteLogs", [log_group_arn]),
        *use_the_key(key_arn),
    )


def cancel_overtaken_jobs(arn: str) -> Statement:
    """See what became of jobs, and cancel those whose upload was overwritten.

    The one permission that is not held to a branch: the ARN of a job does not name its pipeline, so
    IAM can allow these calls for all jobs of an account and region or for none. The functions read
    a job's metadata, and cancel it only when they made it for the upload that was overwritten.

    Args:
        arn: of anything in the account and region.
    """
    _, partition, _, region, account, _ = arn.split(":", 5)
    return {
        "Sid": "CancelOvertakenJobs",
        "Effect": "Allow",
        "Action": ["mediaconvert:GetJob", "mediaconvert:CancelJob"],
        "Resource": f"arn:{partition}:mediaconvert:{region}:{account}:jobs/*",
    }


def use_the_ledger(ledger_arn: str) -> Statement:
    """Read and write items; nobody deletes any."""
    return {
        "Sid": "UseTheLedger",
        "Effect": "Allow",
        "Action": [
            "dynamodb:GetItem",
            "dynamodb:BatchGetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "dynamodb:Query",
        ],
        "Resource": ledger_arn,
    }


def announce(topic_arn: str) -> Statement:
    """Publish on the completed topic."""
    return {
        "Sid": "AnnounceWhatIsComplete",
        "Effect": "Allow",
        "Action": "sns:Publish",
        "Resource": topic_arn,
    }
