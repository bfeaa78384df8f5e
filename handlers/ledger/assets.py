"""The ledger's assets: written down at the first sight of an upload, settled at its last end."""

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import asdict
from typing import Final

from boto3.dynamodb.conditions import Attr, ConditionBase

from handlers.ledger.asset import PENDING, Asset
from handlers.ledger.items import NOT_WAITING, Stamp, upload_partition
from handlers.ledger.latest import CurrentVersion, Latest, comparable
from handlers.ledger.rendition import State
from handlers.ledger.table import Change, ConditionRefusedError, ItemKey, Table
from handlers.names import LedgerKey
from handlers.pauses import Pauses
from handlers.upload import Upload

SORT_KEY: Final = "asset"
LATEST: Final = "latest"


class Assets:
    """Every upload with the ends of its renditions, and the newest upload of every key."""

    def __init__(self, table: Table, stamp: Stamp) -> None:
        """Use the ledger's table."""
        self._table = table
        self._stamp = stamp

    def get(self, digest: str) -> Asset | None:
        """Read the asset of an upload."""
        item = self._table.get(_key(digest))
        return Asset.from_item(item) if item else None

    def find(self, upload: Upload) -> tuple[Asset | None, Latest | None]:
        """Read the asset of an upload and the newest upload of its key, in one call."""
        keys = _key(upload.digest), _latest_key(upload)
        asset, latest = map(self._table.get_many(keys).get, keys)
        return (
            Asset.from_item(asset) if asset else None,
            Latest.from_item(latest) if latest else None,
        )

    def latest(self, upload: Upload) -> Latest | None:
        """Read which upload of a key is the newest; None when the ledger knows none."""
        item = self._table.get(_latest_key(upload))
        return Latest.from_item(item) if item else None

    def overwritten(self, uploads: Collection[Upload]) -> set[str]:
        """Find the uploads that a newer one of their key has overwritten; return their digests.

        An upload that the ledger does not know may be the newest: then S3's sequencers decide.
        """
        keys = {_key(upload.digest) for upload in uploads} | set(map(_latest_key, uploads))
        items = self._table.get_many(sorted(keys))
        return {
            upload.digest
            for upload in uploads
            if _latest_key(upload) in items
            and Latest.from_item(items[_latest_key(upload)]).overwrites(
                upload, is_known=_key(upload.digest) in items
            )
        }

    def note(
        self, upload: Upload, presets: Collection[str], current_version: CurrentVersion
    ) -> tuple[Asset, Latest]:
        """Write a new upload down, with the presets that it is rendered for.

        Args:
            upload: The upload.
            presets: The presets' names.
            current_version: Asked when S3's notices do not say which of two uploads is newer.

        Returns:
            Its asset, and the newest upload of its key.
        """
        latest = self._note_latest(upload, current_version)
        is_newest = latest.digest == upload.digest
        item = {
            "upload": asdict(upload),
            "ends": {preset: {"state": PENDING, "attempt": 0} for preset in presets},
            "revision": 0,
            "settled_revision": 0,
            LedgerKey.ASKED_AT: self._stamp.now(),
            **({"previous": latest.previous} if is_newest and latest.previous else {}),
            **self._stamp.waiting(SORT_KEY),
        }
        self._table.insert(_key(upload.digest), item)
        return Asset.from_item(item), latest

    def tell(self, upload: Upload, preset: str, state: State, attempt: int) -> Asset | None:
        """Write down how a rendition ended; each end counts once, however often it is told.

        Args:
            upload: The upload.
            preset: The rendition's preset.
            state: How it ended.
            attempt: The attempt that ended so.

        Returns:
            The asset as it is now; None when the ledger does not know the upload.
        """
        end = f"ends.{preset}"
        change = Change(
            put={end: {"state": state, "attempt": attempt}, **self._stamp.waiting(SORT_KEY)},
            add={"revision": 1},
            remove=frozenset({"looks"}),
        )
        is_news = Attr(end).not_exists() | Attr(f"{end}.attempt").lt(attempt)
        if state is not State.DEAD:
            # A rendition that was given up for lost has come to another end after all.
            was_dead = Attr(f"{end}.attempt").eq(attempt) & Attr(f"{end}.state").eq(State.DEAD)
            is_news |= was_dead
        try:
            item = self._table.update(
                _key(upload.digest), change, Attr("upload").exists() & is_news
            )
        except ConditionRefusedError as error:
            return Asset.from_item(error.item) if error.item else None
        return Asset.from_item(item)

    def settle(self, asset: Asset) -> None:
        """Write down that everybody has been told of this revision, unless there is a newer one."""
        change = Change(
            put={"settled_revision": asset.revision, **self._stamp.expiring()}, remove=NOT_WAITING
        )
        try:
            self._table.update(
                _key(asset.upload.digest), change, Attr("revision").eq(asset.revision)
            )
        except ConditionRefusedError:
            return  # Whoever wrote the newer revision tells of it.

    def known(self, digests: Collection[str], pauses: Pauses) -> set[str]:
        """Tell which of many uploads the ledger knows, by their digests.

        Raises:
            OutOfTimeError: DynamoDB refuses for longer than there is time.
        """
        keys = {_key(digest): digest for digest in digests}
        return {keys[key] for key in self._table.get_many(keys, pauses)}

    def waiting_since(self, latest: int, pauses: Pauses) -> Iterator[list[Asset]]:
        """Read the assets that nothing has happened to since a time, the oldest first.

        Args:
            latest: Unix time in seconds.
            pauses: Waits while DynamoDB refuses.
        """
        for page in self._table.open_since(SORT_KEY, latest, pauses):
            yield [Asset.from_item(item) for item in page]

    def longest_waiting(self, limit: int) -> Iterator[tuple[Asset, int]]:
        """Read the assets that have been open for longest, each with the time it was noted.

        Args:
            limit: How many at most.
        """
        for key, asked_at in self._table.longest_waiting(SORT_KEY, limit):
            item = self._table.get(key)
            if item is not None:
                yield Asset.from_item(item), asked_at

    def touch(self, asset: Asset) -> None:
        """Write down that an asset was looked at, which takes it to the end of the line."""
        change = Change(
            put=self._stamp.waiting(SORT_KEY),
            # An item of an earlier version has none.
            put_if_absent={LedgerKey.ASKED_AT: asset.since},
            add={"looks": 1},
        )
        try:
            self._table.update(
                _key(asset.upload.digest), change, Attr("revision").eq(asset.revision)
            )
        except ConditionRefusedError:
            return  # It has changed, which takes it there as well.

    def _note_latest(self, upload: Upload, current_version: CurrentVersion) -> Latest:
        """Make an upload the newest of its key, unless there is a newer one; return the newest."""
        known: Latest | None = None
        while True:
            values = {
                "digest": upload.digest,
                "sequencer": comparable(upload.sequencer) if upload.sequencer else None,
                "previous": known.digest if known else None,
            }
            change = Change(
                put={name: value for name, value in values.items() if value}
                | self._stamp.expiring(),
                remove=frozenset(name for name, value in values.items() if not value),
            )
            try:
                item = self._table.update(_latest_key(upload), change, _is_still(known))
            except ConditionRefusedError as error:
                known = Latest.from_item(error.item) if error.item else None
            else:
                return Latest.from_item(item)
            if known and (
                known.digest == upload.digest or not known.is_older_than(upload, current_version)
            ):
                return known


def _key(digest: str) -> ItemKey:
    return upload_partition(digest), SORT_KEY


def _latest_key(upload: Upload) -> ItemKey:
    identity = json.dumps((upload.bucket, upload.key))
    return f"object#{hashlib.sha256(identity.encode()).hexdigest()}", LATEST


def _is_still(known: Latest | None) -> ConditionBase:
    if known is None:
        return Attr(LedgerKey.PARTITION).not_exists()
    if known.digest is None:
        return Attr("digest").not_exists()
    return Attr("digest").eq(known.digest)
