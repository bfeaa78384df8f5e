"""Finds uploads that a newer upload of the same key has replaced, and their dead letters."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from handlers.ledger.assets import Assets
from handlers.ledger.items import Stamp, unix_time
from handlers.ledger.table import Table
from handlers.upload import Upload
from operate.letter import Letter
from operate.stack_outputs import Stack

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def overwritten(client: "DynamoDBClient", stack: Stack, uploads: Collection[Upload]) -> set[str]:
    """Look up in the ledger which uploads were overwritten, and return their digests.

    Raises:
        ClientError, BotoCoreError: DynamoDB refused.
    """
    reads_only = Stamp(unix_time, retention_days=0)
    return Assets(Table(client, stack.ledger_table), reads_only).overwritten(uploads)


def obsolete(client: "DynamoDBClient", stack: Stack, letters: Collection[Letter]) -> set[str]:
    """Find the letters whose uploads were all overwritten; return their message ids.

    A letter without an upload is not obsolete: a person has to look at it.

    Raises:
        ClientError, BotoCoreError: DynamoDB refused.
    """
    uploads = {upload for letter in letters for upload in letter.uploads}
    gone = overwritten(client, stack, uploads)
    return {
        letter.message_id
        for letter in letters
        if letter.uploads and all(upload.digest in gone for upload in letter.uploads)
    }
