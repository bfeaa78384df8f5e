"""MiniStack's ASGI application, with the bodies of uploads in files instead of in memory.

MiniStack holds a request, the object and each read of it as `bytes`: several times the size of a
film. It asks little of them, so here a body is a `Body`, which reads from disk what it is asked
for, and MiniStack's own code computes sizes, ETags, checksums, versions and notifications from it
as ever. Only what needs `bytes` by its nature is replaced: joining, hashing, sending.

Written for the version that requirements-dev.txt pins; another one that looks different inside is
refused when the process starts.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from types import ModuleType
from typing import Any, Final
from urllib.parse import parse_qs

import ministack.app as gateway  # type: ignore[import-untyped]  # it ships no types
from ministack.core import (  # type: ignore[import-untyped]  # the same
    responses,
    router,
    sigv4,
)
from ministack.services import s3  # type: ignore[import-untyped]  # the same

from local.emulated.body import Body, BodyFile, hashes, joined

IN_MEMORY_BYTES: Final = 64 * 1024
"""A body up to this stays in memory, where it is no burden: most requests and all that are not
objects, such as policies."""

_OBJECT_QUERIES: Final = frozenset({"partNumber", "uploadId", "x-id"})
"""Parameters of PutObject and UploadPart. Others ask for an object's ACL, tags and the like."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def _rewrite_joins(module: ModuleType, name: str, variable: str) -> None:
    """Let a function of MiniStack join bodies.

    Args:
        module: where it is.
        name: its name.
        variable: what it joins with `b"".join(...)`.

    Raises:
        RuntimeError: the function does not look like that.
    """
    lines, first = inspect.getsourcelines(getattr(module, name))
    source = "".join(lines)
    old = f'b"".join({variable})'
    if source.count(old) != 1:
        raise RuntimeError(f"{module.__name__}.{name} does not hold {old} once: another version?")
    vars(module)["_joined"] = joined
    # Behind as many empty lines a traceback shows the right ones.
    source = "\n" * (first - 1) + source.replace(old, f"_joined({variable})")
    code = compile(source, inspect.getfile(module), "exec")
    exec(code, vars(module))  # noqa: S102 -- the source of an installed package


_send_bytes: Final = gateway._send_response  # noqa: SLF001 -- what is replaced


async def _send_response(
    send: Send, status: int, headers: dict[str, Any], body: Any, *, head: bool = False
) -> None:
    if not isinstance(body, Body):
        await _send_bytes(send, status, headers, body, head=head)
        return
    headers.setdefault("Content-Length", str(len(body)))
    fields = gateway._asgi_header_list(headers)  # noqa: SLF001 -- as what is replaced does
    await send({"type": "http.response.start", "status": status, "headers": fields})
    chunks = body.chunks()
    # Read in a thread, so that others are served while somebody reads a film.
    while chunk := await asyncio.to_thread(next, chunks, b""):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


_get_object_data: Final = s3._get_object_data  # noqa: SLF001 -- what is replaced


def _object_in_memory(*args: Any, **options: Any) -> Any:
    """What MiniStack's other services ask for, such as a function's archive: they need bytes."""
    data = _get_object_data(*args, **options)
    return data.read() if isinstance(data, Body) else data


def install() -> None:
    """Let MiniStack work with bodies."""
    _rewrite_joins(gateway, "_read_request_body", "chunks")
    _rewrite_joins(gateway, "_decode_aws_chunked_body", "chunks")
    _rewrite_joins(s3, "_complete_multipart_upload", "combined_parts")
    for module in (responses, s3, sigv4):
        vars(module)["hashlib"] = hashes
    vars(s3).update(zlib=hashes, _get_object_data=_object_in_memory)
    vars(gateway)["_send_response"] = _send_response


install()


async def app(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Answer a request."""
    if scope["type"] == "http" and _is_upload(scope):
        receive = _Spooled(receive)
    await gateway.app(scope, receive, send)


def _is_upload(scope: Mapping[str, Any]) -> bool:
    """Whether it is PutObject or UploadPart, in whatever way it is signed."""
    if scope["method"] != "PUT":
        return False
    query = parse_qs(scope["query_string"].decode(), keep_blank_values=True)
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
    }
    asks_for_object = all(
        name in _OBJECT_QUERIES or name.lower().startswith("x-amz-") for name in query
    )
    # MiniStack looks into what says that it is a form, whatever it is sent to.
    is_form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    return (
        asks_for_object
        and not is_form
        and router.detect_service("PUT", scope["path"], headers, query) == "s3"
    )


class _Spooled:
    """A request whose body arrives in one message, in a file when it is large."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive

    async def __call__(self) -> Message:
        """The whole body, or that the client has gone."""
        start, more = b"", True
        while more and len(start) <= IN_MEMORY_BYTES:
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            start += message.get("body", b"")
            more = message.get("more_body", False)
        if not more:
            return {"type": "http.request", "body": start, "more_body": False}
        return await self._rest(start)

    async def _rest(self, start: bytes) -> Message:
        file = BodyFile()
        with file.path.open("wb") as stream:
            stream.write(start)
            more = True
            while more:
                message = await self._receive()
                if message["type"] != "http.request":
                    return message
                stream.write(message.get("body", b""))
                more = message.get("more_body", False)
            size = stream.tell()
        return {"type": "http.request", "body": Body.of_file(file, size), "more_body": False}
