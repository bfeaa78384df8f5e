"""What an operator's file can hold."""

from pathlib import Path
from typing import Any

from operate.stack_outputs import Stack

OUTPUTS: dict[str, Any] = {
    "input_bucket": "input",
    "topic_arn": "arn:aws:sns:eu-west-1:111122223333:topic",
    "ledger_table": "ledger",
    "reconcile_function": "reconcile",
    "queue_urls": {"720p": "q", "1080p": "r"},
    "dead_letter_queue_urls": {"720p": "q-dlq", "1080p": "r-dlq"},
    "output_buckets": {"720p": "output"},
}
ENVIRONMENT = {
    "AWS_ENDPOINT_URL": "https://127.0.0.1:4566",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_CA_BUNDLE": "/ca.pem",
}


def load(folder: Path, text: str) -> Stack:
    """Load a stack from a file with this text."""
    path = folder / "outputs.json"
    path.write_text(text)
    return Stack.load(str(path))
