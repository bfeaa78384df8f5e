"""The engine's side of a plugin: starts it, and answers what it asks for over gRPC. No assertions.

It plays AWS as tests/engine.py does, creates nothing, and remembers every request.
"""

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import grpc  # type: ignore[import-untyped]  # it has no types
from google.protobuf import (  # type: ignore[import-untyped]  # it has no types
    empty_pb2,
    json_format,
    struct_pb2,
)
from pulumi.runtime import rpc
from pulumi.runtime.proto import (
    engine_pb2_grpc,
    provider_pb2,
    provider_pb2_grpc,
    resource_pb2,
    resource_pb2_grpc,
)

from tests.engine import PHYSICAL_SUFFIX, ROOT, made_up

UNKNOWN = rpc.UNKNOWN
"""How a value that is not known yet, in a preview, is written on the wire."""

_SIGNATURE = rpc._special_sig_key  # noqa: SLF001 -- the wire's format has no public name
_SECRET = rpc._special_secret_sig  # noqa: SLF001 -- the same

_FEATURES = {"secrets", "resourceReferences", "aliasSpecs", "outputValues", "deletedWith"}


def secret(value: Any) -> dict[str, Any]:
    """A secret as the wire has it."""
    return {_SIGNATURE: _SECRET, "value": value}


def plain(value: Any) -> Any:
    """A message of the wire as JSON, with secrets and output values as they are written there."""
    return json_format.MessageToDict(value)


@dataclass
class Monitor(resource_pb2_grpc.ResourceMonitorServicer, engine_pb2_grpc.EngineServicer):
    """What the engine answers, and what it was asked."""

    requests: list[Any] = field(default_factory=list)
    is_preview: bool = False

    def of_type(self, token: str) -> dict[str, Any]:
        """The properties of each resource of a type, by name."""
        return {r.name: plain(r.object) for r in self.requests if r.type == token}

    def SupportsFeature(self, request: Any, _: Any) -> Any:  # noqa: N802 -- the protocol's name
        """Say what an engine of today can do."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _FEATURES)

    def RegisterResource(self, request: Any, _: Any) -> Any:  # noqa: N802 -- the protocol's name
        """Create nothing; in a preview, what AWS makes up is not known."""
        self.requests.append(request)
        urn = f"urn:pulumi:test::films::{request.type}::{request.name}"
        answer = struct_pb2.Struct()
        answer.CopyFrom(request.object)
        for name, value in made_up(
            request.type,
            f"{request.name}{PHYSICAL_SUFFIX}",
            rpc.deserialize_properties(request.object),
        ).items():
            answer[name] = UNKNOWN if self.is_preview else value
        number = "" if self.is_preview else f"{request.name}-id"
        return resource_pb2.RegisterResourceResponse(urn=urn, id=number, object=answer)

    def RegisterResourceOutputs(self, _: Any, __: Any) -> Any:  # noqa: N802 -- the protocol's name
        """Accept them."""
        return empty_pb2.Empty()

    def Invoke(self, request: Any, _: Any) -> Any:  # noqa: N802 -- the protocol's name
        """Answer the one function that the program calls."""
        answer = struct_pb2.Struct()
        answer["value"] = f"layer-named-by:{request.args['name']}"
        return provider_pb2.InvokeResponse(**{"return": answer})

    def Log(self, _: Any, __: Any) -> Any:  # noqa: N802 -- the protocol's name
        """Accept it."""
        return empty_pb2.Empty()


@dataclass(frozen=True)
class Plugin:
    """A plugin that runs, and the engine that it talks to."""

    stub: Any
    monitor: Monitor
    address: str

    def construct(self, inputs: Mapping[str, Any], *, preview: bool = False) -> Any:
        """Construct a fan-out `films`; return the response.

        Args:
            inputs: as a program in another language sends them.
            preview: as in `pulumi preview`.
        """
        self.monitor.requests.clear()
        self.monitor.is_preview = preview
        values = struct_pb2.Struct()
        values.update(inputs)
        return self.stub.Construct(
            provider_pb2.ConstructRequest(
                project="films",
                stack="test",
                dryRun=preview,
                monitorEndpoint=self.address,
                type="videoconverter:index:TranscodeFanout",
                name="films",
                inputs=values,
                accepts_output_values=True,
            ),
            timeout=60,
        )


@contextlib.contextmanager
def plugin() -> Iterator[Plugin]:
    """Start the plugin as PulumiPlugin.yaml says, and end it."""
    monitor = Monitor()
    server = grpc.server(ThreadPoolExecutor(8))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
    engine_pb2_grpc.add_EngineServicer_to_server(monitor, server)
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    process = subprocess.Popen(  # noqa: S603 -- a fixed argument list
        [sys.executable, str(ROOT / "provider"), address],
        cwd="/",
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        with process.stdout as output:  # type: ignore[union-attr]  # it is a pipe
            port = int(output.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                stub = provider_pb2_grpc.ResourceProviderStub(channel)
                yield Plugin(stub, monitor, address)
    finally:
        process.terminate()
        process.wait()
        server.stop(None).wait()
