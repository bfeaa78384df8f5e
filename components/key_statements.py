"""What an identity needs of KMS keys, as statements of its policy."""

from collections.abc import Sequence
from typing import Any


def use_for_objects(
    sid: str, actions: str | list[str], key_arns: Sequence[str], bucket_arn: str
) -> dict[str, Any]:
    """Use keys for the objects of one bucket.

    S3 puts the ARN of the object, or with a bucket key of the bucket, into the encryption context:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
    """
    regions = sorted({arn.split(":")[3] for arn in key_arns})
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": actions,
        "Resource": list(key_arns),
        "Condition": {
            "StringEquals": {"kms:ViaService": [f"s3.{r}.amazonaws.com" for r in regions]},
            "ArnLike": {"kms:EncryptionContext:aws:s3:arn": [bucket_arn, f"{bucket_arn}/*"]},
        },
    }


def use_the_key(key_arn: str | None) -> list[dict[str, Any]]:
    """What a function needs of the customer key, if there is one.

    To read and write queues, to publish, and to read the ledger: DynamoDB decrypts a table's key in
    the name of whoever reads (DynamoDB Developer Guide, "How DynamoDB uses AWS KMS").
    """
    if key_arn is None:
        return []
    region = key_arn.split(":")[3]
    return [
        {
            "Sid": "UseTheKeyOfQueuesTopicAndLedger",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": key_arn,
            "Condition": {
                "StringEquals": {
                    "kms:ViaService": [
                        f"{service}.{region}.amazonaws.com"
                        for service in ("dynamodb", "sns", "sqs")
                    ]
                }
            },
        }
    ]
