"""Parameters of methods and learners: checked against their ranges, and spelt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from imbtool.core.errors import UsageError
from imbtool.core.suggest import did_you_mean

if TYPE_CHECKING:
    from imbtool.core.info import Param, ParamValue


def check_params(what: str, name: str, params: dict[str, Any], known: tuple[Param, ...]) -> tuple[Any, ...]:
    """Check parameters against their ranges; return those that differ from the defaults, sorted."""
    table = {p.name: p for p in known}
    kept = []
    for key, value in sorted(params.items()):
        if key not in table:
            listing = (
                f"Parameters of {name}: {', '.join(table)}." if table else f"{name} takes no parameters."
            )
            raise UsageError(
                f"Unknown parameter {key!r} of {what} {name!r}.",
                hint=did_you_mean(key, table, listing=listing),
                code="unknown-parameter",
            )
        good = _coerce(name, table[key], value)
        if good != table[key].default:
            kept.append((key, good))
    return tuple(kept)


def _coerce(name: str, param: Param, value: Any) -> ParamValue:
    """Return the value in the parameter's type, or raise with the rule and what was given."""
    if value is None:
        if param.optional or param.default is None:
            return None
    elif param.type == "bool":
        if isinstance(value, bool):
            return value
    elif param.type in ("choice", "text"):
        if _is_word(param, str(value)):
            return str(value)
    elif not isinstance(value, bool | str):
        number = float(value)
        whole = param.type == "float" or number == int(number)
        inside = (param.low is None or number >= param.low) and (param.high is None or number <= param.high)
        if whole and inside:
            return number if param.type == "float" else int(number)
    raise UsageError(
        f"{name}: `{param.name}` must be {_rule(param)}; got {value!r}.",
        hint=f"For example {name}({param.name}={_spell_value(param.default)}).",
        code="bad-parameter",
    )


def _is_word(param: Param, text: str) -> bool:
    if param.type == "choice":
        return text in param.choices
    return bool(text) and not {'"', "'"} <= set(text)  # no way to quote both


def _rule(param: Param) -> str:
    if param.type == "text":
        rule = "text with one kind of quotes at most"
    elif param.type == "choice":
        rule = f"one of {', '.join(param.choices)}"
    elif param.type == "bool":
        rule = "true or false"
    else:
        noun = "a whole number" if param.type == "int" else "a number"
        low = "" if param.low is None else f" of at least {param.low:g}"
        high = "" if param.high is None else f"{' and' if low else ' of'} at most {param.high:g}"
        rule = noun + low + high
    return rule + (" or none" if param.optional else "")


def spell(name: str, params: tuple[tuple[str, ParamValue], ...]) -> str:
    """Return a name with its parameters as recipes spell them."""
    inner = ", ".join(f"{k}={_spell_value(v)}" for k, v in params)
    return f"{name}({inner})" if inner else name


def _spell_value(value: ParamValue) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, str):
        return _quoted(value)
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _quoted(text: str) -> str:
    """Return a text as recipes spell it: in quotes where it would otherwise read as something else."""
    if re.fullmatch(r"[A-Za-z_][\w.+-]*", text) and text.casefold() not in ("true", "false", "none", "null"):
        return text
    return f"'{text}'" if '"' in text else f'"{text}"'
