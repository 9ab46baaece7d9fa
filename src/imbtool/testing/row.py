"""Check that a catalogue row says what its class does."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any, get_args

from imbtool.core.errors import UsageError
from imbtool.core.kinds import MethodKind
from imbtool.core.params import check_params
from imbtool.testing.require import require

if TYPE_CHECKING:
    from imbtool.core.info import MethodInfo, Param
    from imbtool.core.learner_info import LearnerInfo

_WIDTH = 80


def check_row(info: MethodInfo | LearnerInfo) -> None:
    """Check name, summary, parameters and their ranges against the class behind the row."""
    words = (info.name, *info.aliases)
    require(all(re.fullmatch("[a-z][a-z0-9_]*", w) for w in words), f"{info.name}: names are lower_case")
    require(0 < len(info.summary) < _WIDTH, f"{info.name}: the summary must fit in {_WIDTH - 1} characters")
    kind = getattr(info, "kind", None)
    require(kind is None or kind in get_args(MethodKind), f"{info.name}: unknown kind {kind!r}")
    target = info.load()
    require(inspect.getdoc(target), f"{info.name}: {target.__name__} has no docstring")
    _check_signature(info, target)
    for param in info.params:
        _check_range(info.name, param)


def _check_signature(info: MethodInfo | LearnerInfo, target: Any) -> None:
    """Check that parameters and defaults are the constructor's, which stores them unchanged."""
    given = {n: p.default for n, p in inspect.signature(target).parameters.items() if n != "random_state"}
    stated = {p.name: p.default for p in info.params}
    require(
        stated.keys() <= given.keys() and (stated.keys() == given.keys() or not hasattr(info, "kind")),
        f"{info.name}: the row lists {sorted(stated)}, the constructor takes {sorted(given)}",
    )
    for name, default in stated.items():
        same = given[name] == default and type(given[name]) is type(default)
        require(same, f"{info.name}: `{name}` is {default!r} in the row, {given[name]!r} in the constructor")
        stored = getattr(target(**{name: default}), name, inspect.Parameter.empty)
        require(stored is default, f"{info.name}: the constructor must store `{name}` unchanged")


def _check_range(owner: str, param: Param) -> None:
    """Check that the default lies in the range, and that what lies outside is refused."""
    check_params("method", owner, {param.name: param.default}, (param,))
    outside: list[Any] = ["" if param.type == "text" else "no such value"]
    outside += [] if param.low is None else [param.low - 1]
    outside += [] if param.high is None else [param.high + 1]
    outside += [] if param.optional or param.default is None else [None]
    for value in outside:
        require(_refused(owner, param, value), f"{owner}: {param.name}={value!r} must be refused")


def _refused(owner: str, param: Param, value: Any) -> bool:
    try:
        check_params("method", owner, {param.name: value}, (param,))
    except UsageError:
        return True
    return False
