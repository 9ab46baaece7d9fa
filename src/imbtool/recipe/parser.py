"""Reading recipe notation: ``smote(k_neighbors=3)+isotonic+threshold``.

Grammar::

    recipe = step ("+" step)*
    step   = name [ "(" [ key "=" value ("," key "=" value)* ] ")" ]
    value  = number | true | false | none | word | quoted text

Lists of recipes may hold grids, several values of a parameter: ``smote(ratio=0.2|0.5|1)``, see `expanded`.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any

from imbtool import registry
from imbtool.core.errors import UsageError
from imbtool.core.info import load_target
from imbtool.core.params import check_params
from imbtool.recipe.spec import LearnerSpec, RecipeSpec, Step, checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.core.info import ParamValue

_NAME = re.compile(r"\s*([A-Za-z_][\w.-]*)\s*")
_GRID = re.compile(r"(?<==)([^=,()'\"|]+(?:\|[^=,()'\"|]+)+)")
_WORDS: dict[str, ParamValue] = {"true": True, "false": False, "none": None, "null": None}


def parse_recipe(text: str) -> RecipeSpec:
    """Return the checked recipe that `text` spells; raise `UsageError` with a suggestion."""
    steps = []
    for name, params in _terms(text, "recipe"):
        info = registry.method(name)
        given = check_params("method", info.name, params, info.params)
        if info.check:
            load_target(info.check)(dict(given))
        steps.append(Step(info.name, given))
    return checked(steps)


def parse_learner(text: str) -> LearnerSpec:
    """Return the learner that `text` spells, e.g. ``lightgbm(num_leaves=7)``."""
    terms = list(_terms(text, "learner"))
    if len(terms) != 1:
        raise UsageError(
            f"{text!r} names {len(terms)} learners where one is needed.",
            hint="Separate learners by commas: --learners lightgbm,logistic",
            code="bad-learner",
        )
    name, params = terms[0]
    info = registry.learner(name)
    return LearnerSpec(info.name, check_params("learner", info.name, params, info.params))


def split_list(text: str) -> list[str]:
    """Split at commas outside parentheses and quotes; empty parts are dropped."""
    return [part.strip() for part in _split(text, ",") if part.strip()]


def expanded(text: str) -> list[str]:
    """Return the recipes of a grid: ``smote(ratio=0.5|1)`` stands for two, the last level changing first.

    Every parameter may have several values, separated by ``|`` outside quotes; without any the text itself.
    """
    parts: list[list[str]] = [[""]]
    for number, piece in enumerate(_GRID.split(text)):
        parts.append([value.strip() for value in piece.split("|")] if number % 2 else [piece])
    return ["".join(chosen) for chosen in product(*parts)]


def _terms(text: str, what: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in _split(text, "+"):
        match = _NAME.match(part)
        if not match:
            raise _bad(text, what, f"found {part.strip()!r} where a name is needed")
        rest = part[match.end() :].strip()
        if rest and not (rest.startswith("(") and rest.endswith(")")):
            raise _bad(text, what, f"cannot read {rest!r} after {match[1]!r}")
        yield match[1], _params(text, what, rest[1:-1] if rest else "")


def _params(text: str, what: str, inside: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in split_list(inside):
        key, equals, value = (p.strip() for p in part.partition("="))
        if not (key and equals and value):
            raise _bad(text, what, f"found {part!r} where key=value is needed")
        if key in found:
            raise _bad(text, what, f"`{key}` is given twice")
        found[key] = _value(value)
    return found


def _value(text: str) -> ParamValue:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    if text.casefold() in _WORDS:
        return _WORDS[text.casefold()]
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        return number if abs(number) < float("inf") else text
    return text


def _split(text: str, separator: str) -> list[str]:
    """Split at a separator that is outside parentheses and quotes; "1e+5" inside stays whole."""
    parts, depth, quote, start = [], 0, "", 0
    for i, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == separator and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    if depth or quote:
        raise _bad(text, "recipe", "a parenthesis or quote is not closed")
    return [*parts, text[start:]]


def _bad(text: str, what: str, why: str) -> UsageError:
    return UsageError(
        f"Cannot read the {what} {text!r}: {why}.",
        hint="A recipe looks like: smote(k_neighbors=3)+isotonic+threshold",
        code="bad-recipe",
    )
