"""Pulumi's camelCase structures as the PascalCase ones of AWS's API."""

from typing import Any, Final

_IRREGULAR: Final = {
    "id": "ID",
    "kmsMasterKeyId": "KMSMasterKeyID",
    "sseAlgorithm": "SSEAlgorithm",
}
"""Members that AWS does not spell like the others."""


def aws_shape(value: Any) -> Any:
    """Rename every key of a structure. A member that AWS does not know is then refused by boto3."""
    match value:
        case dict():
            return {_aws_name(key): aws_shape(item) for key, item in value.items()}
        case list():
            return [aws_shape(item) for item in value]
        case _:
            return value


def _aws_name(key: str) -> str:
    return _IRREGULAR.get(key, key[0].upper() + key[1:])
