"""The program under Pulumi's mocks, with a memory of all it asked for. No assertions here."""

import asyncio
import json
import runpy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import get_root_resource, mocks, rpc, set_all_config
from pulumi.runtime.stack import Stack, run_pulumi_func, wait_for_rpcs

ROOT = Path(__file__).parent.parent
REGION, ACCOUNT = "eu-central-1", "111122223333"
PHYSICAL_SUFFIX = "-0a1b2c3"
"""What auto-naming adds, in length; the real one is random."""

KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/33333333-3333-3333-3333-333333333333"
"""What KMS calls the key that a program creates."""

COMPONENT = "videoconverter:index:TranscodeFanout"

PARTS = tuple(
    f"videoconverter:index:{kind}"
    for kind in ("Branch", "Intake", "Ledger", "Monitoring", "Outcome", "Reconcile")
)
"""The components that a fan-out is made of."""


@dataclass(frozen=True)
class Recorded:
    """A resource as the program asked for it."""

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]
    depends_on: frozenset[str]
    """URNs of the resources that have to exist before it."""
    is_retained: bool = False
    """Whether Pulumi leaves it alone when it is no longer asked for."""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """What AWS would say of it: the inputs, and what it makes up."""
    request: Any = None
    """The RegisterResourceRequest itself, with everything else that the engine is told."""
    aliases: frozenset[str] = frozenset()
    """URNs by which Pulumi knows it from an earlier deployment."""

    @property
    def waits_for(self) -> set[str]:
        """Logical names of the resources that have to exist before it."""
        return {urn.split("::")[-1] for urn in self.depends_on}

    @property
    def parent_type(self) -> str:
        """The type of its parent, as its URN tells."""
        return self.urn.split("::")[2].split("$")[0]

    def policy(self, key: str = "policy") -> dict[str, Any]:
        """A policy that it was given as text."""
        document: dict[str, Any] = json.loads(self.inputs[key])
        return document


@dataclass
class Program:
    """What a run of a program left behind."""

    resources: list[Recorded] = field(default_factory=list)
    registered: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    exports: Mapping[str, Any] = field(default_factory=dict)

    def of_type(self, token: str) -> dict[str, Recorded]:
        """The resources of a type, by logical name."""
        return {r.name: r for r in self.resources if r.type == token}

    def before(self, token: str, name: str) -> set[tuple[str, str]]:
        """Type and name of all that has to exist before a resource, and is deleted only after."""
        by_urn = {r.urn: r for r in self.resources}
        found: set[str] = set()
        left = {self.one(token, name).urn}
        while left:
            left = {urn for known in left for urn in by_urn[known].depends_on} - found
            found |= left
        return {(by_urn[urn].type, by_urn[urn].name) for urn in found}

    def one(self, token: str, name: str) -> Recorded:
        """The resource of this type and logical name."""
        return self.of_type(token)[name]


class _Aws(mocks.Mocks):
    """Answers as AWS would, with every output that another resource needs."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if not args.custom:
            return None, dict(args.inputs)
        physical = args.inputs.get("name") or f"{args.name}{PHYSICAL_SUFFIX}"
        return f"{args.name}-id", {**args.inputs, **made_up(args.typ, physical, args.inputs)}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        if args.token == "aws:ssm/getParameter:getParameter":  # noqa: S105 -- a type, no secret
            return {"value": f"layer-named-by:{args.args['name']}"}, []
        if args.token == "aws:index/getCallerIdentity:getCallerIdentity":  # noqa: S105 -- a type, no secret
            return {"accountId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:user/deployer"}, []
        if args.token == "aws:index/getRegion:getRegion":  # noqa: S105 -- a type, no secret
            return {"region": REGION}, []
        raise AssertionError(f"unexpected invoke: {args.token}")


def made_up(token: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that AWS makes up for a resource of this type and physical name."""
    url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"
    by_type: dict[str, dict[str, Any]] = {
        "aws:s3/bucket:Bucket": {"bucket": name, "arn": f"arn:aws:s3:::{name}"},
        "aws:sns/topic:Topic": {"name": name, "arn": _arn("sns", name)},
        "aws:sqs/queue:Queue": {"name": name, "url": url, "arn": _arn("sqs", name)},
        "aws:iam/role:Role": {
            "name": name,
            "arn": f"arn:aws:iam::{ACCOUNT}:role{inputs.get('path', '/')}{name}",
        },
        "aws:cloudwatch/logGroup:LogGroup": {
            "name": name,
            "arn": _arn("logs", f"log-group:{name}"),
        },
        "aws:lambda/function:Function": {"name": name, "arn": _arn("lambda", f"function:{name}")},
        "aws:cloudwatch/eventRule:EventRule": {"name": name, "arn": _arn("events", f"rule/{name}")},
        "aws:dynamodb/table:Table": {"name": name, "arn": _arn("dynamodb", f"table/{name}")},
        "aws:kms/key:Key": {"arn": KEY_ARN},
        "aws:cloudwatch/metricAlarm:MetricAlarm": {"arn": _arn("cloudwatch", f"alarm:{name}")},
        "aws:mediaconvert/queue:Queue": {
            "name": name,
            "arn": _arn("mediaconvert", f"queues/{name}"),
        },
    }
    return by_type.get(token, {})


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


class _Monitor(mocks.MockMonitor):
    """The stock mock engine, which forgets the outputs that components register."""

    def __init__(self, program: Program) -> None:
        super().__init__(_Aws())
        self._program = program

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 -- the engine's name
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]  # Pulumi leaves it so
        self._program.resources.append(
            Recorded(
                urn=self.make_urn(request.parent, request.type, request.name),
                type=request.type,
                name=request.name,
                inputs=rpc.deserialize_properties(request.object),
                depends_on=frozenset(request.dependencies),
                is_retained=request.retainOnDelete,
                outputs=rpc.deserialize_properties(response.object),
                request=request,
                aliases=frozenset(
                    self.make_urn(alias.spec.parentUrn, request.type, request.name)
                    for alias in request.aliases
                ),
            )
        )
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 -- the engine's name
        self._program.registered[request.urn] = rpc.deserialize_properties(request.outputs)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]  # Pulumi leaves it so


def run(program: Callable[[], object], *, config: Mapping[str, Any] | None = None) -> Program:
    """Run a program in a fresh engine and wait until everything that it asked for is there."""
    result = Program()

    async def deploy() -> None:
        monitor = _Monitor(result)
        mocks.set_mocks(monitor.mocks, "videoconverter", "test", preview=False, monitor=monitor)
        set_all_config({key: _as_text(value) for key, value in (config or {}).items()})
        await run_pulumi_func(lambda: _call(program))
        await wait_for_rpcs()
        root = get_root_resource()
        assert isinstance(root, Stack)
        result.exports = await pulumi.Output.all(**root.outputs).future() or {}

    asyncio.run(deploy())
    return result


def run_main(config: Mapping[str, Any]) -> Program:
    """Run `__main__.py` as `pulumi up` does, with this config of the project's namespace."""
    return run(
        lambda: runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__"),
        config={f"videoconverter:{key}": value for key, value in config.items()},
    )


def _call(program: Callable[[], object]) -> None:
    program()


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
