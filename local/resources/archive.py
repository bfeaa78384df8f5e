"""Pulumi archives as the zip files that Lambda takes."""

import io
import zipfile
from pathlib import Path

import pulumi


def zipped(archive: pulumi.Archive) -> bytes:
    """Zip an archive.

    Args:
        archive: made of files, texts, folders and further archives.

    Raises:
        TypeError: it holds something else, such as a remote file.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zip_file:
        for name, content in _contents(archive, "").items():
            zip_file.writestr(name, content)
    return buffer.getvalue()


def _contents(part: pulumi.Asset | pulumi.Archive, name: str) -> dict[str, bytes]:
    match part:
        case pulumi.AssetArchive():
            folder = f"{name}/" if name else ""
            return {
                path: content
                for inner_name, inner in part.assets.items()
                for path, content in _contents(inner, f"{folder}{inner_name}").items()
            }
        case pulumi.StringAsset():
            return {name: part.text.encode()}
        case pulumi.FileAsset():
            return {name: Path(part.path).read_bytes()}
        case _:
            raise TypeError(
                f"{name or 'code'}: the local cloud cannot zip a {type(part).__name__}, "
                "only AssetArchive, FileAsset and StringAsset"
            )
