"""The sentence under a name: what Python does not keep at run time is read from the source."""

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from types import ModuleType
from typing import Any


def documented(thing: ModuleType | type[Any]) -> dict[str, str]:
    """Names of a module or class, each with the string literal that stands under it.

    Args:
        thing: a module of constants, a `TypedDict`, or a class with annotated attributes.
    """
    tree = ast.parse(inspect.getsource(thing))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else tree.body
    return dict(_pairs(body))


def _pairs(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for statement, following in pairwise(body):
        match statement, following:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, " ".join(text.split())
